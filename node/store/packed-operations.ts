import { assert } from "../../lang/base/assert.ts";
import type { BatchPart, KeyValueOperation, PackedOperations } from "../ports.ts";

/**
 * Operations of a batch as one piece of memory, which goes to another thread without being copied. A full block
 * has a hundred thousand, and as objects they take the collector longer than making them took.
 *
 *     size of key (2), key, size of value (4), room for a checksum (4), value
 *
 * A deletion has ones for the size of its value, and nothing behind them. The room is for the disk, which
 * stores checksum and value as one record (checked-disk.ts).
 */
export const CHECK_BYTES = 4;
const DELETION = 0xffff_ffff;
const FIRST_BYTES = 4_096;

/** Packs operations one after another, in memory that grows. */
export class OperationLog {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #size = 0;

  /** `sizeBytes`: how much it will be, as far as that is known; growing takes as long as packing. */
  constructor(sizeBytes = 0) {
    this.#bytes = new Uint8Array(Math.max(sizeBytes, FIRST_BYTES));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The memory as it is now; another piece once the log has grown. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    const at = this.reserve(key, value.length);
    this.#bytes.set(value, at);
  }

  del(key: Uint8Array): void {
    const at = this.#key(key, 4);
    this.#view.setUint32(at, DELETION);
    this.#size = at + 4;
  }

  /** Puts a value of this size that the caller writes itself: gives its place in `memory`. */
  reserve(key: Uint8Array, size: number): number {
    const at = this.#key(key, 4 + CHECK_BYTES + size);
    this.#view.setUint32(at, size);
    this.#size = at + 4 + CHECK_BYTES + size;
    return this.#size - size;
  }

  addAll(operations: readonly KeyValueOperation[]): void {
    for (const operation of operations) {
      if (operation.type === "put") this.put(operation.key, operation.value);
      else this.del(operation.key);
    }
  }

  /** All that was packed, in memory of the log, which must not be used any more. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Where the size of the value stands, which needs `more` bytes with all behind it. */
  #key(key: Uint8Array, more: number): number {
    const at = this.#size;
    const keyEnd = at + 2 + key.length;
    if (keyEnd + more > this.#bytes.length) this.#grow(keyEnd + more);
    this.#view.setUint16(at, key.length);
    this.#bytes.set(key, at + 2);
    return keyEnd;
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, least));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** For a batch. */
export function packed(bytes: Uint8Array): PackedOperations {
  return { type: "packed", bytes };
}

export function packOperations(operations: readonly KeyValueOperation[]): Uint8Array<ArrayBuffer> {
  const log = new OperationLog();
  log.addAll(operations);
  return log.finish();
}

/** Reads packed operations where they lie; `at` is where an operation begins. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** The same bytes: only a Buffer copies a part without a view of it. */
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the operations end. */
  get size(): number {
    return this.#bytes.length;
  }

  after(at: number): number {
    const keyEnd = this.#keyEnd(at);
    const size = this.#view.getUint32(keyEnd);
    return keyEnd + 4 + (size === DELETION ? 0 : CHECK_BYTES + size);
  }

  keySize(at: number): number {
    return this.#view.getUint16(at);
  }

  /** Undefined for a deletion. */
  valueSize(at: number): number | undefined {
    const size = this.#view.getUint32(this.#keyEnd(at));
    return size === DELETION ? undefined : size;
  }

  copyKey(at: number, into: Uint8Array): void {
    this.#buffer.copy(into, 0, at + 2, this.#keyEnd(at));
  }

  /** Copies the value to `to`; there must be one. */
  copyValue(at: number, into: Uint8Array, to: number): void {
    this.#buffer.copy(into, to, this.#keyEnd(at) + 4 + CHECK_BYTES, this.after(at));
  }

  /** A view. */
  key(at: number): Uint8Array {
    return this.#bytes.subarray(at + 2, this.#keyEnd(at));
  }

  /** A view; undefined for a deletion. */
  value(at: number): Uint8Array | undefined {
    return this.#part(at, CHECK_BYTES);
  }

  /** A view of the room for the checksum and the value behind it; undefined for a deletion. */
  record(at: number): Uint8Array | undefined {
    return this.#part(at, 0);
  }

  #part(at: number, skip: number): Uint8Array | undefined {
    const keyEnd = this.#keyEnd(at);
    const size = this.#view.getUint32(keyEnd);
    return size === DELETION ? undefined : this.#bytes.subarray(keyEnd + 4 + skip, keyEnd + 4 + CHECK_BYTES + size);
  }

  hashAt(at: number): number {
    return PackedReader.hash(this.#bytes, at + 2, this.#keyEnd(at));
  }

  hasKey(at: number, key: Uint8Array): boolean {
    return this.#view.getUint16(at) === key.length && sameBytes(this.#bytes, at + 2, key, 0, key.length);
  }

  sameKey(a: number, b: number): boolean {
    const size = this.#view.getUint16(a);
    return size === this.#view.getUint16(b) && sameBytes(this.#bytes, a + 2, this.#bytes, b + 2, size);
  }

  #keyEnd(at: number): number {
    return at + 2 + this.#view.getUint16(at);
  }

  /** FNV-1a of 32 bits, its high bits mixed into the low ones. */
  static hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    return hash ^ (hash >>> 15);
  }
}

function sameBytes(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
}

/** Keys and values are views into the one piece. */
export function unpackOperations(bytes: Uint8Array): KeyValueOperation[] {
  return [...operationsIn({ type: "packed", bytes })];
}

/** What a batch writes, one operation after another, for a disk that has no faster way. Values are views, checksums in front of them where there are any. */
export function* listed(parts: readonly BatchPart[]): Generator<KeyValueOperation> {
  for (const part of parts) {
    if (part.type === "packed") yield* operationsIn(part);
    else yield part;
  }
}

function* operationsIn({ bytes, checksum }: PackedOperations): Generator<KeyValueOperation> {
  const reader = new PackedReader(bytes);
  for (let at = 0; at < reader.size; at = reader.after(at)) {
    assert(reader.after(at) <= reader.size, "operations come as they were packed");
    yield operationAt(reader, at, checksum);
  }
}

/** With a checksum the value is the record, in whose room it was written. */
export function operationAt(packed: PackedReader, at: number, checksum: PackedOperations["checksum"]): KeyValueOperation {
  const [key, value, record] = [packed.key(at), packed.value(at), packed.record(at)];
  if (value === undefined || record === undefined) return { type: "del", key };
  if (checksum === undefined) return { type: "put", key, value };
  new DataView(record.buffer, record.byteOffset).setUint32(0, checksum(key, value));
  return { type: "put", key, value: record };
}
