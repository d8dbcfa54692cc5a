import { test } from "uvu";
import * as assert from "uvu/assert";
import { unescapeText } from "../../../lang/escapes.ts";
import { readNumber } from "../../../lang/numbers/read-number.ts";
import { formatLiteral, formatValue, showValue } from "../../../lang/values/show.ts";
import { makeRandom, randomText } from "../random.ts";
import { entry } from "./entries.ts";

test("the plain form is what `.` prints", () => {
  assert.is(formatValue(entry("255"), 16), "FF");
  assert.is(formatValue(entry("-255"), 2), "-11111111");
  assert.is(formatValue(entry("2.0")), "2");
  assert.is(formatValue(entry("2.5"), 16), "2.5");
  assert.is(formatValue(entry('"a\nb"')), "a\nb");
  assert.is(formatValue({ kind: "bytes", value: Uint8Array.of(0, 255) }), "00ff");
});

test("the shown form tells the kinds apart", () => {
  assert.is(showValue(entry("2")), "2");
  assert.is(showValue(entry("2.0")), "2.0");
  assert.is(showValue(entry('"2"')), '"2"');
  assert.is(showValue(entry("x:2")), 'x"32"');
});

test("no character that a terminal acts on is ever shown", () => {
  assert.is(showValue(entry('"\x1b[2J\u202e\n\u2028\u0085"')), '"\\e[2J\\u{202e}\\n\\u{2028}\\u{85}"');
  const random = makeRandom(31);
  for (let round = 0; round < 2_000; round += 1) {
    const shown = showValue({ kind: "text", value: randomText(random) }, 10, 30);
    assert.not.match(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.ok(shown.length < 60);
  }
});

test("what is long is cut and says how long it is", () => {
  assert.is(showValue({ kind: "text", value: "a".repeat(100) }, 10, 11), '"aaaaaaaaaa"… 100 characters');
  assert.is(showValue({ kind: "bytes", value: new Uint8Array(100) }, 10, 4), 'x"0000"… 100 bytes');
  assert.is(showValue(entry("1".repeat(100)), 10, 5), "11111… 100 digits");
});

test("a literal reads back as the same entry", () => {
  for (const number of ["0", "-9223372036854775808", "9223372036854775808", "2.0", "-0.5"]) {
    assert.equal(readNumber(formatLiteral(entry(number)), 10), { kind: "single", value: entry(number) });
  }
  const random = makeRandom(32);
  for (let round = 0; round < 1_000; round += 1) {
    const value = randomText(random);
    const literal = formatLiteral({ kind: "text", value });
    assert.is(unescapeText(literal.slice(1, -1)), value);
    assert.not.match(literal.slice(1, -1), /(?<!\\)(?:\\\\)*"|[\n\0]/);
  }
});

test.run();
