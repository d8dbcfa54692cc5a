import { concatBytes, fromHex, fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { isFaultError } from "../base/fault.ts";
import type { Meter } from "../host.ts";
import type { BytesValue, TextValue, Value } from "../value.ts";
import { bytes, text, tooLarge } from "./construct.ts";
import { convert, wrongKind } from "./convert.ts";
import { findBytes } from "./find-bytes.ts";
import { VALUE_LIMITS } from "./limits.ts";
import { chargeBytes } from "./prices.ts";

/**
 * What words do with text and bytes entries. Positions and lengths count bytes of the UTF-8 form, as
 * everywhere users see them, and a text is never cut inside a character. Anything else than bytes is
 * taken as text by the conversion table. Case is that of the 26 letters of ASCII: larger tables change with
 * the engine's version of Unicode, and every node must get the same result.
 */
export type StringValue = TextValue | BytesValue;

/** ERG for each byte that a search looks at. */
const SEARCH_PRICE = 2;

/** The entry itself if it is bytes, else as text. Faults: none but LANG_TOO_LARGE. */
export function stringOf(value: Value, word: string, meter: Meter): StringValue {
  return value.kind === "bytes" ? value : convert(value, "text", word, meter);
}

/** The two one after the other: bytes if either is bytes, else text. Faults: LANG_TOO_LARGE. */
export function join(a: Value, b: Value, word: string, meter: Meter): StringValue {
  const left = stringOf(a, word, meter);
  const right = stringOf(b, word, meter);
  if (left.value.length + right.value.length > VALUE_LIMITS.textBytes) throw tooLarge("text (bytes)", VALUE_LIMITS.textBytes);
  chargeBytes(meter, left.value.length + right.value.length);
  if (left.kind === "text" && right.kind === "text") return text(left.value + right.value);
  return bytes(concatBytes(bytesOf(left), bytesOf(right)));
}

/** Length in bytes. */
export function lengthBytes(value: Value, word: string, meter: Meter): bigint {
  const string = stringOf(value, word, meter);
  chargeBytes(meter, string.value.length);
  return BigInt(bytesOf(string).length);
}

/**
 * `count` bytes from position `start`; what lies outside is left out. Text stays text.
 * Faults: LANG_WRONG_KIND where that would cut a character in two.
 */
export function slice(value: Value, start: bigint, count: bigint, word: string, meter: Meter): StringValue {
  const string = stringOf(value, word, meter);
  chargeBytes(meter, string.value.length);
  const all = bytesOf(string);
  const from = clamp(start, all.length);
  const to = clamp(start < 0n ? start + count : BigInt(from) + count, all.length);
  const cut = all.slice(from, Math.max(from, to));
  if (string.kind === "bytes") return bytes(cut);
  try {
    return text(fromUtf8(cut));
  } catch (error) {
    if (isFaultError(error) && error.fault.code === "LANG_BAD_INPUT") throw wrongKind(word, "a position between characters", value);
    throw error;
  }
}

/** The byte at a position. Faults: LANG_WRONG_KIND outside. */
export function byteAt(value: Value, position: bigint, word: string, meter: Meter): bigint {
  const string = stringOf(value, word, meter);
  if (string.kind === "text") chargeBytes(meter, string.value.length);
  const byte = position < 0n ? undefined : bytesOf(string)[Number(position)];
  if (byte === undefined) throw wrongKind(word, `a position within ${String(string.value.length)}`, { kind: "cell", value: position });
  return BigInt(byte);
}

/** Position of the first `part` at or after `start`, in bytes; -1 where there is none. */
export function positionOf(value: Value, part: Value, start: bigint, word: string, meter: Meter): bigint {
  const whole = bytesOf(stringOf(value, word, meter));
  const wanted = bytesOf(stringOf(part, word, meter));
  meter.charge(SEARCH_PRICE * (whole.length + wanted.length) + 1);
  return BigInt(findBytes(whole, wanted, clamp(start, whole.length)));
}

/** Lower-case hex of the bytes. */
export function hexOf(value: Value, word: string, meter: Meter): TextValue {
  const string = bytesOf(stringOf(value, word, meter));
  chargeBytes(meter, string.length * 2);
  return text(toHex(string));
}

/** The bytes that hex of either case spells. Faults: LANG_WRONG_KIND. */
export function bytesOfHex(value: Value, word: string, meter: Meter): BytesValue {
  const digits = convert(value, "text", word, meter).value;
  chargeBytes(meter, digits.length);
  const read = fromHex(digits);
  if (read === undefined) throw wrongKind(word, "hex, two digits a byte", value);
  return bytes(read);
}

/** ASCII letters in the other case; all else as it is. */
export function changeCase(value: Value, to: "upper" | "lower", word: string, meter: Meter): TextValue {
  const { value: content } = convert(value, "text", word, meter);
  chargeBytes(meter, content.length);
  return text(to === "upper" ? content.replace(/[a-z]+/g, (part) => part.toUpperCase()) : content.replace(/[A-Z]+/g, (part) => part.toLowerCase()));
}

/** Without the spaces, tabs and line ends at both ends. */
export function trim(value: Value, word: string, meter: Meter): TextValue {
  const { value: content } = convert(value, "text", word, meter);
  chargeBytes(meter, content.length);
  let from = 0;
  let to = content.length;
  while (from < to && isBlank(content.charCodeAt(from))) from += 1;
  while (to > from && isBlank(content.charCodeAt(to - 1))) to -= 1;
  return text(content.slice(from, to));
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function bytesOf(string: StringValue): Uint8Array {
  return string.kind === "text" ? utf8(string.value) : string.value;
}

function clamp(position: bigint, most: number): number {
  return position <= 0n ? 0 : position >= BigInt(most) ? most : Number(position);
}
