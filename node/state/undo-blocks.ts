import { assert } from "../../lang/base/assert.ts";
import { ByteLog } from "../../lang/base/byte-log.ts";
import { equalBytes, fromBigEndian } from "../../lang/base/bytes.ts";
import { bytesField, listField, smallField, numberItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { OperationLog } from "../store/packed-operations.ts";
import { undoBucketKey, undoKey } from "./state-keys.ts";
import { undoImage } from "./trie/image-delta.ts";
import type { NodeWrite } from "./trie/node-write.ts";
import { decodeVersioned, VERSIONED_HEAD, versionedSize, writeVersioned, type VersionedRecord } from "./versioned-record.ts";

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

const DELTA = 2;

/** What the key of an entry held before the block, which wrote what `after` gives; it is asked only if that matters. Undefined when the two do not belong together: the store is damaged. */
export function undone(record: Uint8Array, after: () => Uint8Array | undefined): VersionedRecord | undefined {
  if (record[8] !== DELTA) return decodeVersioned(record);
  const written = after();
  const value = written === undefined ? undefined : undoImage(record.subarray(9), written);
  return value === undefined ? undefined : { height: fromBigEndian(record.subarray(0, 8)), value };
}

/**
 * The reverse diff of a block while its writes are worked out: entries one behind the other in one piece of memory,
 * spread over the buckets when it is known how many there are.
 */
export class UndoLog {
  readonly #log = new ByteLog();
  /** Of each entry: where it begins, and the hash of its key. */
  #places = new Uint32Array(1_024);
  #count = 0;

  /** What a key held before the block; with a `delta`, its value is how that differs from what the block wrote. Each key once. */
  add(key: Uint8Array, before: VersionedRecord, delta?: Uint8Array): void {
    assert(key.length < 0x100, "state keys are short");
    const value = delta ?? before.value;
    const size = versionedSize(value);
    const start = this.#log.reserve(ENTRY_OVERHEAD_BYTES + key.length + size);
    const { memory } = this.#log;
    memory[start] = key.length;
    memory.set(key, start + 1);
    const at = memory.writeUInt32BE(size, start + 1 + key.length);
    writeVersioned(memory, at, before.height, value);
    if (delta !== undefined) memory[at + 8] = DELTA;
    this.#notePlace(start, hashOf(key));
  }

  /** As `add`, of a node of the state trie, of which the write says what stood there. */
  addNode(key: Uint8Array, { before, beforeHeight, beforeBytes, beforeFrom, beforeTo }: NodeWrite): void {
    const size = VERSIONED_HEAD + beforeTo - beforeFrom;
    const start = this.#log.reserve(ENTRY_OVERHEAD_BYTES + key.length + size);
    const { memory } = this.#log;
    memory[start] = key.length;
    memory.set(key, start + 1);
    const at = memory.writeUInt32BE(size, start + 1 + key.length);
    memory.writeUInt32BE(beforeHeight, at + 4);
    memory[at + 8] = before === "delta" ? DELTA : 1;
    memory.set(beforeBytes.subarray(beforeFrom, beforeTo), at + VERSIONED_HEAD);
    this.#notePlace(start, hashOf(key));
  }

  /** The operations that keep it, added to `out`. */
  finish(height: bigint, removedKeys: readonly Uint8Array[], out: OperationLog): void {
    const buckets = Math.ceil(this.#log.size / BUCKET_BYTES);
    out.put(undoKey(height), encodeRlp([numberItem(buckets), removedKeys]));
    const sizes = new Uint32Array(buckets);
    for (let index = 0; index < this.#count; index++) {
      const bucket = this.#bucketAt(index, buckets);
      sizes[bucket] = (sizes[bucket] as number) + this.#sizeAt(index);
    }
    const ends = Array.from(sizes, (size, index) => out.reserve(undoBucketKey(height, index), size));
    const { memory } = out;
    for (let index = 0; index < this.#count; index++) {
      const bucket = this.#bucketAt(index, buckets);
      const [start, end, size] = [this.#places[2 * index] as number, ends[bucket] as number, this.#sizeAt(index)];
      this.#log.memory.copy(memory, end, start, start + size);
      ends[bucket] = end + size;
    }
  }

  #notePlace(start: number, hash: number): void {
    const at = 2 * this.#count++;
    if (at === this.#places.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[at] = start;
    this.#places[at + 1] = hash;
  }

  #bucketAt(index: number, buckets: number): number {
    return (this.#places[2 * index + 1] as number) % buckets;
  }

  #sizeAt(index: number): number {
    const next = index + 1 === this.#count ? this.#log.size : (this.#places[2 * index + 2] as number);
    return next - (this.#places[2 * index] as number);
  }
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

function bucketOf(key: Uint8Array, buckets: number): number {
  return hashOf(key) % buckets;
}

/** FNV-1a of the key, 32 bits: spreads keys that differ in a few bytes only. */
function hashOf(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return hash >>> 0;
}
