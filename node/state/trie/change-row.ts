import { assert } from "../../../lang/base/assert.ts";
import { compareBytes } from "../../../lang/base/bytes.ts";
import type { BlockLeaf } from "./block-load.ts";
import type { TrieChange } from "./changes.ts";
import { hashLeafIn } from "./encode.ts";
import { commonLength, nibbleAt, toNibbles, type Nibbles } from "./nibbles.ts";

export const KEY_BYTES = 32;
export const KEY_NIBBLES = 2 * KEY_BYTES;

/** For each change: where its name begins, size of the name, size of the value behind it or GONE, 1 if it is placed. */
const FACTS = 4;
const GONE = 0xffff_ffff;
/** An index stands behind 32 bits of key in a number, which holds 53. */
const MOST_CHANGES = 2 ** 21;

/**
 * What a block changes in the state trie, keys of 32 bytes, each once. All lies in a few pieces of memory: ten thousands of
 * changes live until their block is done, and as objects the collector would copy them twice.
 */
export class ChangeRow {
  #count = 0;
  #keys = new Uint8Array(64 * KEY_BYTES);
  #facts = new Uint32Array(64 * FACTS);
  /** Name and value of each. */
  #bytes = new Uint8Array(8_192);
  #size = 0;
  /** Which change was added at which place, once they are sorted. */
  #order = new Uint32Array(0);
  hasDeletes = false;

  static of(changes: readonly TrieChange[]): ChangeRow {
    const row = new ChangeRow();
    for (const change of changes) row.add(change);
    return row;
  }

  get length(): number {
    return this.#count;
  }

