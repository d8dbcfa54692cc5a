import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { RlpCursor } from "../../../lang/base/rlp-cursor.ts";
import { bytesField, listField, numberField, smallField } from "../../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import { damaged, Dice } from "../../node/package/package-samples.ts";

/** A record of every kind of field: [bytes, 4 bytes, 64 bits, up to 1000, [number of 13 bits, ...]]. */
type Fields = readonly [Uint8Array, Uint8Array, bigint, number, readonly bigint[]];

function throughTree(bytes: Uint8Array): Fields {
  const [any, four, large, small, list] = listField(decodeRlp(bytes), "record", 5);
  return [bytesField(any, "any", [], 300), bytesField(four, "four", [4]), numberField(large, "large", 64), smallField(small, "small", 1_000), listField(list, "list").map((item) => numberField(item, "item", 13))];
}

function throughCursor(bytes: Uint8Array): Fields {
  const cursor = new RlpCursor(bytes);
  const outer = cursor.enter("record");
  const [any, four, large, small] = [cursor.bytesUpTo("any", 300), cursor.bytes("four", 4), cursor.number("large", 64), cursor.small("small", 1_000)] as const;
  const record = cursor.enter("list");
  const list: bigint[] = [];
  while (cursor.hasMore) list.push(cursor.number("item", 13));
  cursor.leave(record, "list");
  cursor.leave(outer, "record");
  cursor.finish();
  return [any, four, large, small, list];
}

function outcome(read: (bytes: Uint8Array) => Fields, bytes: Uint8Array): Fields | string {
  try {
    return read(bytes);
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
}

/** Mostly of the right form, with sizes at their bounds. */
function randomRecord(dice: Dice): RlpItem {
  const digits = (most: number): Uint8Array => dice.bytes(dice.below(most + 1));
  const list = Array.from({ length: dice.below(4) }, () => digits(2));
  const fields: RlpItem[] = [dice.bytes(dice.pick([0, 1, 2, 55, 56, 57, 255, 256, 300, 301])), dice.bytes(dice.pick([4, 4, 4, 4, 3, 5])), digits(9), digits(2), list];
  if (dice.below(10) === 0) fields.push(digits(1));
  if (dice.below(10) === 0) fields[dice.below(5)] = dice.pick<RlpItem>([[], new Uint8Array(0), [digits(3)]]);
  return fields;
}

test("a cursor reads and refuses just what a tree of items and its fields do", () => {
  const dice = new Dice("cursor");
  let read = 0;
  for (let i = 0; i < 20_000; i++) {
    const whole = encodeRlp(randomRecord(dice));
    const bytes = i % 2 === 0 ? whole : damaged(whole, dice);
    const found = outcome(throughCursor, bytes);
    assert.equal(found, outcome(throughTree, bytes), Buffer.from(bytes).toString("hex"));
    if (typeof found !== "string") read++;
  }
  assert.ok(read > 500 && read < 19_000, String(read));
});

test("lengths in a form that is not theirs are refused", () => {
  const refused = ["f800", "f8370102", "b80161", "b90001", "bb01000000ff", "bc0100000000", "8100", "817f", "c18100", "c2", "", "c000", "f7", "ff0000000000000000"];
  for (const hex of refused) assert.is(outcome(throughCursor, new Uint8Array(Buffer.from(hex, "hex"))), "CODEC_MALFORMED", hex);
});

test.run();
