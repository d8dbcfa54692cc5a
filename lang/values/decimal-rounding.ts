import type { DecimalValue } from "../value.ts";
import { decimal, powerOfTen } from "./construct.ts";

interface Scaled {
  readonly coefficient: bigint;
  readonly scale: number;
}

/** Decimal digits in |value|; 1 for zero. */
export function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** numerator / denominator to the nearest whole number, a tie to the even one. The denominator is positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const quotient = size / denominator;
  const twice = (size % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** a / b rounded half to even to `digits` significant digits; b is not zero. Faults: LANG_TOO_LARGE. */
export function roundedQuotient(a: Scaled, b: Scaled, digits: number): DecimalValue {
  const numerator = b.coefficient < 0n ? -a.coefficient : a.coefficient;
  const denominator = b.coefficient < 0n ? -b.coefficient : b.coefficient;
  const { coefficient, scale } = roundRatio(numerator, denominator, digits);
  return decimal(coefficient, scale + a.scale - b.scale);
}

/**
 * numerator / denominator (positive) as coefficient / 10^scale with exactly `digits` significant
 * digits, rounded half to even; scale may be negative.
 */
export function roundRatio(numerator: bigint, denominator: bigint, digits: number): Scaled {
  if (numerator === 0n) return { coefficient: 0n, scale: 0 };
  // The quotient's first digit stands at 10^lead or 10^(lead - 1): shift so that `digits` or one more are whole.
  const lead = digitCount(numerator) - digitCount(denominator);
  const rounded = roundAtScale(numerator, denominator, digits - 1 - lead);
  if (digitCount(rounded) >= digits) return fitDigits(rounded, numerator, denominator, digits, digits - 1 - lead);
  return fitDigits(roundAtScale(numerator, denominator, digits - lead), numerator, denominator, digits, digits - lead);
}

/** A carry to the next power of ten (999.6 to 1000) leaves one digit too many, which is a zero. */
function fitDigits(rounded: bigint, numerator: bigint, denominator: bigint, digits: number, scale: number): Scaled {
  if (digitCount(rounded) === digits) return { coefficient: rounded, scale };
  return { coefficient: roundAtScale(numerator, denominator, scale - 1), scale: scale - 1 };
}

/** numerator / denominator times 10^scale, rounded half to even. */
function roundAtScale(numerator: bigint, denominator: bigint, scale: number): bigint {
  if (scale >= 0) return divideHalfEven(numerator * powerOfTen(scale), denominator);
  return divideHalfEven(numerator, denominator * powerOfTen(-scale));
}
