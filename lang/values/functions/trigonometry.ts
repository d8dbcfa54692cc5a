import { piFixed } from "./constants.ts";
import { bitLength, fixedOf, multiply, toFixed, wholeSquareRoot, type Approximation, type Exact } from "./fixed-point.ts";
import { powerOfTen } from "../construct.ts";

/** Series of fewer than 2^12 terms, 1 ulp each, and a reduced argument within 8 ulps. */
const SERIES_ERROR = 1n << 14n;

/** sin x, x in radians. */
export function sine(x: Exact, bits: number): Approximation {
  const { quarter, rest } = reduceAngle(x, bits);
  const size = quarter % 2 === 0 ? sineSeries(rest, bits) : cosineSeries(rest, bits);
  return { value: quarter < 2 ? size : -size, error: SERIES_ERROR, bits };
}

/** cos x, x in radians. */
export function cosine(x: Exact, bits: number): Approximation {
  const { quarter, rest } = reduceAngle(x, bits);
  const size = quarter % 2 === 0 ? cosineSeries(rest, bits) : sineSeries(rest, bits);
  return { value: quarter === 0 || quarter === 3 ? size : -size, error: SERIES_ERROR, bits };
}

/**
 * atan x. Above 1 it is pi/2 - atan(1/x); then atan t = 2 atan(t / (1 + sqrt(1 + t^2))) a few times until
 * the series converges fast. Each halving leaves at most 6 ulps; undoing them multiplies by 2^halvings.
 */
export function arcTangent(x: Exact, bits: number): Approximation {
  const width = BigInt(bits);
  const negative = x.coefficient < 0n;
  const numerator = negative ? -x.coefficient : x.coefficient;
  const denominator = powerOfTen(x.scale);
  const inverted = numerator > denominator;
  let t = inverted ? toFixed(denominator, numerator, bits) : toFixed(numerator, denominator, bits);
  const halvings = 4 + (bits >> 8);
  const one = 1n << width;
  for (let halving = 0; halving < halvings; halving += 1) {
    const root = wholeSquareRoot((one << width) + t * t);
    t = (t << width) / (one + root);
  }
  const angle = arcSeries(t, width) << BigInt(halvings);
  const value = inverted ? (piFixed(bits) >> 1n) - angle : angle;
  return { value: negative ? -value : value, error: 1n << BigInt(halvings + 14), bits };
}

/**
 * x = quarter turns + rest, |rest| <= pi/4. The whole part of x eats digits of pi, so both are taken
 * with that many bits more; rounded up to 64, so that few lengths of pi are ever computed.
 */
function reduceAngle(x: Exact, bits: number): { readonly quarter: number; readonly rest: bigint } {
  const wholeBits = Math.max(0, bitLength(x.coefficient) - bitLength(powerOfTen(x.scale)) + 1);
  const extra = Math.ceil((wholeBits + 8) / 64) * 64;
  const halfPi = piFixed(bits + extra) >> 1n;
  const angle = fixedOf(x, bits + extra);
  const turns = floorDivide(angle + (halfPi >> 1n), halfPi);
  const rest = (angle - turns * halfPi) >> BigInt(extra);
  return { quarter: Number(((turns % 4n) + 4n) % 4n), rest };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && a % b !== 0n ? quotient - 1n : quotient;
}

/** r - r^3/3! + r^5/5! - … */
function sineSeries(r: bigint, bits: number): bigint {
  return alternating(r, 1n, multiply(r, r, BigInt(bits)), BigInt(bits));
}

/** 1 - r^2/2! + r^4/4! - … */
function cosineSeries(r: bigint, bits: number): bigint {
  return alternating(1n << BigInt(bits), 0n, multiply(r, r, BigInt(bits)), BigInt(bits));
}

function alternating(first: bigint, firstPower: bigint, square: bigint, width: bigint): bigint {
  let term = first;
  let sum = 0n;
  for (let power = firstPower; term !== 0n; power += 2n) {
    sum += term;
    // Division truncates towards zero, so that terms of either sign die out.
    term = (-term * square) / (((power + 1n) * (power + 2n)) << width);
  }
  return sum;
}

/** t - t^3/3 + t^5/5 - …, t >= 0. */
function arcSeries(t: bigint, width: bigint): bigint {
  const square = multiply(t, t, width);
  let power = t;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += odd % 4n === 1n ? power / odd : -(power / odd);
    power = multiply(power, square, width);
  }
  return sum;
}
