import type { BlockArena } from "./block-arena.ts";
import { HASH_SIZE } from "./nodes.ts";
import { hashOffset, IMAGE_HEAD } from "./image.ts";

/**
 * What the nodes that a block changes were before it, one entry behind another: of a branch that keeps its children the
 * hashes that may change, in the form that undo records have (image-delta.ts), of any other node all of it.
 *
 *     height (4)   1 if it is all of it, else 0 (1)   size (2)   bytes
 */
const HEAD_BYTES = 7;
const DELTA_HEAD = IMAGE_HEAD + 2;
const MOST_ENTRY_BYTES = 1_024;

export class BlockLog {
  bytes = new Uint8Array(4 * MOST_ENTRY_BYTES);
  #size = 0;

  clear(): void {
    this.#size = 0;
  }

  /** Saves all of a node. Where the entry stands. */
  saveWhole(arena: BlockArena, node: number): number {
    const from = arena.contentAt(node);
    const to = arena.contentEnd(node);
    const entry = this.#open(arena.height(node), 1, to - from);
    copy(arena.bytes, from, this.bytes, entry + HEAD_BYTES, to - from);
    return entry;
  }

  /** Saves the head of a branch and the hashes of the children in `which`, all of which it has. Where the entry stands. */
  saveHashes(arena: BlockArena, node: number, which: number): number {
    const mask = arena.mask(node);
    const image = arena.contentAt(node);
    const entry = this.#open(arena.height(node), 0, 0);
    let at = entry + HEAD_BYTES;
    copy(arena.bytes, image, this.bytes, at, IMAGE_HEAD);
    this.bytes[at + IMAGE_HEAD] = which >> 8;
    this.bytes[at + IMAGE_HEAD + 1] = which;
    at += DELTA_HEAD;
    for (let left = which; left !== 0; left &= left - 1, at += HASH_SIZE) {
      copy(arena.bytes, image + hashOffset(mask, 31 - Math.clz32(left & -left)), this.bytes, at, HASH_SIZE);
    }
    this.#close(entry, at);
    return entry;
  }

  /** Of the hashes of an entry leaves those in `which`. */
  keepHashes(entry: number, which: number): void {
    const saved = this.which(entry);
    if (saved === which) return;
    const head = entry + HEAD_BYTES + IMAGE_HEAD;
    let [from, to] = [head + 2, head + 2];
    for (let left = saved; left !== 0; left &= left - 1, from += HASH_SIZE) {
      if ((which & left & -left) === 0) continue;
      this.bytes.copyWithin(to, from, from + HASH_SIZE);
      to += HASH_SIZE;
    }
    this.bytes[head] = which >> 8;
    this.bytes[head + 1] = which;
    this.#setSize(entry, to - entry - HEAD_BYTES);
  }

  isWhole(entry: number): boolean {
    return this.bytes[entry + 4] === 1;
  }

  /** Block that wrote the node as it was. */
  height(entry: number): number {
    const { bytes } = this;
    return (((bytes[entry] as number) << 24) | ((bytes[entry + 1] as number) << 16) | ((bytes[entry + 2] as number) << 8) | (bytes[entry + 3] as number)) >>> 0;
  }

  from(entry: number): number {
    return entry + HEAD_BYTES;
  }

  to(entry: number): number {
    return entry + HEAD_BYTES + (((this.bytes[entry + 5] as number) << 8) | (this.bytes[entry + 6] as number));
  }

  /** Which children's hashes an entry has that is not whole. */
  which(entry: number): number {
    const at = entry + HEAD_BYTES + IMAGE_HEAD;
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  /** Writes the hashes of an entry back into its branch. */
  restoreHashes(entry: number, arena: BlockArena, node: number): void {
    let at = entry + HEAD_BYTES + DELTA_HEAD;
    for (let left = this.which(entry); left !== 0; left &= left - 1, at += HASH_SIZE) {
      copy(this.bytes, at, arena.bytes, arena.hashAt(node, 31 - Math.clz32(left & -left)), HASH_SIZE);
    }
    arena.setMarks(node, ((this.bytes[entry + HEAD_BYTES + 1] as number) << 8) | (this.bytes[entry + HEAD_BYTES + 2] as number));
    arena.setHeight(node, this.height(entry));
  }

  #open(height: number, isWhole: number, size: number): number {
    const entry = this.#size;
    if (entry + MOST_ENTRY_BYTES > this.bytes.length) {
      const bytes = new Uint8Array(2 * this.bytes.length);
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
    const { bytes } = this;
    bytes[entry] = height >>> 24;
    bytes[entry + 1] = height >>> 16;
    bytes[entry + 2] = height >>> 8;
    bytes[entry + 3] = height;
    bytes[entry + 4] = isWhole;
    this.#close(entry, entry + HEAD_BYTES + size);
    return entry;
  }

  #close(entry: number, end: number): void {
    this.#setSize(entry, end - entry - HEAD_BYTES);
    this.#size = end;
  }

  #setSize(entry: number, size: number): void {
    this.bytes[entry + 5] = size >> 8;
    this.bytes[entry + 6] = size;
  }
}

/** A loop is faster than set() for so few bytes. */
function copy(from: Uint8Array, fromAt: number, to: Uint8Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) to[at + i] = from[fromAt + i] as number;
}
