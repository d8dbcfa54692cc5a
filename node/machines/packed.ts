import { assert } from "../../lang/base/assert.ts";
import { ByteLog } from "../../lang/base/byte-log.ts";
import type { KeyValueOperation } from "../ports.ts";

/**
 * Many byte strings as one piece of memory, which goes to another thread without being copied. A block
 * has ten thousands of them, and a message with as many arrays takes longer than the block.
 */
export interface PackedList {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each string ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

export function packList(list: readonly Uint8Array[]): PackedList {
  const bytes = new Uint8Array(list.reduce((sum, one) => sum + one.length, 0));
  const ends = new Uint32Array(list.length);
  let at = 0;
  for (const [index, one] of list.entries()) {
    bytes.set(one, at);
    at += one.length;
    ends[index] = at;
  }
  return { bytes, ends };
}

/** A packed list that is made one string after another: each is copied, so none has to live until the list is done. */
export class ListPacker {
  readonly #log = new ByteLog();
  readonly #ends: number[] = [];

  add(one: Uint8Array): void {
    this.#log.append(one);
    this.#ends.push(this.#log.size);
  }

  finish(): PackedList {
    return { bytes: this.#log.copy(), ends: Uint32Array.from(this.#ends) };
  }
}

/** Views into the one piece. */
export function unpackList({ bytes, ends }: PackedList): Uint8Array[] {
  return Array.from(ends, (end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

/** Memory to hand over with the message. */
export function transferOf(...lists: readonly PackedList[]): ArrayBuffer[] {
  return lists.flatMap(({ bytes, ends }) => [bytes.buffer, ends.buffer]);
}

/**
 * Operations as one piece of memory: size of the key in 2 bytes, key, then 0xffffffff for a deletion, or the
 * size of the value in 4 bytes and the value.
 */
export function packOperations(operations: readonly KeyValueOperation[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const operation of operations) size += 6 + operation.key.length + (operation.type === "put" ? operation.value.length : 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const operation of operations) {
    const { key } = operation;
    view.setUint16(at, key.length);
    bytes.set(key, at + 2);
    at += 2 + key.length;
    view.setUint32(at, operation.type === "put" ? operation.value.length : DELETION);
    at += 4;
    if (operation.type !== "put") continue;
    bytes.set(operation.value, at);
    at += operation.value.length;
  }
  return bytes;
}

const DELETION = 0xffff_ffff;

/** Reads packed operations where they lie; `at` is where an operation begins. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the operations end. */
  get size(): number {
    return this.#bytes.length;
  }

  after(at: number): number {
    const keyEnd = this.#keyEnd(at);
    const size = this.#view.getUint32(keyEnd);
    return keyEnd + 4 + (size === DELETION ? 0 : size);
  }

  /** A view; undefined for a deletion. */
  value(at: number): Uint8Array | undefined {
    const keyEnd = this.#keyEnd(at);
    const size = this.#view.getUint32(keyEnd);
    return size === DELETION ? undefined : this.#bytes.subarray(keyEnd + 4, keyEnd + 4 + size);
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const operations: KeyValueOperation[] = [];
  for (let at = 0; at < bytes.length; ) {
    const keyEnd = at + 2 + view.getUint16(at);
    const key = bytes.subarray(at + 2, keyEnd);
    const size = view.getUint32(keyEnd);
    at = keyEnd + 4;
    if (size === DELETION) {
      operations.push({ type: "del", key });
      continue;
    }
    assert(at + size <= bytes.length, "operations come as they were packed");
    operations.push({ type: "put", key, value: bytes.subarray(at, at + size) });
    at += size;
  }
  return operations;
}
