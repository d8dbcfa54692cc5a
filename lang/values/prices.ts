import type { Meter } from "../host.ts";

/**
 * What work on boxed entries costs on top of a word's fixed ERG, by size, charged before the work
 * (R10). Measured so that one ERG is one to four nanoseconds for each of them; sizes count in 64-bit
 * limbs of the operands, so the price follows from the operands alone.
 */
export const PRICES = {
  /** Unpacking two operands and boxing one result. */
  box: 200,
  /** Adding, comparing, copying: per limb of either operand. */
  linear: 2,
  /** Multiplying and dividing: per pair of limbs, and per this many pairs where the shorter number has more than `longLimbs`. */
  product: 1,
  longLimbs: 32,
  longPairs: 4,
  /** Reading or writing digits: per digit, and per pair of 16-digit groups. */
  digit: 6,
  digitPair: 1,
  /** Per 8 bytes of text or bytes looked at or copied. */
  chunk: 1,
} as const;

/** Limbs of 64 bits that hold `bits` bits. */
function limbs(bits: number): number {
  return Math.ceil(bits / 64);
}

/** Before adding or comparing numbers of these sizes in bits. */
export function chargeLinear(meter: Meter, leftBits: number, rightBits: number): void {
  meter.charge(PRICES.box + PRICES.linear * (limbs(leftBits) + limbs(rightBits)));
}

/** Before multiplying numbers of these sizes, or dividing with a divisor and quotient of these sizes. */
export function chargeProduct(meter: Meter, leftBits: number, rightBits: number): void {
  meter.charge(PRICES.box + productPrice(leftBits, rightBits));
}

/** Grows with both sizes up to `longLimbs`, then more slowly: engines change to better methods there. */
export function productPrice(leftBits: number, rightBits: number): number {
  const shorter = limbs(Math.min(leftBits, rightBits));
  const counted = shorter <= PRICES.longLimbs ? shorter : PRICES.longLimbs + Math.ceil((shorter - PRICES.longLimbs) / PRICES.longPairs);
  return PRICES.product * counted * limbs(Math.max(leftBits, rightBits));
}

/** Before turning this many digits into a number or back. */
export function chargeDigits(meter: Meter, digits: number): void {
  const groups = Math.ceil(digits / 16);
  meter.charge(PRICES.box + PRICES.digit * digits + PRICES.digitPair * groups * groups);
}

/** Before copying or scanning this many bytes. */
export function chargeBytes(meter: Meter, sizeBytes: number): void {
  meter.charge(PRICES.box + PRICES.chunk * Math.ceil(sizeBytes / 8));
}

/** For callers outside a machine, whose work is bounded by other means: the prompt's display, tests, help. */
export const FREE_METER: Meter = {
  charge: () => undefined,
  ergLeft: Number.MAX_SAFE_INTEGER,
};
