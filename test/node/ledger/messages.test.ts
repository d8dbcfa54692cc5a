import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { encodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import { numberItem } from "../../../lang/base/rlp-fields.ts";
import { decodeMessage, encodeMessage, MAX_EVIDENCE_BYTES, MAX_GET, MAX_LOCATOR, MAX_PACKAGES, MAX_PATH, type LedgerMessage } from "../../../node/ledger/exchange/messages.ts";
import { MAX_HEADER_BYTES } from "../../../node/ledger/header-codec.ts";
import { SeededRandom } from "../../sim/random.ts";

// What strangers send is read before anybody knows who they are: one form, bounded, or a declared fault.

const random = new SeededRandom(23);
const ids = (most: number): Uint8Array[] => Array.from({ length: random.below(most + 1) }, () => random.bytes(32));

function messages(): LedgerMessage[] {
  return [
    { kind: "block", block: random.bytes(random.below(200)) },
    { kind: "header", header: random.bytes(random.below(200)) },
    { kind: "status", headId: random.bytes(32), height: BigInt(random.below(1 << 30)), totalWork: BigInt(`0x${toHex(random.bytes(1 + random.below(40)))}`) },
    { kind: "get", ids: ids(3) },
    { kind: "locate", ids: ids(4) },
    { kind: "path", ids: ids(5) },
    { kind: "packages", packages: ids(3).map((id) => id.subarray(random.below(30))) },
    { kind: "evidence", evidence: random.bytes(random.below(100)) },
  ];
}

/** True if it is taken, and then only in its one form. */
function isTaken(bytes: Uint8Array): boolean {
  try {
    assert.ok(equalBytes(encodeMessage(decodeMessage(bytes)), bytes), `two forms: ${toHex(bytes)}`);
    return true;
  } catch (error) {
    assert.ok(isFaultError(error) && error.fault.code === "CODEC_MALFORMED", String(error));
    return false;
  }
}

test("a message that was encoded decodes to itself", () => {
  for (let i = 0; i < 100; i++) for (const message of messages()) assert.equal(decodeMessage(encodeMessage(message)), message);
});

test("a message has exactly one byte form, whatever byte is changed, cut or added", () => {
  for (const bytes of [...messages(), ...messages()].map(encodeMessage)) {
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 0x40, 0x80]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ bit;
        isTaken(changed);
      }
      assert.not.ok(isTaken(bytes.subarray(0, at)), `cut at ${at}`);
    }
    assert.not.ok(isTaken(new Uint8Array([...bytes, 0])));
  }
  for (let i = 0; i < 3_000; i++) isTaken(random.bytes(random.below(120)));
});

test("a message of no kind, of too many fields or of another's fields is refused", () => {
  const id = random.bytes(32);
  const forms: readonly RlpItem[] = [
    [], [new Uint8Array(0), id], [numberItem(9), id], [numberItem(0x101), id], [[numberItem(1)], id], id,
    [numberItem(1)], [numberItem(1), id, id], [numberItem(1), [id]], [numberItem(3), id, numberItem(1)], [numberItem(3), id.subarray(1), numberItem(1), numberItem(1)],
    [numberItem(3), id, Uint8Array.of(0, 1), numberItem(1)], [numberItem(3), id, numberItem(1n << 48n), numberItem(1)], [numberItem(4), id], [numberItem(4), [id.subarray(1)]], [numberItem(7), [[id]]],
  ];
  for (const form of forms) assert.not.ok(isTaken(encodeRlp(form)), toHex(encodeRlp(form)));
});

test("each list and each part of a message is bounded, and a bomb of items is refused before it is built", () => {
  const many = (count: number): Uint8Array[] => Array.from({ length: count }, () => random.bytes(32));
  const bounds: readonly (readonly [number, (count: number) => LedgerMessage])[] = [
    [MAX_GET, (count) => ({ kind: "get", ids: many(count) })],
    [MAX_LOCATOR, (count) => ({ kind: "locate", ids: many(count) })],
    [MAX_PATH, (count) => ({ kind: "path", ids: many(count) })],
    [MAX_PACKAGES, (count) => ({ kind: "packages", packages: many(count) })],
    [MAX_HEADER_BYTES, (count) => ({ kind: "header", header: new Uint8Array(count) })],
    [MAX_EVIDENCE_BYTES, (count) => ({ kind: "evidence", evidence: new Uint8Array(count) })],
  ];
  for (const [most, message] of bounds) {
    assert.ok(isTaken(encodeMessage(message(most))), message(1).kind);
    assert.not.ok(isTaken(encodeMessage(message(most + 1))), message(1).kind);
  }
  assert.not.ok(isTaken(encodeRlp([numberItem(6), Array.from({ length: 1_000_000 }, () => new Uint8Array(0))])));
});

test.run();
