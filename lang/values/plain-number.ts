import type { DecimalValue } from "../value.ts";
import { decimal, powerOfTen, tooLarge, whole, type WholeValue } from "./construct.ts";
import { VALUE_LIMITS } from "./limits.ts";

/** Any entry that arithmetic works on. */
export type NumberValue = WholeValue | DecimalValue;

const PLAIN = /^-?[0-9]+(?:\.[0-9]+)?$/;
/** A few more digits than `integerBits` can hold: anything longer is refused before it is converted. */
const MOST_DIGITS = Math.ceil(VALUE_LIMITS.integerBits * 0.302) + VALUE_LIMITS.decimalScale;

/**
 * The number that text reads as: an optional minus, decimal digits, and optionally a point with digits
 * after it; never depends on BASE. Whole numbers are cells or integers, those with a point decimals.
 * Undefined for anything else. Faults: LANG_TOO_LARGE.
 */
export function readPlainNumber(text: string): NumberValue | undefined {
  if (!PLAIN.test(text)) return undefined;
  if (text.length > MOST_DIGITS) throw tooLarge("number (digits)", MOST_DIGITS);
  const point = text.indexOf(".");
  if (point === -1) return whole(BigInt(text));
  return decimal(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
}

/** Decimal digits of a decimal: `1.5`, `-0.003`, `2`. No exponent, ever. */
export function decimalDigits({ coefficient, scale }: DecimalValue): string {
  if (scale === 0) return coefficient.toString();
  const sign = coefficient < 0n ? "-" : "";
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString().padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A number as coefficient and scale, so that every kind can be computed with as a decimal. */
export function asDecimal(value: NumberValue): { readonly coefficient: bigint; readonly scale: number } {
  return value.kind === "decimal" ? value : { coefficient: value.value, scale: 0 };
}

/** The coefficients of two numbers brought to their larger scale: exact, and comparable. */
export function align(left: NumberValue, right: NumberValue): { left: bigint; right: bigint; scale: number } {
  const a = asDecimal(left);
  const b = asDecimal(right);
  const scale = Math.max(a.scale, b.scale);
  return {
    left: a.scale === scale ? a.coefficient : a.coefficient * powerOfTen(scale - a.scale),
    right: b.scale === scale ? b.coefficient : b.coefficient * powerOfTen(scale - b.scale),
    scale,
  };
}
