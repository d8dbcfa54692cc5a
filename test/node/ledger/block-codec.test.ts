import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { encodeRlp } from "../../../lang/base/rlp.ts";
import { decodeBlock, decodeResult, encodeBlock, encodeResult } from "../../../node/ledger/block-codec.ts";
import { decodeHeader, encodeHeader, headerId, MAX_HEADER_BYTES } from "../../../node/ledger/header-codec.ts";
import type { DataBlockHeader, Evidence, KeyBlockHeader, PackageResult, ReceiptOutcome } from "../../../node/ledger/block.ts";
import { paramsOf } from "../../../node/ledger/params.ts";
import { SeededRandom } from "../../sim/random.ts";

const params = paramsOf("devnet");
const random = new SeededRandom(11);
const number = (bytes: number): bigint => BigInt(`0x${toHex(random.bytes(1 + random.below(bytes)))}`);

function keyHeader(): KeyBlockHeader {
  return {
    kind: "key", rulesVersion: random.below(0xffff), height: number(6), keyHeight: number(6), parentId: random.bytes(32), timeMs: number(6),
    leaderKey: random.bytes(32), rewardDomain: random.bytes(20), target: number(32), workNonce: number(8), stateRoot: random.bytes(32), evidenceRoot: random.bytes(32),
  };
}
function dataHeader(): DataBlockHeader {
  return {
    kind: "data", rulesVersion: random.below(0xffff), height: number(6), parentId: random.bytes(32), keyBlockId: random.bytes(32), timeMs: number(6), packagesRoot: random.bytes(32),
    receiptsRoot: random.bytes(32), stateRoot: random.bytes(32), ergUsed: number(8), sizeBytes: random.below(1 << 30), signature: random.bytes(64),
  };
}
/** Two headers in order of id on one parent, or a block with its package ids. */
function evidence(): Evidence {
  if (random.below(2) === 0) {
    const packages = Array.from({ length: random.below(3) }, () => random.bytes(random.below(99)));
    return { kind: "invalid", header: dataHeader(), packageIds: packages.map(() => random.bytes(32)), packages };
  }
  const [a, b] = [dataHeader(), dataHeader()];
  const other = { ...b, parentId: a.parentId, keyBlockId: a.keyBlockId };
  return toHex(headerId(a)) < toHex(headerId(other)) ? { kind: "twin", first: a, second: other } : { kind: "twin", first: other, second: a };
}
const OUTCOMES: ReceiptOutcome[] = [{ kind: "done" }, { kind: "state-moved" }, { kind: "denied", faultCode: "STATE_DENIED" }, { kind: "failed", faultCode: "LANG_UNDERFLOW" }, { kind: "out-of-erg" }];
const result = (): PackageResult => ({ packageId: random.bytes(32), outcome: random.pick(OUTCOMES), ergUsed: number(8), feeUnits: number(16), ...randomEvents() });

function randomEvents(): Pick<PackageResult, "events"> {
  const events = Array.from({ length: random.below(3) }, () => ({ domain: random.bytes(20), path: "/purse", topic: random.pick(["paid", "größer", ""]), data: random.bytes(random.below(40)) }));
  return events.length === 0 ? {} : { events };
}

/** Reads `bytes`; what is taken must be the one form of what was read. Anything refused carries a declared fault. */
function onlyForm(bytes: Uint8Array, again: (bytes: Uint8Array) => Uint8Array): boolean {
  try {
    assert.ok(equalBytes(again(bytes), bytes), `two forms: ${toHex(bytes)}`);
    return true;
  } catch (error) {
    assert.ok(isFaultError(error), String(error));
    return false;
  }
}
const headerAgain = (bytes: Uint8Array): Uint8Array => encodeHeader(decodeHeader(bytes));
const blockAgain = (bytes: Uint8Array): Uint8Array => encodeBlock(decodeBlock(bytes, params));
const resultAgain = (bytes: Uint8Array): Uint8Array => encodeResult(decodeResult(bytes));

