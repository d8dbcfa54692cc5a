import { RlpCursor } from "../../lang/base/rlp-cursor.ts";
import { bytesField, listField, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem, type RlpValue } from "../../lang/base/rlp.ts";
import { keySetItem, readKeySet } from "./key-set-codec.ts";
import { LIMITS } from "./limits.ts";
import type { DomainRecord, EntryRecord, StoredRecord } from "./records.ts";
import { readSacrifice, sacrificeItem } from "./sacrifice.ts";
import { EMPTY_ROOT } from "./trie/nodes.ts";

/** Canonical bytes of the records of the state. Decoding bounds every field and refuses any other form. */

const KINDS = ["file", "directory"] as const;
const MAX_MODE = 2 ** 27 - 1;
const NO_BYTES = new Uint8Array(0);

/** The value of a domain in the state trie. */
export function encodeDomain(record: DomainRecord): Uint8Array {
  const fields: RlpValue[] = [
    record.format,
    record.rulesVersion,
    record.balanceUnits,
    record.nonce,
    record.keys === undefined ? [] : keySetItem(record.keys),
    record.sealingKey,
    record.storageRoot,
  ];
  if (record.sacrifice !== undefined) fields.push(sacrificeItem(record.sacrifice));
  return encodeRlp(fields);
}

/** Faults: CODEC_MALFORMED; LANG_BAD_INPUT for text that is no UTF-8. */
export function decodeDomain(bytes: Uint8Array): DomainRecord {
  const cursor = new RlpCursor(bytes);
  const outer = cursor.enter("domain");
  const format = cursor.small("domain format", 255) === 1 ? 1 : malformed("domain format: only 1 is known");
  const rulesVersion = cursor.small("rules version", 2 ** 32 - 1);
  const balanceUnits = cursor.number("balance", LIMITS.amountBits);
  const nonce = cursor.number("nonce", 64);
  const keys = cursor.passEmptyList() ? undefined : readKeySet(decodeRlp(cursor.encoding()));
  // Most domains have neither a sealing key nor files: a view of its own for each would be a third of what a realm keeps of a domain.
  const sealingKey = cursor.bytesOr(NO_BYTES, "sealing key");
  if (sealingKey.length !== 0 && sealingKey.length !== 32) malformed(`sealing key: ${sealingKey.length} bytes`);
  const storageRoot = cursor.bytesOr(EMPTY_ROOT, "storage root");
  if (storageRoot.length !== 32) malformed(`storage root: ${storageRoot.length} bytes`);
  const sacrifice = cursor.hasMore ? readSacrifice(decodeRlp(cursor.encoding())) : undefined;
  cursor.leave(outer, "domain");
  cursor.finish();
  const record = { format, rulesVersion, balanceUnits, nonce, sealingKey, storageRoot } as const;
  return keys === undefined && sacrifice === undefined ? record : { ...record, ...(keys !== undefined && { keys }), ...(sacrifice !== undefined && { sacrifice }) };
}

/** The value of a file or directory in its domain's trie. */
export function encodeEntry(record: EntryRecord): Uint8Array {
  return encodeRlp([
    record.format,
    KINDS.indexOf(record.kind),
    textItem(record.name),
    record.owner,
    record.mode,
    record.acl,
    record.meta,
    record.sizeBytes,
    record.contentHash,
  ]);
}

/** Faults: CODEC_MALFORMED. */
export function decodeEntry(bytes: Uint8Array): EntryRecord {
  const [format, kind, name, owner, mode, acl, meta, sizeBytes, contentHash] = listField(decodeRlp(bytes), "entry", 9);
  return {
    format: formatOne(format, "entry"),
    kind: KINDS[smallField(kind, "kind", KINDS.length - 1)] ?? malformed("kind"),
    name: textField(name, "name", LIMITS.nameBytes),
    owner: bytesField(owner, "owner", [20]),
    mode: smallField(mode, "mode", MAX_MODE),
    acl: bytesField(acl, "acl", [], LIMITS.attributeBytes),
    meta: bytesField(meta, "meta", [], LIMITS.attributeBytes),
    sizeBytes: smallField(sizeBytes, "size", LIMITS.fileBytes),
    contentHash: bytesField(contentHash, "content hash", [32]),
  };
}

/** The content that a record of a domain's trie names: of a file, not of a directory or of what a program keeps. Faults: CODEC_MALFORMED. */
export function contentHashOf(bytes: Uint8Array): Uint8Array | undefined {
  const fields = listField(decodeRlp(bytes), "record");
  if (fields.length === STORED_FIELDS) return void decodeStored(bytes);
  const entry = decodeEntry(bytes);
  return entry.kind === "file" ? entry.contentHash : undefined;
}

const STORED_FIELDS = 3;

/** The value of what a program keeps, in its domain's trie. */
export function encodeStored({ format, key, value }: StoredRecord): Uint8Array {
  return encodeRlp([format, textItem(key), value]);
}

/** Faults: CODEC_MALFORMED. */
export function decodeStored(bytes: Uint8Array): StoredRecord {
  const [format, key, value] = listField(decodeRlp(bytes), "stored value", 3);
  return {
    format: formatOne(format, "stored value"),
    key: textField(key, "key", LIMITS.storedKeyBytes),
    value: bytesField(value, "value", [], LIMITS.storedValueBytes),
  };
}

function formatOne(item: RlpItem | undefined, what: string): 1 {
  if (smallField(item, `${what} format`, 255) !== 1) malformed(`${what} format: only 1 is known`);
  return 1;
}
