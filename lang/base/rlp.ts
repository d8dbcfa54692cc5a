import { FaultError } from "./fault.ts";

/**
 * Recursive Length Prefix in its canonical form: one byte string for each value, and every other byte
 * string refused. Source: Ethereum Yellow Paper, appendix B. Numbers are big-endian without leading
 * zeros; zero is the empty string.
 */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** Bytes that are not in the one form their format has. */
export interface CodecFault {
  readonly code: "CODEC_MALFORMED";
  readonly reason: string;
}

/** Refuses input that does not have the one form it should have. */
export function malformed(reason: string): never {
  throw new FaultError<CodecFault>({ code: "CODEC_MALFORMED", reason });
}

const MAX_DEPTH = 32;

/** What can be encoded: items, and unsigned whole numbers in place of their shortest big-endian form. */
export type RlpValue = Uint8Array | number | bigint | readonly RlpValue[];

/** The one encoding that a value has; `decodeRlp` takes no other. */
export function encodeRlp(value: RlpValue): Uint8Array {
  return fleetingRlp(value).slice();
}

/**
 * As `encodeRlp`, in memory that the next call writes over: for what is hashed or copied at once, where memory of
 * its own would cost more than the encoding.
 */
export function fleetingRlp(value: RlpValue): Uint8Array {
  const start = writeBack(value, DESK, DESK.length);
  if (start >= 0) return DESK.subarray(start);
  const out = new Uint8Array(roomFor(value));
  return out.subarray(writeBack(value, out, out.length));
}

/** Records and packages fit; only blocks and the like need room of their own. */
const DESK = new Uint8Array(4_096);
/** A head has at most five bytes, a number that is not a BigInt at most seven. */
const MOST_HEAD = 5;

/** At least as many bytes as the encoding has. */
function roomFor(value: RlpValue): number {
  if (value instanceof Uint8Array) return MOST_HEAD + value.length;
  if (typeof value === "number") return MOST_HEAD + 7;
  if (typeof value === "bigint") return MOST_HEAD + value.toString(16).length;
  return value.reduce<number>((sum, part) => sum + roomFor(part), MOST_HEAD);
}

/**
 * Writes a value so that it ends at `end`, from the back, where sizes are known when heads are written. Where it
 * begins; negative when there is no room.
 */
function writeBack(value: RlpValue, out: Uint8Array, end: number): number {
  let start = end;
  if (value instanceof Uint8Array) {
    start -= value.length;
    if (start < 0) return -1;
    out.set(value, start);
  } else if (typeof value === "object") {
    for (let i = value.length - 1; i >= 0 && start >= 0; i--) start = writeBack(value[i] as RlpValue, out, start);
    return start < 0 ? -1 : writeHead(0xc0, out, start, end);
  } else {
    start = typeof value === "number" ? writeNumber(value, out, end) : writeBigInt(value, out, end);
    if (start < 0) return -1;
  }
  return end - start === 1 && (out[start] as number) < 0x80 ? start : writeHead(0x80, out, start, end);
}

function writeNumber(value: number, out: Uint8Array, end: number): number {
  let start = end;
  for (let rest = value; rest > 0 && start >= 0; rest = Math.floor(rest / 256)) out[--start] = rest % 256;
  return start;
}

/** In pieces of 48 bits, which a JavaScript number holds exactly. */
function writeBigInt(value: bigint, out: Uint8Array, end: number): number {
  let [rest, start] = [value, end];
  for (; rest > 0xffff_ffff_ffffn && start >= 6; rest >>= 48n, start -= 6) {
    let piece = Number(BigInt.asUintN(48, rest));
    for (let at = start - 1; at >= start - 6; at--, piece = Math.floor(piece / 256)) out[at] = piece % 256;
  }
  return rest > 0xffff_ffff_ffffn ? -1 : writeNumber(Number(rest), out, start);
}

/** Before a payload from `start` to `end`. */
function writeHead(base: number, out: Uint8Array, start: number, end: number): number {
  const size = end - start;
  const width = size < 56 ? 0 : lengthWidth(size);
  const at = start - 1 - width;
  if (at < 0) return -1;
  out[at] = width === 0 ? base + size : base + 55 + width;
  for (let i = 0; i < width; i++) out[at + 1 + i] = (size >>> (8 * (width - 1 - i))) & 0xff;
  return at;
}

function lengthWidth(size: number): number {
  return size < 0x100 ? 1 : size < 0x1_0000 ? 2 : size < 0x100_0000 ? 3 : 4;
}

/**
 * Reads exactly one item and all of the input. `maxItems` bounds what is built from input that a stranger
 * sent: a byte costs him one byte and would cost us an object.
 */
export function decodeRlp(input: Uint8Array, maxItems = Infinity): RlpItem {
  const reader: Reader = { input, at: 0, left: maxItems };
  const item = read(reader, input.length, 0);
  if (reader.at !== input.length) malformed("bytes after the end");
  return item;
}

/** The first item of a list; the rest of the list is not looked at. */
export function firstItem(input: Uint8Array): RlpItem {
  const head = input[0] ?? malformed("cut short");
  if (head < 0xc0) malformed("a list is expected");
  const reader: Reader = { input, at: head < 0xf8 ? 1 : 1 + head - 0xf7, left: 2 };
  return read(reader, input.length, 1);
}

interface Reader {
  readonly input: Uint8Array;
  /** Where the next item begins. */
  at: number;
  /** How many more items may be made. */
  left: number;
}

function read(reader: Reader, limit: number, depth: number): RlpItem {
  const { input, at } = reader;
  const head = input[at];
  if (head === undefined || at >= limit) malformed("cut short");
  if (--reader.left < 0) malformed("too many items");
  if (head < 0x80) {
    reader.at = at + 1;
    return input.subarray(at, at + 1);
  }
  const isList = head >= 0xc0;
  const short = head - (isList ? 0xc0 : 0x80);
  const start = short < 56 ? at + 1 : at + 1 + short - 55;
  const end = start + (short < 56 ? short : readLength(input, at + 1, limit, short - 55));
  if (end > limit) malformed("length beyond the input");
  if (!isList) {
    if (end - start === 1 && (input[start] as number) < 0x80) malformed("a small byte has a one-byte form");
    reader.at = end;
    return input.subarray(start, end);
  }
  if (depth >= MAX_DEPTH) malformed("nested too deeply");
  const items: RlpItem[] = [];
  reader.at = start;
  while (reader.at < end) items.push(read(reader, end, depth + 1));
  return items;
}

function readLength(input: Uint8Array, at: number, limit: number, width: number): number {
  if (width > 4) malformed("length too large");
  if (at + width > limit) malformed("cut short");
  if (input[at] === 0) malformed("length with leading zero");
  let size = 0;
  for (let i = 0; i < width; i++) size = size * 256 + (input[at + i] as number);
  if (size < 56) malformed("a short length has a one-byte form");
  return size;
}