test("decode(encode(x)) is x for headers, blocks and results", () => {
  for (let i = 0; i < 200; i++) {
    for (const header of [keyHeader(), dataHeader()]) assert.equal(decodeHeader(encodeHeader(header)), header);
    const block = { header: dataHeader(), packages: Array.from({ length: random.below(5) }, () => random.bytes(random.below(300))) };
    assert.equal(decodeBlock(encodeBlock(block), params), block);
    const key = { header: keyHeader(), evidence: [...Array(random.below(3))].map(evidence) };
    assert.equal(decodeBlock(encodeBlock(key), params), key);
    const one = result();
    assert.equal(decodeResult(encodeResult(one)), one);
  }
});

test("what a decoder takes has exactly one byte form, whatever byte is changed, cut or added", () => {
  const samples: [Uint8Array, (bytes: Uint8Array) => Uint8Array][] = [
    [encodeHeader(keyHeader()), headerAgain], [encodeHeader(dataHeader()), headerAgain],
    [encodeBlock({ header: dataHeader(), packages: [random.bytes(70), random.bytes(3)] }), blockAgain],
    [encodeResult(result()), resultAgain],
    [encodeBlock({ header: keyHeader(), evidence: [evidence(), evidence(), evidence()] }), blockAgain],
  ];
  for (const [bytes, again] of samples) {
    assert.ok(onlyForm(bytes, again));
    for (let i = 0; i < bytes.length; i++) {
      for (const bit of [1, 0x40, 0x80]) {
        const changed = bytes.slice();
        changed[i] = (changed[i] as number) ^ bit;
        onlyForm(changed, again);
      }
      assert.not.ok(onlyForm(bytes.subarray(0, i), again), `cut at ${i}`);
    }
    assert.not.ok(onlyForm(new Uint8Array([...bytes, 0]), again));
  }
});

test("random bytes are refused with a declared fault", () => {
  for (let i = 0; i < 2_000; i++) {
    const bytes = random.bytes(random.below(200));
    onlyForm(bytes, headerAgain);
    onlyForm(bytes, blockAgain);
    onlyForm(bytes, resultAgain);
  }
});

test("each field of a header changes its id", () => {
  for (const header of [keyHeader(), dataHeader()]) {
    const id = toHex(headerId(header));
    for (const [field, value] of Object.entries(header)) {
      if (field === "kind") continue;
      const changed = value instanceof Uint8Array ? value.map((byte) => byte ^ 1) : typeof value === "bigint" ? value ^ 1n : Number(value) ^ 1;
      assert.is.not(toHex(headerId({ ...header, [field]: changed })), id, field);
    }
  }
});

test("oversized input is refused before it is taken apart", () => {
  assert.throws(() => decodeHeader(new Uint8Array(MAX_HEADER_BYTES + 1)), isFaultError);
  assert.throws(() => decodeResult(new Uint8Array(257)), isFaultError);
  assert.throws(() => decodeBlock(new Uint8Array(20_000_000), params), isFaultError);
  const crumbs = Array.from({ length: params.dataBlockPackages + 1 }, () => Uint8Array.of(1));
  assert.throws(() => decodeBlock(encodeRlp([encodeHeader(dataHeader()), crumbs]), params), isFaultError);
});

test("an outcome has a fault code where there is a fault and nowhere else", () => {
  const form = (kind: number, code: string): Uint8Array => encodeRlp([new Uint8Array(32), [kind === 0 ? new Uint8Array(0) : Uint8Array.of(kind), Buffer.from(code)], new Uint8Array(0), new Uint8Array(0), []]);
  assert.ok(onlyForm(form(0, ""), resultAgain));
  assert.ok(onlyForm(form(2, "STATE_DENIED"), resultAgain));
  for (const [kind, code] of [[0, "LANG_X"], [3, ""], [3, "lower"], [3, "A\n"], [5, ""]] as const) assert.not.ok(onlyForm(form(kind, code), resultAgain), `${kind} ${code}`);
});

test.run();
