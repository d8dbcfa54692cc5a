import { assert } from "../base/assert.ts";
import { utf8 } from "../base/bytes.ts";
import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { BytesValue, CellValue, DecimalValue, IntegerValue, TextValue } from "../value.ts";
import { VALUE_LIMITS } from "./limits.ts";

const CELL_MIN = -(1n << 63n);
const CELL_MAX = (1n << 63n) - 1n;
const INTEGER_LIMIT = 1n << BigInt(VALUE_LIMITS.integerBits);
// Negating a large BigInt copies it: not in a check that every result passes.
const INTEGER_FLOOR = -INTEGER_LIMIT;

/** A whole number on the stack: a cell when it fits, else an integer. */
export type WholeValue = CellValue | IntegerValue;

/** Whether `value` is within the signed 64 bits of a cell. */
export function fitsCell(value: bigint): boolean {
  return value >= CELL_MIN && value <= CELL_MAX;
}

/** A cell; wraps as two's complement. */
export function cell(value: bigint): CellValue {
  return { kind: "cell", value: BigInt.asIntN(64, value) };
}

/**
 * The one form of a whole number of any size: whatever fits a cell comes back as a cell, so equal
 * numbers have equal representations. Faults: LANG_TOO_LARGE.
 */
export function whole(value: bigint): WholeValue {
  if (fitsCell(value)) return { kind: "cell", value };
  checkMagnitude(value, "integer");
  return { kind: "integer", value };
}

/** The canonical decimal of coefficient / 10^scale. `scale` may be negative here. Faults: LANG_TOO_LARGE. */
export function decimal(coefficient: bigint, scale: number): DecimalValue {
  assert(Number.isSafeInteger(scale), "a scale is a whole number");
  if (coefficient === 0n) return { kind: "decimal", coefficient, scale: 0 };
  if (scale < 0) {
    checkScale(-scale);
    const scaled = coefficient * powerOfTen(-scale);
    checkMagnitude(scaled, "decimal");
    return { kind: "decimal", coefficient: scaled, scale: 0 };
  }
  const zeros = trailingZeros(coefficient, scale);
  const reduced = zeros === 0 ? coefficient : coefficient / powerOfTen(zeros);
  checkScale(scale - zeros);
  checkMagnitude(reduced, "decimal");
  return { kind: "decimal", coefficient: reduced, scale: scale - zeros };
}

/** A text entry. Faults: LANG_BAD_INPUT on a lone surrogate, LANG_TOO_LARGE. */
export function text(value: string): TextValue {
  if (!value.isWellFormed()) throw new FaultError<LangFault>({ code: "LANG_BAD_INPUT", reason: "utf8" });
  if (textSize(value) > VALUE_LIMITS.textBytes) throw tooLarge("text (bytes)", VALUE_LIMITS.textBytes);
  return { kind: "text", value };
}

/** A bytes entry. The array must not be changed afterwards. Faults: LANG_TOO_LARGE. */
export function bytes(value: Uint8Array): BytesValue {
  if (value.length > VALUE_LIMITS.bytesLength) throw tooLarge("bytes", VALUE_LIMITS.bytesLength);
  return { kind: "bytes", value };
}

/** Length of the UTF-8 form; encodes only when the answer could pass the limit. */
function textSize(value: string): number {
  return value.length * 3 <= VALUE_LIMITS.textBytes ? value.length : utf8(value).length;
}

const SMALL_POWERS = Array.from({ length: 129 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent, exponent >= 0; the common ones are kept. */
export function powerOfTen(exponent: number): bigint {
  return SMALL_POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** Zeros at the end of the decimal digits of a non-zero number, at most `most`. */
function trailingZeros(value: bigint, most: number): number {
  if (most === 0 || value % 10n !== 0n) return 0;
  const digits = value.toString();
  let zeros = 1;
  while (zeros < most && digits.charCodeAt(digits.length - 1 - zeros) === 48) zeros += 1;
  return zeros;
}

/** 64-bit limbs at which sizes are told apart: each step at most half as large again, up to the largest number kept. */
const LIMB_STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096, 6_144, 8_192];
const SIZE_STEPS = LIMB_STEPS.map((limbs) => ({ bits: limbs * 64, above: 1n << BigInt(limbs * 64), below: -1n << BigInt(limbs * 64) }));

/**
 * Size of |value| in bits, rounded up to a step: what work is priced by. Comparing BigInts of different lengths
 * takes constant time, so this does not grow with the number; an exact count would.
 */
export function bitSize(value: bigint): number {
  for (const { bits, above, below } of SIZE_STEPS) {
    if (value < above && value > below) return bits;
  }
  return value.toString(16).length * 4;
}

function checkMagnitude(value: bigint, what: string): void {
  if (value >= INTEGER_LIMIT || value <= INTEGER_FLOOR) throw tooLarge(`${what} (bits)`, VALUE_LIMITS.integerBits);
}

function checkScale(scale: number): void {
  if (scale > VALUE_LIMITS.decimalScale) throw tooLarge("decimal (digits after the point)", VALUE_LIMITS.decimalScale);
}

/** The fault of an entry that would pass its limit. */
export function tooLarge(what: string, limit: number): FaultError<LangFault> {
  return new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what, limit });
}
