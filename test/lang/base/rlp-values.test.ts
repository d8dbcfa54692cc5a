import { test } from "uvu";
import * as assert from "uvu/assert";
import { numberItem } from "../../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, fleetingRlp, type RlpItem, type RlpValue } from "../../../lang/base/rlp.ts";
import { Dice } from "../../node/package/package-samples.ts";

const SIZES = [0, 1, 2, 20, 54, 55, 56, 57, 255, 256, 257, 4_000, 4_092, 4_093, 4_100, 70_000];
const NUMBERS = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 48 - 1, 2 ** 48, Number.MAX_SAFE_INTEGER];

/** A value, and the item that it stands for. */
function random(dice: Dice, depth: number): readonly [RlpValue, RlpItem] {
  const kind = dice.below(depth > 3 ? 3 : 4);
  if (kind === 0) {
    const bytes = dice.below(20) === 0 ? new Uint8Array(dice.pick(SIZES)).fill(dice.below(256)) : dice.bytes(dice.below(40));
    return [bytes, bytes];
  }
  if (kind === 1) {
    const number = dice.pick(NUMBERS);
    return [number, numberItem(number)];
  }
  if (kind === 2) {
    const number = BigInt(dice.pick(NUMBERS)) * (dice.below(2) === 0 ? 1n : dice.big(250));
    return [number, numberItem(number)];
  }
  const parts = Array.from({ length: dice.below(6) }, () => random(dice, depth + 1));
  return [parts.map(([value]) => value), parts.map(([, item]) => item)];
}

test("a value is encoded as its item, which is what is read back", () => {
  const dice = new Dice("values");
  for (let i = 0; i < 5_000; i++) {
    const [value, item] = random(dice, 0);
    const bytes = encodeRlp(value);
    assert.equal(bytes, encodeRlp(item));
    assert.equal(decodeRlp(bytes), item);
    assert.equal(Uint8Array.from(fleetingRlp(value)), bytes);
  }
});

test("every size around the bounds of heads and of the desk is read back", () => {
  for (const size of SIZES) {
    for (const item of [new Uint8Array(size).fill(9), [new Uint8Array(size).fill(200)], [[new Uint8Array(size)], new Uint8Array(1)]]) assert.equal(decodeRlp(encodeRlp(item)), item);
  }
});

test.run();
