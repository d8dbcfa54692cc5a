import { compareBytes, equalBytes, utf8 } from "../base/bytes.ts";
import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import { bitSize } from "./construct.ts";
import { chargeAlign } from "./arithmetic.ts";
import { numberOf, readNumberText } from "./convert.ts";
import { align, asDecimal, type NumberValue } from "./plain-number.ts";
import { chargeBytes, chargeLinear } from "./prices.ts";

/** How `= <> < > <= >= min max` compare two entries, as `help types` says it. */
export const COMPARISON_NOTES = [
  "numbers by exact value, whatever their kinds",
  "text with text by code points; bytes with bytes, or with the UTF-8 of text, byte by byte",
  "text with a number as the number it reads as",
  "what has no order is never equal, and a fault to sort",
] as const;

/** -1, 0 or 1. Faults: LANG_WRONG_KIND where the two have no order. */
export function compare(a: Value, b: Value, word: string, meter: Meter): -1 | 0 | 1 {
  if (isString(a) && isString(b)) return compareStrings(a, b, meter);
  return compareNumbers(numberOf(a, word, meter), numberOf(b, word, meter), meter);
}

/** Whether two entries are equal; entries without an order are unequal, which is no fault. */
export function equal(a: Value, b: Value, meter: Meter): boolean {
  if (isString(a) && isString(b)) return equalStrings(a, b, meter);
  const left = comparable(a, meter);
  const right = comparable(b, meter);
  return left !== undefined && right !== undefined && compareNumbers(left, right, meter) === 0;
}

/** The smaller (`min`) or larger (`max`) entry itself, not converted; the first when they are equal. Faults: LANG_WRONG_KIND. */
export function extreme(word: "min" | "max", a: Value, b: Value, meter: Meter): Value {
  const order = compare(a, b, word, meter);
  return word === "min" ? (order <= 0 ? a : b) : order >= 0 ? a : b;
}

/** What `if`, `while` and `until` take for true: numbers but zero, text and bytes but empty. */
export function isTrue(value: Value): boolean {
  if (value.kind === "text" || value.kind === "bytes") return value.value.length > 0;
  return asDecimal(value).coefficient !== 0n;
}

/** -1, 0 or 1 by sign. Faults: LANG_WRONG_KIND. */
export function signOf(value: Value, word: string, meter: Meter): -1 | 0 | 1 {
  const { coefficient } = asDecimal(numberOf(value, word, meter));
  return coefficient < 0n ? -1 : coefficient > 0n ? 1 : 0;
}

type StringValue = Extract<Value, { kind: "text" | "bytes" }>;

function isString(value: Value): value is StringValue {
  return value.kind === "text" || value.kind === "bytes";
}

function comparable(value: Value, meter: Meter): NumberValue | undefined {
  if (value.kind === "bytes") return undefined;
  return value.kind === "text" ? readNumberText(value.value, meter) : value;
}

function compareNumbers(left: NumberValue, right: NumberValue, meter: Meter): -1 | 0 | 1 {
  const a = asDecimal(left);
  const b = asDecimal(right);
  chargeLinear(meter, bitSize(a.coefficient), bitSize(b.coefficient));
  chargeAlign(meter, left, right);
  const aligned = align(left, right);
  return aligned.left < aligned.right ? -1 : aligned.left > aligned.right ? 1 : 0;
}

/** UTF-8 keeps the order of code points, so text compares by its bytes; UTF-16, which engines compare by, does not. */
function compareStrings(a: StringValue, b: StringValue, meter: Meter): -1 | 0 | 1 {
  chargeBytes(meter, a.value.length + b.value.length);
  const order = compareBytes(bytesOf(a), bytesOf(b));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

function equalStrings(a: StringValue, b: StringValue, meter: Meter): boolean {
  chargeBytes(meter, a.value.length + b.value.length);
  return a.kind === "text" && b.kind === "text" ? a.value === b.value : equalBytes(bytesOf(a), bytesOf(b));
}

function bytesOf(value: StringValue): Uint8Array {
  return value.kind === "text" ? utf8(value.value) : value.value;
}
