import { fromUtf8, utf8 } from "../../lang/base/bytes.ts";
import { malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField } from "../../lang/base/rlp-fields.ts";

/**
 * Faults and outcomes as canonical RLP: each value is a list of its kind's number and its content, records are
 * sorted by key. So a fault of any code, also of a newer node, crosses the wire with its fields.
 */
export type PlainData = string | number | bigint | boolean | Uint8Array | readonly PlainData[] | PlainRecord;
export interface PlainRecord {
  readonly [key: string]: PlainData;
}

const KIND = { text: 0, integer: 1, negative: 2, bigint: 3, negativeBigint: 4, boolean: 5, bytes: 6, list: 7, record: 8 } as const;
const MAX_DEPTH = 8;
const MAX_KEY_BYTES = 64;
const MAX_TEXT_BYTES = 64 * 1024;
const BIGINT_BITS = 512;

/** Members that are undefined are left out. Numbers must be integers. */
export function encodePlain(value: unknown): RlpItem {
  const kind = (kindNumber: number, content: RlpItem): RlpItem => [numberItem(kindNumber), content];
  if (typeof value === "string") return kind(KIND.text, utf8(value.toWellFormed()));
  if (typeof value === "boolean") return kind(KIND.boolean, numberItem(value ? 1 : 0));
  if (typeof value === "bigint") return value < 0n ? kind(KIND.negativeBigint, numberItem(-value)) : kind(KIND.bigint, numberItem(value));
  if (typeof value === "number") {
    const whole = Math.trunc(value);
    return whole < 0 ? kind(KIND.negative, numberItem(-whole)) : kind(KIND.integer, numberItem(whole));
  }
  if (value instanceof Uint8Array) return kind(KIND.bytes, value);
  if (Array.isArray(value)) return kind(KIND.list, value.map(encodePlain));
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return kind(KIND.record, members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [utf8(key), encodePlain(member)]));
}

/** Fault: CODEC_MALFORMED. */
export function decodePlain(item: RlpItem | undefined, depth = 0): PlainData {
  if (depth > MAX_DEPTH) malformed("plain data: nested too deeply");
  const [kind, content] = listField(item, "plain data", 2);
  switch (smallField(kind, "kind", KIND.record)) {
    case KIND.text: return textField(content, "text", MAX_TEXT_BYTES);
    case KIND.integer: return Number(numberField(content, "integer", 53));
    case KIND.negative: return -Number(nonZero(numberField(content, "integer", 53)));
    case KIND.bigint: return numberField(content, "big integer", BIGINT_BITS);
    case KIND.negativeBigint: return -nonZero(numberField(content, "big integer", BIGINT_BITS));
    case KIND.boolean: return smallField(content, "boolean", 1) === 1;
    case KIND.bytes: return bytesField(content, "bytes", []);
    case KIND.list: return listField(content, "list").map((member) => decodePlain(member, depth + 1));
    default: return decodeRecord(content, depth);
  }
}

/** A record, as which every fault travels. Fault: CODEC_MALFORMED. */
export function decodePlainRecord(item: RlpItem | undefined): PlainRecord {
  const value = decodePlain(item);
  if (typeof value !== "object" || value instanceof Uint8Array || Array.isArray(value)) malformed("a record is expected");
  return value as PlainRecord;
}

function decodeRecord(content: RlpItem | undefined, depth: number): PlainRecord {
  let last: string | undefined;
  const members = listField(content, "record").map((member) => {
    const [keyBytes, value] = listField(member, "member", 2);
    const key = fromUtf8(bytesField(keyBytes, "key", [], MAX_KEY_BYTES));
    if (last !== undefined && key <= last) malformed("record: keys are not in order");
    last = key;
    return [key, decodePlain(value, depth + 1)] as const;
  });
  return Object.fromEntries(members);
}

function nonZero(value: bigint): bigint {
  return value === 0n ? malformed("negative zero") : value;
}
