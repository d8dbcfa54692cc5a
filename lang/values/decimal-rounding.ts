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
  const scale = digits - 1 - leadingExponent(numerator < 0n ? -numerator : numerator, denominator);
  const coefficient = roundAtScale(numerator, denominator, scale);
  // A carry (999.6 to 1000) leaves one digit too many, which is a zero.
  return digitCount(coefficient) > digits ? { coefficient: coefficient / 10n, scale: scale - 1 } : { coefficient, scale };
}

/** The power of ten of the first digit of numerator / denominator, both positive. */
function leadingExponent(numerator: bigint, denominator: bigint): number {
  const most = digitCount(numerator) - digitCount(denominator);
  const reaches = most >= 0 ? numerator >= denominator * powerOfTen(most) : numerator * powerOfTen(-most) >= denominator;
  return reaches ? most : most - 1;
}

/** numerator / denominator times 10^scale, rounded half to even. */
function roundAtScale(numerator: bigint, denominator: bigint, scale: number): bigint {
  if (scale >= 0) return divideHalfEven(numerator * powerOfTen(scale), denominator);
  return divideHalfEven(numerator, denominator * powerOfTen(-scale));
}
