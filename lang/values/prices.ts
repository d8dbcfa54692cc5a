import type { Meter } from "../host.ts";

/**
 * What work on boxed entries costs on top of a word's fixed ERG, by size, charged before the work
 * (R10). One ERG stands for about a nanosecond of the slower tier; sizes count in 64-bit limbs of the
 * operands, so the price of every operation follows from its operands alone. Multiplication,
 * division and digit conversion are priced as the schoolbook methods, which bounds every engine.
 */
export const PRICES = {
  /** Boxing one result. */
  box: 40,
  /** Adding, comparing, copying: per limb of either operand. */
  linear: 2,
  /** Multiplying and dividing: per pair of limbs. */
  product: 2,
  /** Reading or writing digits: per digit, and per pair of 16-digit groups. */
  digit: 2,
  digitPair: 1,
  /** Per 8 bytes of text or bytes looked at or copied. */
  chunk: 1,
} as const;

/** Limbs of 64 bits that hold `bits` bits. */
export function limbs(bits: number): number {
  return Math.ceil(bits / 64);
}

/** Before adding or comparing numbers of these sizes in bits. */
export function chargeLinear(meter: Meter, leftBits: number, rightBits: number): void {
  meter.charge(PRICES.box + PRICES.linear * (limbs(leftBits) + limbs(rightBits)));
}

/** Before multiplying numbers of these sizes, or dividing with a divisor and quotient of these sizes. */
export function chargeProduct(meter: Meter, leftBits: number, rightBits: number): void {
  meter.charge(PRICES.box + PRICES.product * limbs(leftBits) * limbs(rightBits));
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
