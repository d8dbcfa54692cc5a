import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import { binary, floorDivide } from "./arithmetic.ts";
import { bitSize, decimal, powerOfTen, whole } from "./construct.ts";
import { convert, numberOf, wrongKind } from "./convert.ts";
import { divideHalfEven } from "./decimal-rounding.ts";
import { elementary, type FunctionName } from "./functions/elementary.ts";
import { VALUE_LIMITS } from "./limits.ts";
import { asDecimal, type NumberValue } from "./plain-number.ts";
import { chargeProduct } from "./prices.ts";
import { binaryWord, ternaryWord, unaryWord, type Head, type Page } from "./value-word-row.ts";
import type { ValueWordSpec } from "./value-words.ts";

/** Exact numbers: arithmetic without wrapping, rounding, and functions to 34 significant digits, or by the words that end in `-to` to as many as one asks for. */
export const FUNCTION_WORDS: readonly ValueWordSpec[] = [
  ...pair(288, "sqrt", "Square root", ["2 sqrt .", "1.414213562373095048801688724209698 "], ["2 5 sqrt-to .", "1.4142 "]),
  ...pair(290, "exp", "e to the power of a number", ["1 exp .", "2.718281828459045235360287471352662 "], ["1 5 exp-to .", "2.7183 "]),
  ...pair(292, "ln", "Natural logarithm", ["2 ln .", "0.6931471805599453094172321214581766 "], ["2 5 ln-to .", "0.69315 "]),
  ...pair(294, "sin", "Sine of an angle in radians", ["1 sin .", "0.841470984807896506652502321630299 "], ["1 5 sin-to .", "0.84147 "]),
  ...pair(296, "cos", "Cosine of an angle in radians", ["1 cos .", "0.5403023058681397174009366074429766 "], ["1 5 cos-to .", "0.5403 "]),
  ...pair(298, "atan", "Arc tangent in radians", ["1 atan .", "0.7853981633974483096156608458198757 "], ["1 5 atan-to .", "0.7854 "]),
  ternaryWord([300, "divide-to", "( a b digits -- quotient )", 200], ["Divides to that many significant digits, a tie to the even one.", "2 3 5 divide-to .", "0.66667 "], divideTo),
  binaryWord([301, "round-to", "( x places -- y )", 100], ["Rounds to that many digits after the point, a tie to the even one.", "2.345 2 round-to .", "2.34 "], roundTo),
  binaryWord([304, "big+", "( a b -- sum )", 60], ["Adds without wrapping: what 64 bits cannot hold becomes an integer.", "9223372036854775807 1 big+ .", "9223372036854775808 "], unwrapped("+")),
  binaryWord([305, "big-", "( a b -- difference )", 60], ["Subtracts without wrapping.", "-9223372036854775808 1 big- .", "-9223372036854775809 "], unwrapped("-")),
  binaryWord([306, "big*", "( a b -- product )", 60], ["Multiplies without wrapping.", "4294967296 4294967296 big* .", "18446744073709551616 "], unwrapped("*")),
  binaryWord([307, "**", "( x n -- y )", 60], ["Multiplies x by itself n times, exactly and without wrapping.", "2 100 ** .", "1267650600228229401496703205376 "], power),
  unaryWord([302, "floor", "( x -- n )", 60], ["The largest whole number that is not above.", "-2.5 floor .", "-3 "], floor),
];

/** The function to the usual digits, and its form with the digits on top of the stack. */
function pair(code: number, name: FunctionName, meaning: string, usual: readonly [string, string], chosen: readonly [string, string]): ValueWordSpec[] {
  const head: Head = [code, name, "( x -- y )", 1_000];
  const page: Page = [`${meaning}, to ${String(VALUE_LIMITS.defaultDigits)} significant digits.`, ...usual];
  return [
    unaryWord(head, page, (x, _word, meter) => elementary(name, x, meter)),
    binaryWord([code + 1, `${name}-to`, "( x digits -- y )", 1_000], [`${meaning}, to that many significant digits.`, ...chosen], (x, digits, word, meter) =>
      elementary(name, x, meter, count(digits, VALUE_LIMITS.functionDigits, word, meter))),
  ];
}

function divideTo(a: Value, b: Value, digits: Value, word: string, meter: Meter): Value {
  const wanted = count(digits, VALUE_LIMITS.functionDigits, word, meter);
  if (wanted < 1) throw new FaultError<LangFault>({ code: "LANG_RESULT_RANGE", word });
  return binary("/", convert(a, "decimal", word, meter), b, meter, wanted);
}

function roundTo(x: Value, places: Value, word: string, meter: Meter): Value {
  const { coefficient, scale } = asDecimal(numberOf(x, word, meter));
  const wanted = count(places, VALUE_LIMITS.decimalScale, word, meter);
  if (scale <= wanted) return decimal(coefficient, scale);
  chargeProduct(meter, bitSize(coefficient), (scale - wanted) * 4);
  return decimal(divideHalfEven(coefficient, powerOfTen(scale - wanted)), wanted);
}

function floor(x: Value, word: string, meter: Meter): Value {
  const { coefficient, scale } = asDecimal(numberOf(x, word, meter));
  chargeProduct(meter, bitSize(coefficient), scale * 4);
  return whole(floorDivide(coefficient, powerOfTen(scale)));
}

/** The operator on numbers of any size: two cells are taken as integers. */
function unwrapped(operator: "+" | "-" | "*"): (a: Value, b: Value, word: string, meter: Meter) => NumberValue {
  return (a, b, word, meter) => {
    const left = numberOf(a, word, meter);
    const right = numberOf(b, word, meter);
    if (left.kind === "decimal" || right.kind === "decimal") return binary(operator, left, right, meter);
    return binary(operator, { kind: "integer", value: left.value }, right, meter);
  };
}

/** By squaring: as many products as n has bits, twice; each is charged by its size and none passes the limits. */
function power(x: Value, exponent: Value, word: string, meter: Meter): Value {
  let rest = count(exponent, VALUE_LIMITS.integerBits, word, meter);
  const multiply = unwrapped("*");
  let square: Value = numberOf(x, word, meter);
  let result: Value = whole(1n);
  while (rest > 0) {
    if (rest % 2 === 1) result = multiply(result, square, word, meter);
    rest = Math.floor(rest / 2);
    if (rest > 0) square = multiply(square, square, word, meter);
  }
  return result;
}

/** A number from 0 to `most`. Faults: LANG_WRONG_KIND. */
function count(value: Value, most: number, word: string, meter: Meter): number {
  const number = convert(value, "cell", word, meter).value;
  if (number < 0n || number > BigInt(most)) throw wrongKind(word, `a number from 0 to ${String(most)}`, value);
  return Number(number);
}
