import { assert } from "../../lang/base/assert.ts";
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
