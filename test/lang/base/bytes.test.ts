import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, equalBytes, fromHex, fromUtf8, toHex, utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { Dice } from "../../node/package/package-samples.ts";

/** Around the sizes at which the engine keeps arrays elsewhere, and our own desks end. */
const SIZES = [0, 1, 20, 32, 63, 64, 65, 127, 128, 129, 1_023, 1_024, 1_025];

test("short bytes and long ones compare, print and hash as node's own functions have it", () => {
  const dice = new Dice("bytes");
  for (let i = 0; i < 2_000; i++) {
    const a = dice.bytes(dice.pick(SIZES));
    const b = dice.below(3) === 0 ? dice.bytes(dice.pick(SIZES)) : Uint8Array.from(a);
    if (dice.below(2) === 0 && b.length > 0) b[dice.below(b.length)] = dice.below(256);
    assert.is(compareBytes(a, b), Buffer.compare(a, b));
    assert.is(equalBytes(a, b), Buffer.compare(a, b) === 0);
    assert.is(toHex(a), Buffer.from(a).toString("hex"));
    assert.equal(fromHex(toHex(a)), a);
    assert.is(toHex(sha256(a, b, a)), createHash("sha256").update(a).update(b).update(a).digest("hex"));
  }
});

test("text of any length and alphabet comes back from its UTF-8", () => {
  const texts = SIZES.flatMap((size) => ["x".repeat(size), `${"x".repeat(size)}é`, `日${"x".repeat(size)}`, `${"\u007f".repeat(size)}\u0080`]);
  for (const text of texts) {
    assert.equal(utf8(text), new Uint8Array(Buffer.from(text, "utf8")));
    assert.is(fromUtf8(utf8(text)), text);
  }
  for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xff], [0xe6, 0x97]]) assert.throws(() => fromUtf8(Uint8Array.from(bad)));
});

test.run();
