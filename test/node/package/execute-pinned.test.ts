import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeResult } from "../../../node/ledger/block-codec.ts";
import type { BlockContext } from "../../../node/ledger/executor.ts";
import { paramsOf } from "../../../node/ledger/params.ts";
import { decodeBody } from "../../../node/package/body-codec.ts";
import { executePackage } from "../../../node/package/execute.ts";
import { EMPTY_BASE } from "../../../node/state/base-state.ts";
import { perspective } from "../../../node/state/realm-root.ts";
import { Realm } from "../../../node/state/realm.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { createMemoryDisk } from "../../../node/store/memory-disk.ts";
import { Dice } from "./package-samples.ts";
import { furnish, randomPackage } from "./random-packages.ts";

/** Results and root of all of them. It changes only with the rules, the prices or the sample itself; say why in the commit. */
const PINNED = "61d6555e48cbace04a616cd4ce402301";

test("600 random packages have the results, the ERG and the state that they always had", () => {
  const dice = new Dice("pinned");
  const realm = Realm.at(createStateReader(createMemoryDisk(), { cacheBytes: 1 << 20, folder: "memory" }), EMPTY_BASE);
  furnish(realm);
  const digest = createHash("sha256");
  const ends = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const height = BigInt(1 + Math.floor(i / 10));
    const context: BlockContext = { height, timeMs: height * 1_000n, rulesVersion: 1, chainId: new Uint8Array(32).fill(3), leaderDomain: new Uint8Array(20) };
    const { bodyBytes, sizeBytes } = randomPackage(dice, realm, context);
    const { verdict, trace } = executePackage({ body: decodeBody(bodyBytes), bodyBytes, signatures: [] }, sizeBytes, context, paramsOf("devnet"), realm);
    if (verdict.kind === "executed") digest.update(encodeResult(verdict.result)).update(trace?.changes?.bytes ?? "nothing");
    else digest.update(verdict.fault.code);
    ends.add(verdict.kind === "executed" ? verdict.result.outcome.kind : verdict.fault.code);
  }
  const kinds = ["PACKAGE_NONCE", "PACKAGE_TOO_FEW_KEYS", "PACKAGE_WRONG_KEY", "denied", "done", "failed", "out-of-erg", "state-moved"];
  assert.equal(kinds.filter((kind) => !ends.has(kind)), [], "every kind of end is among them");
  assert.is(digest.update(perspective(realm)).digest("hex").slice(0, 32), PINNED);
});

test.run();
