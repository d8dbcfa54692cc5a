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

/** Operations as strings: the key, then 0 for a deletion, or 1 and the value. */
export function packOperations(operations: readonly KeyValueOperation[]): PackedList {
  return packList(operations.flatMap((operation) => [operation.key, ...(operation.type === "put" ? [PUT, operation.value] : [DELETE])]));
}

const DELETE = Uint8Array.of(0);
const PUT = Uint8Array.of(1);

export function unpackOperations(packed: PackedList): KeyValueOperation[] {
  const strings = unpackList(packed);
  const operations: KeyValueOperation[] = [];
  for (let at = 0; at < strings.length; at += 2) {
    const [key, kind] = [strings[at], strings[at + 1]];
    assert(key !== undefined && kind?.length === 1, "operations come as they were packed");
    if (kind[0] === 0) {
      operations.push({ type: "del", key });
      continue;
    }
    const value = strings[at + 2];
    assert(value !== undefined, "a put has its value");
    operations.push({ type: "put", key, value });
    at++;
  }
  return operations;
}
