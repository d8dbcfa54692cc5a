import { test } from "uvu";
import * as assert from "uvu/assert";
import { findBytes } from "../../../lang/values/find-bytes.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { bytesOfHex, changeCase, hexOf, join, lengthBytes, positionOf, slice, trim } from "../../../lang/values/text-operations.ts";
import { makeRandom } from "../random.ts";
import { entry, faultCode } from "./entries.ts";

test("joining gives text, or bytes as soon as one is bytes", () => {
  assert.equal(join(entry('"a"'), entry("1.50"), "join", FREE_METER), { kind: "text", value: "a1.5" });
  assert.equal(join(entry('"é"'), entry("x:a"), "join", FREE_METER), { kind: "bytes", value: Uint8Array.of(0xc3, 0xa9, 0x61) });
  const long = { kind: "text", value: "a".repeat(1_000_000) } as const;
  assert.is(faultCode(() => join(long, long, "join", FREE_METER)), "LANG_TOO_LARGE");
});

test("lengths and positions count bytes of UTF-8", () => {
  assert.is(lengthBytes(entry('"aé字🐛"'), "length", FREE_METER), 10n);
  assert.is(positionOf(entry('"aé字"'), entry('"字"'), 0n, "find", FREE_METER), 3n);
  assert.is(positionOf(entry('"abab"'), entry('"ab"'), 1n, "find", FREE_METER), 2n);
  assert.is(positionOf(entry('"abab"'), entry('"x"'), 0n, "find", FREE_METER), -1n);
});

test("a slice keeps to its text and never cuts a character", () => {
  assert.equal(slice(entry('"aé字"'), 1n, 2n, "slice", FREE_METER), { kind: "text", value: "é" });
  assert.equal(slice(entry('"abc"'), -1n, 2n, "slice", FREE_METER), { kind: "text", value: "a" });
  assert.equal(slice(entry('"abc"'), 2n, 1n << 62n, "slice", FREE_METER), { kind: "text", value: "c" });
  assert.equal(slice(entry('"abc"'), 5n, -3n, "slice", FREE_METER), { kind: "text", value: "" });
  assert.is(faultCode(() => slice(entry('"é"'), 0n, 1n, "slice", FREE_METER)), "LANG_WRONG_KIND");
  assert.is(slice(entry("x:é"), 0n, 1n, "slice", FREE_METER).value.length, 1);
});

test("hex reads back, and what is no hex is refused", () => {
  assert.equal(hexOf(entry("x:hi"), "hex", FREE_METER), { kind: "text", value: "6869" });
  assert.equal(bytesOfHex(entry('"6869"'), "unhex", FREE_METER), entry("x:hi"));
  for (const bad of ['"6"', '"6g"', '" 68"']) assert.is(faultCode(() => bytesOfHex(entry(bad), "unhex", FREE_METER)), "LANG_WRONG_KIND");
});

test("case and trimming touch ASCII only", () => {
  assert.is(changeCase(entry('"aZéß"'), "upper", "upper", FREE_METER).value, "AZéß");
  assert.is(changeCase(entry('"aZÉ"'), "lower", "lower", FREE_METER).value, "azÉ");
  assert.is(trim({ kind: "text", value: " \t\na b\r\n" }, "trim", FREE_METER).value, "a b");
});

test("the search finds what a plain one finds", () => {
  const random = makeRandom(51);
  for (let round = 0; round < 3_000; round += 1) {
    const make = (most: number) => Uint8Array.from({ length: random(most) }, () => random(2));
    const [all, wanted, from] = [make(30), make(6), random(4)];
    const start = Math.min(from, all.length);
    assert.is(findBytes(all, wanted, start), Buffer.from(all).indexOf(wanted, start));
  }
});

test.run();
