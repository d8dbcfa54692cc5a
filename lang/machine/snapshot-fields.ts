import { bytesField, listField, numberItem, smallField, textField, textItem } from "../base/rlp-fields.ts";
import { malformed, type RlpItem } from "../base/rlp.ts";
import { fromBigEndian } from "../base/bytes.ts";
import { TAG, type BoxedValue } from "../value.ts";

/** Parts of a snapshot: numbers that may be negative, arrays as bytes, boxed values. */

const MOST = 2 ** 47;

/** A whole number of either sign, zigzag. */
export function signedItem(value: number): Uint8Array {
  return numberItem(value >= 0 ? value * 2 : -value * 2 - 1);
}

export function signedField(item: RlpItem | undefined, name: string): number {
  const value = smallField(item, name, MOST * 2 - 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** The items of some values, in their order. */
export function listOf<T>(values: readonly T[], encode: (value: T) => RlpItem): RlpItem {
  return values.map(encode);
}

/** What `listOf` wrote, at most so many. Faults: CODEC_MALFORMED. */
export function fieldsOf<T>(item: RlpItem | undefined, name: string, most: number, decode: (item: RlpItem) => T): T[] {
  const items = listField(item, name);
  if (items.length > most) malformed(`${name}: more than ${most}`);
  return items.map(decode);
}

/** The bytes of a typed array, little-endian as in memory. */
export function arrayItem(array: BigInt64Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
}

export function cellsField(item: RlpItem | undefined, name: string, most: number): BigInt64Array {
  const bytes = bytesField(item, name, [], most * 8);
  if (bytes.length % 8 !== 0) malformed(`${name}: not whole cells`);
  return new BigInt64Array(bytes.slice().buffer);
}

export function wordsField(item: RlpItem | undefined, name: string, most: number): Int32Array {
  const bytes = bytesField(item, name, [], most * 4);
  if (bytes.length % 4 !== 0) malformed(`${name}: not whole words`);
  return new Int32Array(bytes.slice().buffer);
}

/** A boxed value, or an empty list for a free box. */
export function boxItem(value: BoxedValue | undefined): RlpItem {
  if (value === undefined) return [];
  const tag = numberItem(TAG[value.kind]);
  switch (value.kind) {
    case "text":
      return [tag, textItem(value.value)];
    case "bytes":
      return [tag, value.value];
    case "integer":
      return [tag, ...bigItem(value.value)];
    case "decimal":
      return [tag, ...bigItem(value.coefficient), numberItem(value.scale)];
  }
}

export function boxField(item: RlpItem): BoxedValue | undefined {
  const fields = listField(item, "box");
  if (fields.length === 0) return undefined;
  switch (smallField(fields[0], "tag", TAG.bytes)) {
    case TAG.text:
      return { kind: "text", value: textField(fields[1], "text", 1 << 22) };
    case TAG.bytes:
      return { kind: "bytes", value: bytesField(fields[1], "bytes", []).slice() };
    case TAG.integer:
      return { kind: "integer", value: bigField(fields, 1) };
    case TAG.decimal:
      return { kind: "decimal", coefficient: bigField(fields, 1), scale: smallField(fields[3], "scale", 1 << 20) };
    default:
      return malformed("tag: a box holds no cell");
  }
}

function bigItem(value: bigint): [RlpItem, RlpItem] {
  return [numberItem(value < 0n ? 1 : 0), numberItem(value < 0n ? -value : value)];
}

function bigField(fields: readonly RlpItem[], at: number): bigint {
  const magnitude = fromBigEndian(bytesField(fields[at + 1], "magnitude", []));
  return smallField(fields[at], "sign", 1) === 1 ? -magnitude : magnitude;
}
