import { cutPiece, newPiece } from "./pieces.ts";

/** A record is what the key holds from `height` to `until`, or to the newest height while `line` is the present one. */
export interface CachedRecord {
  readonly height: bigint;
  readonly value: Uint8Array | undefined;
  readonly until: bigint;
  readonly line: number;
}

/**
 * Recently used records, in one piece of memory whose size is the limit. As objects in a map they would take
 * three times the bytes that they hold, and a block that touches ten thousands of them would spend more on
 * moving them about in the heap than on reading them.
 *
 * Two generations instead of a list in order of use: what is read from the older one is copied to the newer, and when
 * that is full the older is emptied and takes its place.
 */
export class RecordCache {
  #young: Generation;
  #old: Generation;

  constructor(limitBytes: number) {
    this.#young = new Generation(limitBytes >> 1);
    this.#old = new Generation(limitBytes >> 1);
  }

  /** Of both generations, tables included. */
  get usedBytes(): number {
    return this.#young.sizeBytes + this.#old.sizeBytes;
  }

  /** Its value is a copy. */
  get(key: Uint8Array): CachedRecord | undefined {
    const hash = hashOf(key);
    const young = this.#young.find(key, hash);
    if (young >= 0) return this.#young.read(young);
    const old = this.#old.find(key, hash);
    if (old < 0) return undefined;
    const record = this.#old.read(old);
    if (record !== undefined) this.#set(key, hash, record);
    return record;
  }

  /** A value that alone takes more than half of a generation is not kept, nor is what it replaces. */
  set(key: Uint8Array, record: CachedRecord): void {
    this.#set(key, hashOf(key), record);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #set(key: Uint8Array, hash: number, record: CachedRecord): void {
    const kept = this.#young.mayHold(key, record) ? record : undefined;
    if (this.#young.put(key, hash, kept)) return;
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
    // Not even an empty generation has room to say that the key is not known.
    if (!this.#young.put(key, hash, kept)) this.#old.clear();
  }
}

const HEAD_BYTES = 26;
const NO_VALUE = 0xffff_ffff;
/** Says that what stands here, or in the older generation, does not count. */
const UNKNOWN = 0xffff_fffe;
const FIRST_BYTES = 1 << 14;
/** Records are seldom smaller, so the table is large enough; else it is full before the memory is. */
const BYTES_PER_SLOT = 64;
/** Up to so many bytes, which a plain domain's record has, are copied sooner one by one than through a view. */
const SHORT = 96;

/**
 * Records one behind the other, and a table of open addressing of where they begin. Of two with one key the table
 * knows the later.
 *
 *     size of key (2), size of value or NO_VALUE or UNKNOWN (4), height (8), until (8), line (4), key, value
 */
class Generation {
  readonly #mostBytes: number;
  #bytes: Uint8Array;
  #view: DataView;
  #used = 0;
  /** Where a record begins, plus 1; 0 for an empty slot. At most half are taken. */
  readonly #slots: Int32Array;
  #count = 0;

  constructor(limitBytes: number) {
    let slots = 16;
    while (slots * BYTES_PER_SLOT * 2 <= limitBytes) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#mostBytes = Math.max(0, limitBytes - this.#slots.byteLength);
    this.#bytes = new Uint8Array(Math.min(FIRST_BYTES, this.#mostBytes));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get sizeBytes(): number {
    return this.#bytes.length + this.#slots.byteLength;
  }

  clear(): void {
    if (this.#count > 0) this.#slots.fill(0);
    this.#used = 0;
    this.#count = 0;
  }

  mayHold(key: Uint8Array, { value }: CachedRecord): boolean {
    return 2 * (HEAD_BYTES + key.length + (value?.length ?? 0)) <= this.#mostBytes;
  }

  /** Where the record of a key begins; negative for none. */
  find(key: Uint8Array, hash: number): number {
    return (this.#slots[this.#slotOf(key, hash)] as number) - 1;
  }

  read(at: number): CachedRecord | undefined {
    const view = this.#view;
    const size = view.getUint32(at + 2);
    if (size === UNKNOWN) return undefined;
    const from = at + HEAD_BYTES + view.getUint16(at);
    const value = size === NO_VALUE ? undefined : this.#copy(from, size);
    return { height: bigOf(view.getFloat64(at + 6)), until: bigOf(view.getFloat64(at + 14)), line: view.getInt32(at + 22), value };
  }

  #copy(from: number, size: number): Uint8Array {
    const bytes = this.#bytes;
    if (size > SHORT) return cutPiece(bytes.subarray(from, from + size));
    const copy = newPiece(size);
    for (let i = 0; i < size; i++) copy[i] = bytes[from + i] as number;
    return copy;
  }

  /** False when there is no room. Without a record, the key is known to be unknown. */
  put(key: Uint8Array, hash: number, record: CachedRecord | undefined): boolean {
    const at = this.#used;
    const valueAt = at + HEAD_BYTES + key.length;
    const end = valueAt + (record?.value?.length ?? 0);
    if (2 * this.#count >= this.#slots.length || !this.#hasRoom(end)) return false;
    const view = this.#view;
    view.setUint16(at, key.length);
    view.setUint32(at + 2, record === undefined ? UNKNOWN : (record.value?.length ?? NO_VALUE));
    view.setFloat64(at + 6, Number(record?.height ?? 0n));
    view.setFloat64(at + 14, Number(record?.until ?? 0n));
    view.setInt32(at + 22, record?.line ?? 0);
    this.#bytes.set(key, at + HEAD_BYTES);
    if (record?.value !== undefined) this.#bytes.set(record.value, valueAt);
    this.#used = end;
    const slot = this.#slotOf(key, hash);
    if (this.#slots[slot] === 0) this.#count++;
    this.#slots[slot] = at + 1;
    return true;
  }

  /** The slot of a key, or the empty one where it would stand. */
  #slotOf(key: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let at = this.#slots[slot] as number; at !== 0 && !this.#isKey(at - 1, key); at = this.#slots[slot] as number) slot = (slot + 1) & mask;
    return slot;
  }

  #isKey(at: number, key: Uint8Array): boolean {
    if (this.#view.getUint16(at) !== key.length) return false;
    // Keys of one family begin alike.
    for (let i = key.length - 1, end = at + HEAD_BYTES; i >= 0; i--) if (this.#bytes[end + i] !== key[i]) return false;
    return true;
  }

  #hasRoom(end: number): boolean {
    if (end > this.#mostBytes) return false;
    if (end <= this.#bytes.length) return true;
    const grown = new Uint8Array(Math.min(this.#mostBytes, Math.max(end, 2 * this.#bytes.length)));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    return true;
  }
}

/** FNV-1a of 32 bits, its high bits mixed into the low ones. */
function hashOf(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

// A block reads ten thousands of records, most of few heights.
let lastNumber = 0;
let lastBig = 0n;

function bigOf(height: number): bigint {
  if (height !== lastNumber) [lastNumber, lastBig] = [height, BigInt(height)];
  return lastBig;
}
