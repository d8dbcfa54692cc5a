import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../../lang/base/fault.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import type { DataBlock } from "../../../node/ledger/block.ts";
import { packagesRootOf } from "../../../node/ledger/checks.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { checkBody, checkBodyToRun, runBlock, type LedgerMachine } from "../../../node/ledger/run-block.ts";
import type { Verdict } from "../../../node/ledger/verdict.ts";
import { transfer, type SimNode } from "../../sim/node.ts";
import { resign, world } from "./fraud-samples.ts";

/** A block of these packages on the head, as its leader would sign it. */
function blockOf(packages: readonly Uint8Array[], node: SimNode, like: DataBlock): DataBlock {
  const { executor } = node.chain.machine;
  const ids = packages.map((bytes) => {
    try {
      return executor.facts(bytes).packageId;
    } catch {
      return sha256(bytes);
    }
  });
  const sizeBytes = packages.reduce((sum, bytes) => sum + bytes.length, 0);
  const { header } = resign(like, { height: like.header.height + 1n, parentId: headerId(like.header), packagesRoot: packagesRootOf(packages, ids), sizeBytes });
  return { header, packages };
}

const GARBAGE = Uint8Array.of(1, 2, 3);
const reasonOf = (verdict: Verdict): unknown => (verdict.kind === "reject" && verdict.fault.code === "LEDGER_PACKAGE" ? [verdict.fault.index, verdict.fault.reason.code] : verdict);

/** The node's machine with an executor that takes a whole block at once, as the real one does; `refuses` is the place of what it refuses. */
function atOnce(node: SimNode, refuses?: number): LedgerMachine {
  const { machine } = node.chain;
  const { executor } = machine;
  return {
    ...machine,
    executor: {
      facts: (bytes) => executor.facts(bytes), objection: () => undefined, execute: () => assert.unreachable() as never,
      idOf: (bytes) => {
        if (bytes.length < 10) throw new FaultError({ code: "CODEC_MALFORMED", reason: "too short" });
        return executor.facts(bytes).packageId;
      },
      runBatch: async ({ packages }) => ({
        verdicts: packages.map((_, index) => (index === refuses ? { kind: "refused", fault: { code: "PACKAGE_OTHER_CHAIN" } } : { kind: "executed", result: { packageId: new Uint8Array(32), outcome: { kind: "done" }, ergUsed: 0n, feeUnits: 0n } })),
        encodedResults: packages.map(() => new Uint8Array(0)), stateRoot: new Uint8Array(32), operations: [],
      }),
    },
  };
}

test("rule packages: each can be read and obeys its terms before the block is judged any further", async () => {
  const { node, block } = await world();
  const { machine } = node.chain;
  assert.equal(checkBody(blockOf([transfer(2), transfer(3)], node, block), machine), { kind: "accept" });
  assert.equal(reasonOf(checkBody(blockOf([transfer(2), GARBAGE], node, block), machine)), [1, "PACKAGE_MALFORMED"]);
  assert.equal(reasonOf(checkBody(blockOf([transfer(2, { expiryHeight: 1n })], node, block), machine)), [0, "PACKAGE_EXPIRED"]);
  const exchanged = { ...blockOf([transfer(2)], node, block), packages: [transfer(2, { units: 8n })] };
  assert.equal(checkBody(exchanged, machine), { kind: "reject", fault: { code: "LEDGER_ROOT", which: "packages" } });
});

test("rule packages: where a block runs at once, its body is judged first by ids alone, and each package when it runs", async () => {
  const { node, block } = await world();
  const machine = atOnce(node);
  assert.equal(checkBodyToRun(blockOf([transfer(2), transfer(3)], node, block), machine), { kind: "accept" });
  assert.equal(reasonOf(checkBodyToRun(blockOf([transfer(2), GARBAGE], node, block), machine)), [1, "PACKAGE_MALFORMED"]);
  const exchanged = { ...blockOf([transfer(2)], node, block), packages: [transfer(2, { units: 8n })] };
  assert.equal(checkBodyToRun(exchanged, machine), { kind: "reject", fault: { code: "LEDGER_ROOT", which: "packages" } });
  const outcome = await runBlock(blockOf([transfer(2), transfer(3)], node, block), node.chain.head(), atOnce(node, 1));
  assert.equal(outcome, { kind: "reject", fault: { code: "LEDGER_PACKAGE", index: 1, reason: { code: "PACKAGE_OTHER_CHAIN" } } });
});

test.run();
