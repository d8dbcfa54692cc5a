import { test } from "uvu";
import * as assert from "uvu/assert";
import { readNumber } from "../../../lang/numbers/read-number.ts";
import { faultCode } from "../values/entries.ts";

const cell = (value: bigint) => ({ kind: "single", value: { kind: "cell", value } }) as const;

test("numbers of the standard read as it says", () => {
  for (const [token, base, value] of [
    ["0", 10, 0n], ["-5", 10, -5n], ["#10", 16, 10n], ["#-10", 2, -10n], ["$fF", 10, 255n], ["$-10", 10, -16n], ["%101", 10, 5n],
    ["%-1", 10, -1n], ["ff", 16, 255n], ["-FF", 16, -255n], ["zz", 36, 1295n], ["'a'", 10, 97n], ["'''", 10, 39n], ["'字'", 10, 0x5b57n], ["'🐛'", 10, 0x1f41bn],
  ] as const) {
    assert.equal(readNumber(token, base), cell(value), token);
  }
});

test("a trailing point makes a double", () => {
  assert.equal(readNumber("1.", 10), { kind: "double", low: cell(1n).value, high: cell(0n).value });
  assert.equal(readNumber("-1.", 10), { kind: "double", low: cell(-1n).value, high: cell(-1n).value });
  assert.equal(readNumber("$-1.", 10), { kind: "double", low: cell(-1n).value, high: cell(-1n).value });
  assert.equal(readNumber("18446744073709551616.", 10), { kind: "double", low: cell(0n).value, high: cell(1n).value });
  assert.is(faultCode(() => readNumber(`${1n << 128n}.`, 10)), "LANG_TOO_LARGE");
});

test("a point between digits makes a decimal in every base", () => {
  for (const base of [2, 10, 16]) {
    assert.equal(readNumber("1.50", base), { kind: "single", value: { kind: "decimal", coefficient: 15n, scale: 1 } });
    assert.equal(readNumber("-0.05", base), { kind: "single", value: { kind: "decimal", coefficient: -5n, scale: 2 } });
  }
});

test("what a cell cannot hold is an integer, but bits that fill a cell are a cell", () => {
  assert.equal(readNumber("9223372036854775807", 10), cell((1n << 63n) - 1n));
  assert.equal(readNumber("9223372036854775808", 10), { kind: "single", value: { kind: "integer", value: 1n << 63n } });
  assert.equal(readNumber("-9223372036854775808", 10), cell(-(1n << 63n)));
  assert.equal(readNumber("$ffffffffffffffff", 10), cell(-1n));
  assert.equal(readNumber("9223372036854775808", 10, "cell"), cell(-(1n << 63n)));
  assert.equal(readNumber("18446744073709551615", 10, "cell"), cell(-1n));
  assert.equal(readNumber("18446744073709551616", 10, "cell"), { kind: "single", value: { kind: "integer", value: 1n << 64n } });
  assert.equal(readNumber("$10000000000000000", 10), { kind: "single", value: { kind: "integer", value: 1n << 64n } });
  assert.equal(readNumber("z".repeat(200), 36), { kind: "single", value: { kind: "integer", value: 36n ** 200n - 1n } });
});

test("what is no number is none", () => {
  for (const token of ["", "-", "#", "$", "%", ".", "-.", "1.2.3", ".5", "5.-", "1e5", "+5", "--5", "-$5", "#ff", "%12", "g", "''", "'ab'", "'a", "$1.5", "1_000", "٣", "0x10", "ſ"]) {
    assert.is(readNumber(token, 16 === token.length ? 16 : 10), undefined, token);
  }
  assert.is(readNumber("ſ", 36), undefined, "a letter that only folds to s");
});

test("an endless token is refused before it is computed", () => {
  assert.is(faultCode(() => readNumber("9".repeat(1_000_000), 10)), "LANG_TOO_LARGE");
  assert.is(faultCode(() => readNumber(`1.${"9".repeat(1_000_000)}`, 10)), "LANG_TOO_LARGE");
  assert.is(faultCode(() => readNumber(`$${"f".repeat(1_000_000)}`, 10)), "LANG_TOO_LARGE");
});

test.run();
