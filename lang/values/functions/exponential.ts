import { ln2Fixed } from "./constants.ts";
import { bitLength, fixedOf, multiply, toFixed, wholeSquareRoot, type Approximation, type Exact } from "./fixed-point.ts";
import { powerOfTen } from "../construct.ts";

/** Halvings of the argument before the series of exp, undone by squaring. */
const EXP_HALVINGS = 8;

/**
 * e^x. x = k ln 2 + r with |r| < 0.36, so e^x = 2^k e^r. The argument is off by at most 2^14 ulps (|k| < 2^13, ln 2
 * within 1), halving divides that by 2^8, fewer than 2^12 terms are off by 1 each, and eight squarings
 * of a number below 1.5 multiply by at most 2^8 * 1.5^2: below 2^24 in all.
 */
export function exponential(x: Exact, bits: number): Approximation {
  const width = BigInt(bits);
  const ln2 = ln2Fixed(bits);
  const argument = fixedOf(x, bits);
  const k = (argument + (ln2 >> 1n)) / ln2 - (argument < -(ln2 >> 1n) ? 1n : 0n);
  const reduced = (argument - k * ln2) >> BigInt(EXP_HALVINGS);
  let term = 1n << width;
  let sum = term;
  for (let index = 1n; term !== 0n && term !== -1n; index += 1n) {
    term = multiply(term, reduced, width) / index;
    sum += term;
  }
  for (let halving = 0; halving < EXP_HALVINGS; halving += 1) sum = multiply(sum, sum, width);
  return { value: sum, error: 1n << 24n, bits: bits - Number(k) };
}

/**
 * ln x for x > 0. x = 2^e m with m between 1/2 and 2; `roots` square roots bring m near 1, where
 * ln y = 2 atanh((y - 1) / (y + 1)) converges fast. Roots keep the error below 2 ulps, the series has fewer
 * than 2^12 terms of 1 ulp, undoing the roots multiplies by 2^(roots + 1), and e times ln 2 adds less than 2^14.
 */
export function naturalLogarithm(x: Exact, bits: number): Approximation {
  const width = BigInt(bits);
  const denominator = powerOfTen(x.scale);
  const e = bitLength(x.coefficient) - bitLength(denominator);
  const roots = 8 + (bits >> 8);
  let y = toFixed(x.coefficient, denominator, bits - e);
  for (let root = 0; root < roots; root += 1) y = wholeSquareRoot(y << width);
  const one = 1n << width;
  const z = ((y - one) << width) / (y + one);
  const square = multiply(z, z, width);
  let power = z;
  let sum = 0n;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = multiply(power, square, width);
  }
  return { value: (sum << BigInt(roots + 1)) + BigInt(e) * ln2Fixed(bits), error: 1n << BigInt(roots + 14), bits };
}
