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
import { asDecimal } from "./plain-number.ts";
import { chargeProduct } from "./prices.ts";
import { binaryWord, ternaryWord, unaryWord, type Head, type Page } from "./value-word-row.ts";
import type { ValueWordSpec } from "./value-words.ts";

/** Functions of exact numbers: to 34 significant digits, or by the words that end in `-to` to as many as one asks for. */
export const FUNCTION_WORDS: readonly ValueWordSpec[] = [
  ...pair(288, "sqrt", "Square root", ["2 sqrt .", "1.414213562373095048801688724209698 "], ["2 5 sqrt-to .", "1.4142 "]),
  ...pair(290, "exp", "e to the power of a number", ["1 exp .", "2.718281828459045235360287471352662 "], ["1 5 exp-to .", "2.7183 "]),
  ...pair(292, "ln", "Natural logarithm", ["2 ln .", "0.6931471805599453094172321214581766 "], ["2 5 ln-to .", "0.69315 "]),
  ...pair(294, "sin", "Sine of an angle in radians", ["1 sin .", "0.841470984807896506652502321630299 "], ["1 5 sin-to .", "0.84147 "]),
  ...pair(296, "cos", "Cosine of an angle in radians", ["1 cos .", "0.5403023058681397174009366074429766 "], ["1 5 cos-to .", "0.5403 "]),
  ...pair(298, "atan", "Arc tangent in radians", ["1 atan .", "0.7853981633974483096156608458198757 "], ["1 5 atan-to .", "0.7854 "]),
  ternaryWord([300, "divide-to", "( a b digits -- quotient )", 200], ["Divides to that many significant digits, a tie to the even one.", "2 3 5 divide-to .", "0.66667 "], divideTo),
  binaryWord([301, "round-to", "( x places -- y )", 100], ["Rounds to that many digits after the point, a tie to the even one.", "2.345 2 round-to .", "2.34 "], roundTo),
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

/** A number of digits from 0 to `most`. Faults: LANG_WRONG_KIND. */
function count(value: Value, most: number, word: string, meter: Meter): number {
  const number = convert(value, "cell", word, meter).value;
  if (number < 0n || number > BigInt(most)) throw wrongKind(word, `a number of digits from 0 to ${String(most)}`, value);
  return Number(number);
}
