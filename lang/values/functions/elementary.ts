import { FaultError } from "../../base/fault.ts";
import type { LangFault } from "../../fault.ts";
import type { Meter } from "../../host.ts";
import type { DecimalValue, Value } from "../../value.ts";
import { bitSize, decimal, powerOfTen, tooLarge } from "../construct.ts";
import { numberOf } from "../convert.ts";
import { digitCount, divideHalfEven } from "../decimal-rounding.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { asDecimal } from "../plain-number.ts";
import { PRICES, chargeDigits, productPrice } from "../prices.ts";
import { exponential, naturalLogarithm } from "./exponential.ts";
import { roundIfCertain, wholeSquareRoot, type Approximation, type Exact } from "./fixed-point.ts";
import { arcTangent, cosine, sine } from "./trigonometry.ts";

/** Angles are in radians. */
export type FunctionName = "sqrt" | "exp" | "ln" | "sin" | "cos" | "atan";

/** e^x has more than `functionReach` zeros before or after its digits from here on: reach * ln 10. */
const EXP_MOST = BigInt(Math.floor(VALUE_LIMITS.functionReach * 2.302));
/** Working bits beyond the digits asked for: 24 to 34 of error, and the rest makes a second try rare (1 in 2^24). */
const SPARE_BITS = 64;
/** Steps of Newton's method that double the correct bits: enough for any root within `functionReach`. */
const ROOT_STEPS = 20;
/** No argument within `functionReach` needs this many: more means a mistake of ours. */
const MOST_BITS = 32_768;

/**
 * The function of a number, correctly rounded: the decimal of `digits` significant digits nearest to
 * the true value, a tie (which only `sqrt` can have) to the even one. Computed with some bits to spare and, when the
 * error bound leaves two candidates, again with more (Ziv, ACM TOMS 17, 1991); each try is charged before it is made.
 * Faults: LANG_WRONG_KIND, LANG_RESULT_RANGE where the function is not defined or out of reach, LANG_TOO_LARGE.
 */
export function elementary(name: FunctionName, argument: Value, meter: Meter, digits: number = VALUE_LIMITS.defaultDigits): DecimalValue {
  const x = asDecimal(numberOf(argument, name, meter));
  checkDigits(digits);
  checkReach(name, x);
  const exact = exactResult(name, x);
  if (exact !== undefined) return decimal(exact, 0);
  if (name === "sqrt") return squareRoot(x, digits, meter);
  const compute = FUNCTIONS[name];
  for (let bits = startBits(digits); ; bits += Math.ceil(bits / 128) * 64) {
    if (bits > MOST_BITS) throw outOfRange(name);
    chargeTry(meter, bits + bitSize(x.coefficient));
    const rounded = roundIfCertain(compute(x, bits), digits);
    if (rounded !== undefined) return rounded;
  }
}

const FUNCTIONS: Readonly<Record<Exclude<FunctionName, "sqrt">, (x: Exact, bits: number) => Approximation>> = {
  exp: exponential,
  ln: naturalLogarithm,
  sin: sine,
  cos: cosine,
  atan: arcTangent,
};

/** The arguments with a rational result. All others give a transcendental one, so a try that is long enough decides. */
function exactResult(name: FunctionName, { coefficient, scale }: Exact): bigint | undefined {
  if (name === "ln") return coefficient === 1n && scale === 0 ? 0n : undefined;
  if (coefficient !== 0n) return undefined;
  return name === "exp" || name === "cos" ? 1n : 0n;
}

/** Rounded exactly: the whole root of enough digits, and whether anything is left over. */
function squareRoot({ coefficient, scale }: Exact, digits: number, meter: Meter): DecimalValue {
  const wanted = digits + 2;
  const shift = Math.max(0, 2 * wanted - digitCount(coefficient));
  const even = (scale + shift) % 2 === 0 ? shift : shift + 1;
  const bits = bitSize(coefficient) + even * 4;
  meter.charge(ROOT_STEPS * (PRICES.box + productPrice(bits, bits)));
  chargeDigits(meter, bits);
  const square = coefficient * powerOfTen(even);
  const root = wholeSquareRoot(square);
  // One more digit stands for all that is left over: enough to tell a tie from what is above it.
  const sticky = root * 10n + (root * root === square ? 0n : 1n);
  const excess = digitCount(sticky) - digits;
  return decimal(divideHalfEven(sticky, powerOfTen(excess)), (scale + even) / 2 + 1 - excess);
}

function startBits(digits: number): number {
  return Math.ceil((digits * 3.33 + SPARE_BITS) / 64) * 64;
}

function checkDigits(digits: number): void {
  if (digits < 1 || digits > VALUE_LIMITS.functionDigits) throw tooLarge("precision (digits)", VALUE_LIMITS.functionDigits);
}

function checkReach(name: FunctionName, { coefficient, scale }: Exact): void {
  const reach = VALUE_LIMITS.functionReach;
  if (scale > reach || bitSize(coefficient) > reach * 16 || digitCount(coefficient) - scale > reach) throw outOfRange(name);
  if (name === "sqrt" && coefficient < 0n) throw outOfRange(name);
  if (name === "ln" && coefficient <= 0n) throw outOfRange(name);
  const size = (coefficient < 0n ? -coefficient : coefficient) / powerOfTen(scale);
  if (name === "exp" && size > EXP_MOST) throw outOfRange(name);
}

/** A series of about bits/6 terms, each a product and a division of `bits`, and the digits of both ends of the interval. */
function chargeTry(meter: Meter, bits: number): void {
  meter.charge(Math.ceil(bits / 6) * (PRICES.box + productPrice(bits, bits)));
  chargeDigits(meter, bits);
}

function outOfRange(word: string): FaultError<LangFault> {
  return new FaultError<LangFault>({ code: "LANG_RESULT_RANGE", word });
}
