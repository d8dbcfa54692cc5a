import { fromBigEndian, fromUtf8, utf8 } from "./bytes.ts";
import { malformed, type RlpItem } from "./rlp.ts";

/** Readers and writers for the fields of a canonical record: each judges one item and names the field it refuses. */

/** A list, of just `count` items where that is given. Faults: CODEC_MALFORMED. */
export function listField(item: RlpItem | undefined, name: string, count?: number): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) malformed(`${name}: a list is expected`);
  if (count !== undefined && item.length !== count) malformed(`${name}: ${count} fields are expected, ${item.length} found`);
  return item;
}

/** Bytes of exactly `sizes[0]` (or one of `sizes`), or of any size up to `maxSize` when no size is given. */
export function bytesField(item: RlpItem | undefined, name: string, sizes: readonly number[], maxSize = Infinity): Uint8Array {
  if (!(item instanceof Uint8Array)) malformed(`${name}: bytes are expected`);
  if (sizes.length > 0 && !sizes.includes(item.length)) malformed(`${name}: ${item.length} bytes`);
  if (item.length > maxSize) malformed(`${name}: longer than ${maxSize} bytes`);
  return item;
}

/** An unsigned number below 2^bits. */
export function numberField(item: RlpItem | undefined, name: string, bits: number): bigint {
  const bytes = bytesField(item, name, []);
  if (bytes[0] === 0) malformed(`${name}: leading zero`);
  if (bytes.length * 8 > bits + 7) malformed(`${name}: more than ${bits} bits`);
  if (bytes.length <= 6 && bits >= 48) return fromBigEndian(bytes);
  const value = fromBigEndian(bytes);
  if (value >> BigInt(bits) !== 0n) malformed(`${name}: more than ${bits} bits`);
  return value;
}

/** An unsigned number that fits a JavaScript integer; `max` is inclusive. */
export function smallField(item: RlpItem | undefined, name: string, max: number): number {
  const bytes = bytesField(item, name, []);
  if (bytes[0] === 0) malformed(`${name}: leading zero`);
  if (bytes.length > 6) malformed(`${name}: more than 48 bits`);
  const value = smallNumber(bytes);
  if (value > max) malformed(`${name}: above ${max}`);
  return value;
}

/** Of six bytes at most, which a JavaScript number holds exactly: a BigInt of so few costs several times as much. */
function smallNumber(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

/** UTF-8 of at most `maxBytes`. Faults: CODEC_MALFORMED, LANG_BAD_INPUT where it is no UTF-8. */
export function textField(item: RlpItem | undefined, name: string, maxBytes: number): string {
  return fromUtf8(bytesField(item, name, [], maxBytes));
}

/** The shortest big-endian form of an unsigned number; zero is empty. Where it is encoded at once, the number itself will do. */
export function numberItem(value: bigint | number): Uint8Array {
  if (value <= Number.MAX_SAFE_INTEGER) return smallItem(Number(value));
  return largeItem(BigInt(value));
}

/** In pieces of 48 bits, which a JavaScript number holds exactly: through hex it takes twice as long. */
function largeItem(value: bigint): Uint8Array {
  const head = numberItem(value >> 48n);
  const bytes = new Uint8Array(head.length + 6);
  bytes.set(head);
  for (let at = bytes.length - 1, rest = Number(value & 0xffff_ffff_ffffn); rest > 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

function smallItem(value: number): Uint8Array {
  let size = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) size++;
  const bytes = new Uint8Array(size);
  for (let at = size - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** Text as its UTF-8 bytes. */
export function textItem(text: string): Uint8Array {
  return utf8(text);
}
