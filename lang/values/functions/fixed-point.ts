import type { DecimalValue } from "../../value.ts";
import { decimal, powerOfTen } from "../construct.ts";
import { roundRatio } from "../decimal-rounding.ts";

/**
 * Numbers of the elementary functions: a BigInt counted in units of 2^-bits ("ulps"). Every operation
 * is integer arithmetic, so all engines agree on each bit.
 */

/** An approximation of a real number: it lies within `error` ulps of `value`, an ulp being 2^-bits. */
export interface Approximation {
  readonly value: bigint;
  readonly error: bigint;
  readonly bits: number;
}

/** An exact argument: coefficient / 10^scale. */
export interface Exact {
  readonly coefficient: bigint;
  readonly scale: number;
}

/** Bits in |value|, exactly; 0 for zero. */
export function bitLength(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size === 0n) return 0;
  const hex = size.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)));
}

/** Floor of numerator / denominator * 2^bits; bits may be negative, the denominator is positive. Within 1 ulp. */
export function toFixed(numerator: bigint, denominator: bigint, bits: number): bigint {
  if (bits >= 0) return (numerator << BigInt(bits)) / denominator;
  return numerator / (denominator << BigInt(-bits));
}

/** An exact argument in ulps of 2^-bits, within 1 ulp. */
export function fixedOf({ coefficient, scale }: Exact, bits: number): bigint {
  return toFixed(coefficient, powerOfTen(scale), bits);
}

/** Product of two fixed-point numbers of `bits`, within 1 ulp. */
export function multiply(a: bigint, b: bigint, bits: bigint): bigint {
  return (a * b) >> bits;
}

/** The largest whole number whose square is at most `n`; n >= 0. Newton's method from above. */
export function wholeSquareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * The decimal of `digits` significant digits nearest to the real number, if the approximation is close
 * enough to tell: both ends of its interval round to the same decimal. Undefined otherwise.
 */
export function roundIfCertain({ value, error, bits }: Approximation, digits: number): DecimalValue | undefined {
  const low = value - error;
  const high = value + error;
  if (low <= 0n && high >= 0n) return undefined;
  const below = roundBinary(low, bits, digits);
  const above = roundBinary(high, bits, digits);
  return below.coefficient === above.coefficient && below.scale === above.scale ? below : undefined;
}

function roundBinary(value: bigint, bits: number, digits: number): DecimalValue {
  const [numerator, denominator] = bits >= 0 ? [value, 1n << BigInt(bits)] : [value << BigInt(-bits), 1n];
  const { coefficient, scale } = roundRatio(numerator, denominator, digits);
  return decimal(coefficient, scale);
}
