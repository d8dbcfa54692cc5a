import { assert } from "../../lang/base/assert.ts";
import { equalBytes, fromBigEndian } from "../../lang/base/bytes.ts";
import { bytesField, listField, smallField, numberItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { undoBucketKey, undoKey } from "./state-keys.ts";
import { undoImage } from "./trie/image-delta.ts";
import { decodeVersioned, versionedSize, writeVersioned, type VersionedRecord } from "./versioned-record.ts";

/**
 * The reverse diff of a block (R9): what every state key that it wrote held before. Old bases are read
 * through it one key at a time, and reorganisations take it back whole. A record for each key would be
 * half of all that a block writes to the store, so entries lie together in buckets of about 16 KiB, by a
 * hash of their key: a point read takes the head, one bucket and a look through some hundred entries.
 *
 * Head: RLP of [number of buckets, keys that the block took out]; the latter so that cutting history,
 * which removes their last records, need not read the buckets. Entry: 1 byte size of key, key, 4 bytes
 * size of record, record as it stood in the store (versioned-record.ts), or for a branch of a trie 8 bytes of height,
 * 2, and how it differs from what the block wrote (trie/image-delta.ts). No consensus format.
 */
export interface UndoEntry {
  readonly key: Uint8Array;
  /** The record that the block replaced, for `undone`. */
  readonly record: Uint8Array;
}
export interface UndoHead {
  readonly buckets: number;
  readonly removedKeys: readonly Uint8Array[];
}

const BUCKET_BYTES = 16 << 10;
const ENTRY_OVERHEAD_BYTES = 5;
/** A head is as large as the keys a block took out; a state key has at most 90 bytes. */
const MOST_BUCKETS = 1 << 24;

/** What a key held before a block; by how it differs from what the block wrote, where there is a `delta`. */
export interface UndoPlan {
  readonly key: Uint8Array;
  readonly before: VersionedRecord;
  readonly delta: Uint8Array | undefined;
}

const DELTA = 2;

/** What the key of an entry held before the block, which wrote what `after` gives; it is asked only if that matters. Undefined when the two do not belong together: the store is damaged. */
export function undone(record: Uint8Array, after: () => Uint8Array | undefined): VersionedRecord | undefined {
  if (record[8] !== DELTA) return decodeVersioned(record);
  const written = after();
  const value = written === undefined ? undefined : undoImage(record.subarray(9), written);
  return value === undefined ? undefined : { height: fromBigEndian(record.subarray(0, 8)), value };
}

/** The operations that keep the reverse diff of the block at `height`. Each key once. */
export function planUndo(height: bigint, entries: readonly UndoPlan[], removedKeys: readonly Uint8Array[]): KeyValueOperation[] {
  let total = 0;
  for (const entry of entries) total += sizeOf(entry);
  const buckets = Math.ceil(total / BUCKET_BYTES);
  const sizes = new Array<number>(buckets).fill(0);
  const places = entries.map((entry) => {
    const bucket = bucketOf(entry.key, buckets);
    sizes[bucket] = (sizes[bucket] as number) + sizeOf(entry);
    return bucket;
  });
  const filled = sizes.map((size) => ({ bytes: new Uint8Array(size), end: 0 }));
  entries.forEach((entry, index) => writeEntry(filled[places[index] as number] as Bucket, entry));
  return [
    { type: "put", key: undoKey(height), value: encodeRlp([numberItem(buckets), removedKeys]) },
    ...filled.map(({ bytes }, index): KeyValueOperation => ({ type: "put", key: undoBucketKey(height, index), value: bytes })),
  ];
}

/** Undefined when the block's reverse diff was cut off, or never was. */
export function readUndoHead(disk: Disk, height: bigint): UndoHead | undefined {
  const bytes = disk.getSync(undoKey(height));
  if (bytes === undefined) return undefined;
  const [buckets, removed] = listField(decodeRlp(bytes), "reverse diff", 2);
  return { buckets: smallField(buckets, "buckets", MOST_BUCKETS), removedKeys: listField(removed, "keys").map((key) => bytesField(key, "key", [])) };
}

/** The entry of a key that the block at `height` wrote, for `undone`; undefined when the store lost it. */
export function findUndo(disk: Disk, height: bigint, { buckets }: UndoHead, key: Uint8Array): Uint8Array | undefined {
  const bytes = buckets === 0 ? undefined : disk.getSync(undoBucketKey(height, bucketOf(key, buckets)));
  if (bytes === undefined) return undefined;
  for (const entry of entriesOf(bytes)) if (equalBytes(entry.key, key)) return entry.record;
  return undefined;
}

/** Everything that the block at `height` replaced, in no order that means anything; undefined when the store lost a part. */
export function allUndo(disk: Disk, height: bigint, { buckets }: UndoHead): UndoEntry[] | undefined {
  const entries: UndoEntry[] = [];
  for (let index = 0; index < buckets; index++) {
    const bytes = disk.getSync(undoBucketKey(height, index));
    if (bytes === undefined) return undefined;
    entries.push(...entriesOf(bytes));
  }
  return entries;
}

/** The operations that drop a block's reverse diff. */
export function planDropUndo(height: bigint, { buckets }: UndoHead): KeyValueOperation[] {
  const keys = [undoKey(height), ...Array.from({ length: buckets }, (_, index) => undoBucketKey(height, index))];
  return keys.map((key) => ({ type: "del", key }));
}

interface Bucket {
  readonly bytes: Uint8Array;
  end: number;
}

function sizeOf({ key, before, delta }: UndoPlan): number {
  return ENTRY_OVERHEAD_BYTES + key.length + versionedSize(delta ?? before.value);
}

function writeEntry(bucket: Bucket, { key, before, delta }: UndoPlan): void {
  assert(key.length < 0x100, "state keys are short");
  const { bytes, end } = bucket;
  bytes[end] = key.length;
  bytes.set(key, end + 1);
  const at = end + 1 + key.length;
  const size = versionedSize(delta ?? before.value);
  for (let i = 0; i < 4; i++) bytes[at + i] = (size >>> (8 * (3 - i))) & 0xff;
  writeVersioned(bytes, at + 4, before.height, delta ?? before.value);
  if (delta !== undefined) bytes[at + 4 + 8] = DELTA;
  bucket.end = at + 4 + size;
}

function* entriesOf(bytes: Uint8Array): Generator<UndoEntry> {
  let at = 0;
  while (at < bytes.length) {
    const keyEnd = at + 1 + (bytes[at] as number);
    let size = 0;
    for (let i = 0; i < 4; i++) size = size * 0x100 + (bytes[keyEnd + i] as number);
    const end = keyEnd + 4 + size;
    assert(end <= bytes.length, "a reverse diff has the form it was written in");
    yield { key: bytes.subarray(at + 1, keyEnd), record: bytes.subarray(keyEnd + 4, end) };
    at = end;
  }
}

/** FNV-1a of the key, 32 bits: spreads keys that differ in a few bytes only. */
function bucketOf(key: Uint8Array, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return (hash >>> 0) % buckets;
}
