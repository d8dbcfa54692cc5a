import { bech32m } from "@scure/base";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeAddress, encodeAddress } from "../../node/state/address.ts";
import { Dice } from "./package/package-samples.ts";

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function ours(text: string): string {
  try {
    return toHex(decodeAddress(text));
  } catch (error) {
    if (isFaultError(error) && "reason" in error.fault) return String(error.fault.reason);
    throw error;
  }
}

function library(text: string): string {
  const decoded = bech32m.decodeUnsafe(text);
  const bytes = decoded && bech32m.fromWordsUnsafe(decoded.words);
  return bytes ? toHex(bytes) : "checksum";
}

test("addresses right and wrong are read as the library reads them", () => {
  const dice = new Dice("addresses");
  let wrong = 0;
  for (let i = 0; i < 20_000; i++) {
    const letters = [...encodeAddress(dice.bytes(20))];
    for (let changes = dice.below(3); changes > 0; changes--) letters[5 + dice.below(38)] = ALPHABET[dice.below(32)] as string;
    const text = i % 4 === 0 ? letters.join("").toUpperCase() : letters.join("");
    assert.is(ours(text), library(text), text);
    if (ours(text) === "checksum") wrong++;
  }
  assert.ok(wrong > 5_000);
});

test("what is no address is refused with what is wrong", () => {
  const good = encodeAddress(new Uint8Array(20).fill(7));
  const wrong: readonly [text: string, reason: string][] = [
    ["", "prefix"], ["bc1qqqq", "prefix"], ["grid2", "prefix"], ["grid1", "length"], [`${good}q`, "length"], [good.slice(0, 42), "length"],
    [`Grid1${good.slice(5)}`, "characters"], [`${good.slice(0, 42)}${good.at(-1)?.toUpperCase()}`, "characters"], [`${good.slice(0, 42)}b`, "characters"],
    [`${good.slice(0, 42)}é`, "characters"], [`${good.slice(0, 42)}\n`, "characters"], [`grid1${"q".repeat(38)}`, "checksum"],
  ];
  for (const [text, reason] of wrong) assert.is(ours(text), reason, text);
  assert.is(ours(good.toUpperCase()), toHex(new Uint8Array(20).fill(7)));
});

test.run();
