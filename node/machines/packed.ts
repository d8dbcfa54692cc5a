import { ByteLog } from "../../lang/base/byte-log.ts";

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
