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

/** The one encoding that an item has; `decodeRlp` takes no other. */
export function encodeRlp(item: RlpItem): Uint8Array {
  const start = writeBack(item, SCRATCH.length);
  if (start >= 0) return SCRATCH.slice(start);
  const out = new Uint8Array(encodedSize(item));
  write(item, out, 0);
  return out;
}

/** Records and packages fit; only blocks and the like are measured first and then written. */
const SCRATCH = new Uint8Array(4_096);

/**
 * Writes an item so that it ends at `end` of the scratch, from the back, where sizes are known when heads are
 * written. Where it begins; negative when there is no room.
 */
function writeBack(item: RlpItem, end: number): number {
  let start = end;
  if (item instanceof Uint8Array) {
    start -= item.length;
    if (start < 0) return -1;
    if (item.length === 1 && (item[0] as number) < 0x80) {
      SCRATCH[start] = item[0] as number;
      return start;
    }
    SCRATCH.set(item, start);
    return writeHeadBack(0x80, end - start, start);
  }
  for (let i = item.length - 1; i >= 0 && start >= 0; i--) start = writeBack(item[i] as RlpItem, start);
  return start < 0 ? -1 : writeHeadBack(0xc0, end - start, start);
}

function writeHeadBack(base: number, size: number, end: number): number {
  const start = end - (size < 56 ? 1 : 1 + lengthWidth(size));
  if (start < 0) return -1;
  writeHead(base, size, SCRATCH, start);
  return start;
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

function payloadSize(item: RlpItem): number {
  if (item instanceof Uint8Array) return item.length;
  let size = 0;
  for (const part of item) size += encodedSize(part);
  return size;
}

function encodedSize(item: RlpItem): number {
  if (item instanceof Uint8Array && item.length === 1 && (item[0] as number) < 0x80) return 1;
  const size = payloadSize(item);
  return size + (size < 56 ? 1 : 1 + lengthWidth(size));
}

function lengthWidth(size: number): number {
  return size < 0x100 ? 1 : size < 0x1_0000 ? 2 : size < 0x100_0000 ? 3 : 4;
}

function write(item: RlpItem, out: Uint8Array, at: number): number {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && (item[0] as number) < 0x80) {
      out[at] = item[0] as number;
      return at + 1;
    }
    const start = writeHead(0x80, item.length, out, at);
    out.set(item, start);
    return start + item.length;
  }
  let next = writeHead(0xc0, payloadSize(item), out, at);
  for (const part of item) next = write(part, out, next);
  return next;
}

function writeHead(base: number, size: number, out: Uint8Array, at: number): number {
  if (size < 56) {
    out[at] = base + size;
    return at + 1;
  }
  const width = lengthWidth(size);
  out[at] = base + 55 + width;
  for (let i = 0; i < width; i++) out[at + 1 + i] = (size >>> (8 * (width - 1 - i))) & 0xff;
  return at + 1 + width;
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
