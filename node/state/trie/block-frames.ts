import type { BlockLeaf } from "./block-load.ts";
import { KEY_NIBBLES } from "./change-row.ts";

/** A leaf, or the index of the change that puts it. */
export type LeafAt = BlockLeaf | number;

/**
 * Of the branch that is underway at each depth, what its places hold that has no record of its own to say so. A pass over
 * the trie has one such branch at each depth at most, so these are made once.
 */
export class BranchFrames {
  readonly #before = new Int32Array(KEY_NIBBLES);
  readonly #newLeaves = new Int32Array(KEY_NIBBLES);
  readonly #extensions = new Int32Array(KEY_NIBBLES);
  readonly #leaves = new Array<LeafAt | undefined>(16 * KEY_NIBBLES);

  /** `before` are the children in whose places the source holds something by itself. */
  open(depth: number, before: number): void {
    this.#before[depth] = before;
    this.#newLeaves[depth] = 0;
    this.#extensions[depth] = 0;
  }

  before(depth: number): number {
    return this.#before[depth] as number;
  }

  /** Which children are leaves for which the source has yet to get something. */
  newLeaves(depth: number): number {
    return this.#newLeaves[depth] as number;
  }

  /** Which children are extensions that are new or changed. */
  extensions(depth: number): number {
    return this.#extensions[depth] as number;
  }

  /** The leaf that the pass put in the place of a child last. */
  leaf(depth: number, nibble: number): LeafAt {
    return this.#leaves[16 * depth + nibble] as LeafAt;
  }

  putLeaf(depth: number, nibble: number, leaf: LeafAt, isPlaced: boolean): void {
    const bit = 1 << nibble;
    this.#leaves[16 * depth + nibble] = leaf;
    (this.#extensions[depth] as number) &= ~bit;
    this.#newLeaves[depth] = isPlaced ? this.newLeaves(depth) & ~bit : this.newLeaves(depth) | bit;
  }

  putNode(depth: number, nibble: number, isExtension: boolean): void {
    const bit = 1 << nibble;
    (this.#newLeaves[depth] as number) &= ~bit;
    this.#extensions[depth] = isExtension ? this.extensions(depth) | bit : this.extensions(depth) & ~bit;
  }

  /** Lets go of the leaves. */
  clear(): void {
    this.#leaves.fill(undefined);
  }
}
