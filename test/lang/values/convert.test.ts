import { test } from "uvu";
import * as assert from "uvu/assert";
import { convertParameter } from "../../../lang/host-parameters.ts";
import type { ValueKind } from "../../../lang/value.ts";
import { compare, equal, extreme, isTrue } from "../../../lang/values/compare.ts";
import { CONVERSIONS } from "../../../lang/values/conversion-table.ts";
import { convert } from "../../../lang/values/convert.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { SAMPLES, entry, faultCode } from "./entries.ts";

const KINDS = Object.keys(CONVERSIONS) as ValueKind[];

test("every pair of kinds converts or faults as its row says", () => {
  for (const from of KINDS) {
    for (const to of KINDS) {
      const { rule } = CONVERSIONS[from][to];
      const code = faultCode(() => convert(SAMPLES[from], to, "test"));
      if (rule === "never") assert.is(code, "LANG_WRONG_KIND", `${from} to ${to}`);
      if (rule === "narrow") assert.is(code, "LANG_WRONG_KIND", `2.5 has no whole form`);
      if (!["never", "narrow"].includes(rule)) assert.is(code, "none", `${from} to ${to}`);
      if (rule === "same") assert.is(convert(SAMPLES[from], to, "test"), SAMPLES[from]);
    }
  }
});

test("a conversion gives the kind that was asked, a small whole number being a cell", () => {
  for (const from of KINDS) {
    for (const to of KINDS) {
      if (["never", "narrow"].includes(CONVERSIONS[from][to].rule)) continue;
      const { kind } = convert(SAMPLES[from], to, "test");
      assert.ok(kind === to || (to === "integer" && kind === "cell"), `${from} to ${to} gave ${kind}`);
    }
  }
});

test("numbers survive the way through text", () => {
  for (const number of ["0", "-7", "9223372036854775808", "-0.001", "2.5", "123456789012345678901234567890.123456789"]) {
    const text = convert(entry(number), "text", "test");
    assert.equal(text, { kind: "text", value: number });
    assert.ok(equal(convert(text, "decimal", "test"), entry(number), FREE_METER));
  }
});

test("what would lose something is refused and shown", () => {
  for (const [value, kind] of [["2.5", "cell"], ["2.5", "integer"], ["9223372036854775808", "cell"], ['"9223372036854775808"', "cell"], ['"x"', "integer"], ['""', "decimal"], ['"1."', "decimal"], ['".5"', "decimal"]] as const) {
    assert.is(faultCode(() => convert(entry(value), kind, "test")), "LANG_WRONG_KIND", `${value} as ${kind}`);
  }
  assert.is(faultCode(() => convert({ kind: "bytes", value: Uint8Array.of(0xff) }, "text", "test")), "LANG_WRONG_KIND");
  assert.equal(convert(entry("2.0"), "cell", "test"), { kind: "cell", value: 2n });
});

test("numbers compare by value, whatever their kinds", () => {
  assert.ok(equal(entry("2"), entry("2.0"), FREE_METER));
  assert.ok(equal(entry('"2.50"'), entry("2.5"), FREE_METER));
  assert.is(compare(entry("9223372036854775807"), entry("9223372036854775807.1"), "<", FREE_METER), -1);
  assert.is(compare(entry("-123456789012345678901234567890"), entry("-1"), "<", FREE_METER), -1);
  assert.is(extreme("max", entry("2"), entry("2.0"), FREE_METER).kind, "cell");
});

test("strings compare by code point, and bytes as the UTF-8 of text", () => {
  assert.is(compare(entry('"\uff5e"'), entry('"\u{10000}"'), "<", FREE_METER), -1, "UTF-16 order would say otherwise");
  assert.ok(equal(entry('"hi"'), entry("x:hi"), FREE_METER));
  assert.is(compare(entry('"10"'), entry('"9"'), "<", FREE_METER), -1, "two texts are not numbers");
});

test("what has no order is unequal, and a fault to sort", () => {
  for (const [a, b] of [["5", '"five"'], ["5", "x:5"], ["2.5", "x:"]] as const) {
    assert.not(equal(entry(a), entry(b), FREE_METER));
    assert.is(faultCode(() => compare(entry(a), entry(b), "<", FREE_METER)), "LANG_WRONG_KIND");
  }
});

test("zero and empty are false, all else is true", () => {
  for (const no of ["0", "0.0", '""', "x:"]) assert.not(isTrue(entry(no)), no);
  for (const yes of ["-1", "0.001", "123456789012345678901", '"0"', "x:0"]) assert.ok(isTrue(entry(yes)), yes);
});

test("host words get their arguments by the same table", () => {
  const give = (value: string, kind: Parameters<typeof convertParameter>[1]) => convertParameter(entry(value), kind, "word", FREE_METER);
  assert.equal(give("1.5", "amount"), { kind: "cell", value: 1_500_000_000_000_000_000n });
  assert.equal(give('"100"', "amount"), { kind: "integer", value: 100_000_000_000_000_000_000n });
  assert.equal(give("7", "content"), { kind: "text", value: "7" });
  assert.is(give("x:7", "content").kind, "bytes");
  for (const [value, kind] of [["-1", "amount"], ["0.0000000000000000001", "amount"], ['""', "path"], ['"a\0b"', "path"], ['""', "recipient"]] as const) {
    assert.is(faultCode(() => give(value, kind)), "LANG_WRONG_KIND", `${value} as ${kind}`);
  }
});

test.run();
