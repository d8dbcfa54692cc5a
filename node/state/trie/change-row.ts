import { commonLength, nibbleAt, toNibbles, type Nibbles } from "./nibbles.ts";
import type { TrieChange } from "./changes.ts";

export const KEY_BYTES = 32;
export const KEY_NIBBLES = 2 * KEY_BYTES;

/** Sorted changes of keys of 32 bytes. The keys also lie one behind another in one piece of memory: each is looked at on every level of the trie. */
export class ChangeRow {
  readonly length: number;
  readonly hasDeletes: boolean;
  readonly #changes: readonly TrieChange[];
  readonly #keys: Uint8Array;

  constructor(changes: readonly TrieChange[]) {
    this.#changes = changes;
    this.length = changes.length;
    this.hasDeletes = changes.some(({ value }) => value === undefined);
    this.#keys = new Uint8Array(KEY_BYTES * changes.length);
    changes.forEach(({ key }, index) => this.#keys.set(key, KEY_BYTES * index));
  }

  at(index: number): TrieChange {
    return this.#changes[index] as TrieChange;
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
    for (let i = from; this.hasDeletes && i < to; i++) if (this.at(i).value === undefined) return true;
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
    return depth + Math.min(commonLength(this.at(from).key, depth, key, depth), commonLength(this.at(to - 1).key, depth, key, depth));
  }

  /** The first nibbles of a key. */
  path(index: number, depth: number): Nibbles {
    return toNibbles(this.at(index).key, depth);
  }

  /** Writes them to `out`. */
  writePath(index: number, depth: number, out: Nibbles): void {
    for (let i = 0; i < depth; i++) out[i] = this.nibble(index, i);
  }
}
