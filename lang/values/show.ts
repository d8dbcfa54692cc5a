import { unreachable } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { escapeCharacter } from "../escapes.ts";
import type { DecimalValue, IntegerValue, Value } from "../value.ts";
import { bitSize } from "./construct.ts";
import { decimalDigits } from "./plain-number.ts";

/**
 * The plain form that `.` prints: digits, the text itself, bytes as hex. Whole numbers are written in
 * `base` (2 to 36, capitals), decimals always in ten. Text is not escaped: it goes to the output as
 * `type` would send it.
 */
export function formatValue(value: Value, base = 10): string {
  switch (value.kind) {
    case "cell":
    case "integer":
      return value.value.toString(base).toUpperCase();
    case "decimal":
      return decimalDigits(value);
    case "text":
      return value.value;
    case "bytes":
      return toHex(value.value);
    default:
      return unreachable(value);
  }
}

/** Larger numbers are shown by their size: all digits must be known before the first is, which takes milliseconds, and a fault that is caught pays for none. */
const MOST_SHOWN_BITS = 1_024;

/** Whether `showValue` writes the digits of a number, and so whether they must be paid for. */
export function showsDigits(value: IntegerValue | DecimalValue): boolean {
  return shownBits(value) <= MOST_SHOWN_BITS;
}

function shownBits(value: IntegerValue | DecimalValue): number {
  return value.kind === "integer" ? bitSize(value.value) : bitSize(value.coefficient) + value.scale;
}

/**
 * The form of a stack display and of faults, at most `mostLength` characters, on one line, without any
 * character that a terminal could act on: text quoted and escaped, bytes as `x"00ff"`, a decimal
 * always with a point, so that the form shows the kind. What is cut ends in `…` and its full size; a
 * number of more than 1,024 bits is its size alone, rounded up as it is for prices.
 */
export function showValue(value: Value, base = 10, mostLength = 60): string {
  if ((value.kind === "integer" || value.kind === "decimal") && !showsDigits(value)) return `${value.kind} of up to ${shownBits(value)} bits`;
  switch (value.kind) {
    case "cell":
      return formatValue(value, base);
    case "integer":
      return cutDigits(formatValue(value, base), mostLength);
    case "decimal":
      return cutDigits(formatLiteral(value), mostLength);
    case "text":
      return quoteText(value.value, mostLength);
    case "bytes":
      return shownBytes(value.value, mostLength);
    default:
      return unreachable(value);
  }
}

/**
 * A literal that the text interpreter, in base ten, reads back as the same entry. Text is in double
 * quotes, since `'x'` is a character (R15). Bytes have no literal: they are their hex and `hex>`.
 */
export function formatLiteral(value: Value): string {
  if (value.kind === "decimal") return value.scale === 0 ? `${value.coefficient}.0` : decimalDigits(value);
  if (value.kind === "text") return quoteText(value.value, Number.POSITIVE_INFINITY);
  if (value.kind === "bytes") return `"${toHex(value.value)}" hex>`;
  return value.value.toString();
}

const LETTERS = /^[0-9A-Za-z]*$/;

/** Text in double quotes with escapes, cut after `mostLength` characters of the shown form. */
export function quoteText(content: string, mostLength: number): string {
  // An address, in every payment: each character by itself takes ten times as long.
  if (content.length < mostLength && LETTERS.test(content)) return `"${content}"`;
  let shown = '"';
  for (const character of content) {
    const escaped = escapeCharacter(character, '"');
    if (shown.length + escaped.length > mostLength) return `${shown}"… ${content.length} characters`;
    shown += escaped;
  }
  return `${shown}"`;
}

function shownBytes(content: Uint8Array, mostLength: number): string {
  const most = Math.max(1, Math.floor(mostLength / 2));
  if (content.length <= most) return `x"${toHex(content)}"`;
  return `x"${toHex(content.subarray(0, most))}"… ${content.length} bytes`;
}

function cutDigits(digits: string, mostLength: number): string {
  if (digits.length <= mostLength) return digits;
  return `${digits.slice(0, mostLength)}… ${digits.replace(/[-.]/g, "").length} digits`;
}
