import { FaultError } from "./fault.ts";
import type { LangFault } from "../fault.ts";

const HEX = /^(?:[0-9a-f]{2})*$/i;

/**
 * The engine keeps arrays of up to so many bytes among its own objects, where native code cannot reach them: handing
 * one over moves it to memory of its own and leaves work for the collector, which costs several times what is asked
 * for. So short ones are compared here, and copied to `DESK` for what only native code does.
 */
const SHORT = 64;
const DESK = Buffer.allocUnsafeSlow(2 * SHORT);

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > SHORT) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  DESK.set(bytes);
  return DESK.toString("hex", 0, bytes.length);
}

/** Reads hex of either case; undefined unless every byte has two digits. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length <= 2 * SHORT) return fromShortHex(text);
  return HEX.test(text) ? new Uint8Array(Buffer.from(text, "hex")) : undefined;
}

/** Without the pattern and the two copies, for a name of a domain several times as fast. */
function fromShortHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGIT[text.charCodeAt(2 * i)] ?? NO_DIGIT;
    const low = DIGIT[text.charCodeAt(2 * i + 1)] ?? NO_DIGIT;
    if ((high | low) >= NO_DIGIT) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

const NO_DIGIT = 16;
/** By character code, either case. */
const DIGIT = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < 16; value++) for (const digit of [value.toString(16), value.toString(16).toUpperCase()]) DIGIT[digit.charCodeAt(0)] = value;

/** Byte order, a shorter prefix first: the order of keys in the store and of sorted lists in formats. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length > SHORT || b.length > SHORT) return Buffer.compare(a, b);
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number) ? -1 : 1;
  return Math.sign(a.length - b.length);
}

/** In length and in every byte. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.length > SHORT) return Buffer.compare(a, b) === 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** One new array with all parts in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 of well-formed text. */
export function utf8(text: string): Uint8Array {
  return shortAscii(text) ?? encoder.encode(text);
}

function shortAscii(text: string): Uint8Array | undefined {
  if (text.length > SHORT) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

/** Text of strict UTF-8: over-long forms, surrogates and cut sequences are a fault, never a replacement character. */
export function fromUtf8(bytes: Uint8Array): string {
  if (bytes.length <= DESK.length) {
    let bits = 0;
    for (let i = 0; i < bytes.length; i++) bits |= DESK[i] = bytes[i] as number;
    if (bits < 0x80) return DESK.toString("latin1", 0, bytes.length);
  }
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FaultError<LangFault>({ code: "LANG_BAD_INPUT", reason: "utf8" });
  }
}

/** Unsigned big-endian number of a fixed width in bytes; the caller knows that it fits. */
export function bigEndian(value: bigint, widthBytes: number): Uint8Array {
  if (value <= 0xffff_ffffn) return smallBigEndian(Number(value), widthBytes);
  const hex = value.toString(16).padStart(widthBytes * 2, "0");
  return new Uint8Array(Buffer.from(hex, "hex"));
}

/** Never negative; no bytes are 0. */
export function fromBigEndian(bytes: Uint8Array): bigint {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  if (bytes.length - start > 18) return BigInt(`0x${toHex(bytes)}`);
  // In pieces of 48 bits, which a JavaScript number holds exactly: through hex it takes several times as long.
  let value = 0n;
  for (let end = start + ((bytes.length - start) % 6 || 6); start < bytes.length; start = end, end += 6) {
    let piece = 0;
    for (let i = start; i < end; i++) piece = piece * 256 + (bytes[i] as number);
    value = value === 0n ? BigInt(piece) : (value << 48n) | BigInt(piece);
  }
  return value;
}

function smallBigEndian(value: number, widthBytes: number): Uint8Array {
  const bytes = new Uint8Array(widthBytes);
  for (let at = widthBytes - 1, rest = value; at >= 0 && rest > 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}
