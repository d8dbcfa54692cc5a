import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { readNumber } from "../../../lang/numbers/read-number.ts";
import type { Value, ValueKind } from "../../../lang/value.ts";
import { binary, unary, type BinaryOperator } from "../../../lang/values/arithmetic.ts";
import { compare, equal, extreme } from "../../../lang/values/compare.ts";
import { fitsCell } from "../../../lang/values/construct.ts";
import { convert } from "../../../lang/values/convert.ts";
import { elementary, type FunctionName } from "../../../lang/values/functions/elementary.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { formatLiteral, showValue } from "../../../lang/values/show.ts";
import { makeRandom, randomText } from "../random.ts";

const ROUNDS = 20_000;
type Random = (most: number) => number;

function randomEntry(random: Random): Value {
  const digits = (most: number) => Array.from({ length: 1 + random(most) }, () => String(random(10))).join("");
  const sign = random(2) === 0 ? "-" : "";
  switch (random(5)) {
    case 0:
      return { kind: "cell", value: BigInt.asIntN(64, BigInt(`0x${digits(16)}`)) };
    case 1:
      return readPlain(`${sign}${digits(60)}`);
    case 2:
      return readPlain(`${sign}${digits(40)}.${digits(40)}`);
    case 3:
      return { kind: "text", value: random(2) === 0 ? `${sign}${digits(5)}.${digits(5)}` : randomText(random) };
    default:
      return { kind: "bytes", value: Uint8Array.from({ length: random(9) }, () => random(256)) };
  }
}

function readPlain(token: string): Value {
  const number = readNumber(token, 10);
  if (number?.kind !== "single") throw new Error(token);
  return number.value;
}

/** Every entry has one form: what fits a cell is a cell, no needless zeros, text well-formed. */
function checkCanonical(value: Value): void {
  if (value.kind === "cell") assert.ok(fitsCell(value.value));
  if (value.kind === "integer") assert.not(fitsCell(value.value));
  if (value.kind === "decimal") assert.ok(value.scale >= 0 && (value.scale === 0 || value.coefficient % 10n !== 0n));
  if (value.kind === "text") assert.ok(value.value.isWellFormed());
}

/** Runs `work`; declared faults pass, everything else is ours to fix. */
function declared(work: () => Value | undefined): void {
  try {
    const result = work();
    if (result !== undefined) checkCanonical(result);
  } catch (error) {
    if (!isFaultError(error)) throw error;
    assert.match(error.fault.code, /^LANG_(WRONG_KIND|DIVIDE_BY_ZERO|TOO_LARGE|RESULT_RANGE)$/);
  }
}

test("any operation on any entries gives a canonical entry or a declared fault", () => {
  const random = makeRandom(41);
  const kinds: ValueKind[] = ["cell", "integer", "decimal", "text", "bytes"];
  const operators: BinaryOperator[] = ["+", "-", "*", "/", "mod"];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [a, b] = [randomEntry(random), randomEntry(random)];
    declared(() => binary(operators[random(5)] ?? "+", a, b, FREE_METER, 1 + random(50)));
    declared(() => unary(random(2) === 0 ? "negate" : "abs", a, FREE_METER));
    declared(() => convert(a, kinds[random(5)] ?? "text", "test"));
    declared(() => extreme("max", a, b, FREE_METER));
    assert.type(showValue(a), "string");
    assert.is(equal(a, b, FREE_METER), equal(b, a, FREE_METER));
  }
});

test("any function of any entry gives a canonical decimal or a declared fault", () => {
  const random = makeRandom(42);
  const names: FunctionName[] = ["sqrt", "exp", "ln", "sin", "cos", "atan"];
  for (let round = 0; round < ROUNDS / 20; round += 1) declared(() => elementary(names[random(6)] ?? "sqrt", randomEntry(random), FREE_METER, random(40)));
});

test("order is one order: opposite when turned round, and no cycles", () => {
  const random = makeRandom(43);
  const numeric = () => readPlain(`${random(2) === 0 ? "-" : ""}${random(20)}${random(2) === 0 ? "" : `.${random(20)}`}`);
  for (let round = 0; round < ROUNDS / 4; round += 1) {
    const [a, b, c] = [numeric(), numeric(), numeric()];
    assert.is(compare(a, b, "<", FREE_METER) + compare(b, a, "<", FREE_METER), 0);
    if (compare(a, b, "<", FREE_METER) <= 0 && compare(b, c, "<", FREE_METER) <= 0) assert.ok(compare(a, c, "<", FREE_METER) <= 0);
  }
});

test("any number token is a number that prints back, or none, or a declared fault", () => {
  const random = makeRandom(44);
  const alphabet = "0123456789.-$#%'afzAFZ_ex ";
  for (let round = 0; round < ROUNDS; round += 1) {
    const token = Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)] ?? "").join("");
    declared(() => {
      const number = readNumber(token, 2 + random(35));
      if (number?.kind !== "single") return undefined;
      assert.equal(readNumber(formatLiteral(number.value), 10), number);
      return number.value;
    });
  }
});

test.run();