  /** Copies the change. One that takes out what is not placed counts for nothing. */
  add({ key, name = NO_BYTES, value, isPlaced }: TrieChange): void {
    if (value === undefined && isPlaced !== true) return;
    assert(key.length === KEY_BYTES, "keys of the state trie are hashes");
    assert(this.#count < MOST_CHANGES, "a block changes two million domains at most");
    const index = this.#count++;
    const size = name.length + (value?.length ?? 0);
    this.#room(size);
    this.#keys.set(key, KEY_BYTES * index);
    this.#bytes.set(name, this.#size);
    if (value === undefined) this.hasDeletes = true;
    else this.#bytes.set(value, this.#size + name.length);
    const at = FACTS * index;
    this.#facts[at] = this.#size;
    this.#facts[at + 1] = name.length;
    this.#facts[at + 2] = value?.length ?? GONE;
    this.#facts[at + 3] = isPlaced === true ? 1 : 0;
    this.#size += size;
  }

  /** Puts all in the order of their keys; indexes below are of that. Numbers made of the first bytes sort ten times as fast as keys. */
  sort(): void {
    const heads = new Float64Array(this.#count);
    const view = new DataView(this.#keys.buffer);
    for (let i = 0; i < heads.length; i++) heads[i] = view.getUint32(KEY_BYTES * i) * MOST_CHANGES + i;
    heads.sort();
    const order = Uint32Array.from(heads, (head) => head % MOST_CHANGES);
    const keys = new Uint8Array(this.#keys.length);
    for (let i = 0; i < order.length; i++) {
      // Few keys agree in their first bytes: those are put right one by one.
      for (let at = i; at > 0 && headIn(heads, at - 1) === headIn(heads, at) && this.#isAfter(order[at - 1] as number, order[at] as number); at--) [order[at - 1], order[at]] = [order[at] as number, order[at - 1] as number];
    }
    for (let i = 0; i < order.length; i++) copyKey(this.#keys, KEY_BYTES * (order[i] as number), keys, KEY_BYTES * i);
    this.#order = order;
    this.#keys = keys;
  }

  isGone(index: number): boolean {
    return this.#facts[this.#factsAt(index) + 2] === GONE;
  }

  /** True if the store has a record of the key, so that its leaf stands in the trie. */
  isPlaced(index: number): boolean {
    return this.#facts[this.#factsAt(index) + 3] === 1;
  }

  /** A view. */
  key(index: number): Uint8Array {
    return this.#keys.subarray(KEY_BYTES * index, KEY_BYTES * (index + 1));
  }

  /** The leaf that the change puts, as views. */
  leaf(index: number): BlockLeaf {
    const at = this.#factsAt(index);
    const nameEnd = (this.#facts[at] as number) + (this.#facts[at + 1] as number);
    const name = (this.#facts[at + 1] as number) === 0 ? undefined : this.#bytes.subarray(this.#facts[at], nameEnd);
    return { key: this.key(index), value: this.#bytes.subarray(nameEnd, nameEnd + (this.#facts[at + 2] as number)), name };
  }

  /** Writes the hash of that leaf where it stands `depth` deep; false if it stands in `out` already. */
  hashLeaf(index: number, depth: number, out: Uint8Array, outAt: number): boolean {
    const at = this.#factsAt(index);
    const from = (this.#facts[at] as number) + (this.#facts[at + 1] as number);
    return hashLeafIn({ keys: this.#keys, at: KEY_BYTES * index, end: KEY_BYTES * (index + 1) }, depth, { bytes: this.#bytes, from, to: from + (this.#facts[at + 2] as number) }, out, outAt);
  }

  nibble(index: number, depth: number): number {
    return nibbleAt(this.#keys, KEY_NIBBLES * index + depth);
  }

  /** Which children of a node so deep the changes from `from` to `to` (exclusive) are below. */
  touched(from: number, to: number, depth: number): number {
    let touched = 0;
    for (let i = from; i < to; i++) touched |= 1 << this.nibble(i, depth);
    return touched;
  }

  /** True if any of them takes out its key. */
  takesOut(from: number, to: number): boolean {
    for (let i = from; this.hasDeletes && i < to; i++) if (this.isGone(i)) return true;
    return false;
  }

  /** The first from `from` on that has another nibble there, `to` at most. */
  stretchEnd(from: number, to: number, depth: number): number {
    const nibble = this.nibble(from, depth);
    let end = from + 1;
    while (end < to && this.nibble(end, depth) === nibble) end++;
    return end;
  }

  /** How many nibbles of `path` the keys of all go on with. */
  commonPath(path: Nibbles, from: number, to: number, depth: number): number {
    let count = 0;
    while (count < path.length && path[count] === this.nibble(from, depth + count) && path[count] === this.nibble(to - 1, depth + count)) count++;
    return count;
  }

  /** How many nibbles all have in common with `key`, of which `depth` are known to be. */
  common(key: Uint8Array, from: number, to: number, depth: number): number {
    return depth + Math.min(commonLength(this.key(from), depth, key, depth), commonLength(this.key(to - 1), depth, key, depth));
  }

  /** The first nibbles of a key. */
  path(index: number, depth: number): Nibbles {
    return toNibbles(this.key(index), depth);
  }

  /** Writes them to `out`. */
  writePath(index: number, depth: number, out: Nibbles): void {
    for (let i = 0; i < depth; i++) out[i] = this.nibble(index, i);
  }

  #factsAt(index: number): number {
    return FACTS * (this.#order[index] as number);
  }

  /** Of changes in the order in which they were added. */
  #isAfter(a: number, b: number): boolean {
    return compareBytes(this.key(a), this.key(b)) > 0;
  }

  /** Makes room for the change that was just counted, its name and value together `size` bytes. */
  #room(size: number): void {
    if (KEY_BYTES * this.#count > this.#keys.length) {
      this.#keys = larger(this.#keys, 2 * this.#keys.length);
      const facts = new Uint32Array(2 * this.#facts.length);
      facts.set(this.#facts);
      this.#facts = facts;
    }
    if (this.#size + size > this.#bytes.length) this.#bytes = larger(this.#bytes, 2 * this.#bytes.length + size);
  }
}

const NO_BYTES = new Uint8Array(0);
const headIn = (heads: Float64Array, at: number): number => Math.floor((heads[at] as number) / MOST_CHANGES);

function larger(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(size);
  grown.set(bytes);
  return grown;
}

/** A loop is faster than set() for so few bytes. */
function copyKey(from: Uint8Array, fromAt: number, to: Uint8Array, at: number): void {
  for (let i = 0; i < KEY_BYTES; i++) to[at + i] = from[fromAt + i] as number;
}
