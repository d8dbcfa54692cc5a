import { assert } from "../../../lang/base/assert.ts";
import { equalBytes } from "../../../lang/base/bytes.ts";
import { BlockArena, IS_NEW, NO_NODE, UNCHANGED } from "./block-arena.ts";
import { loadChild, loadNext, loadNode, type BlockLeaf } from "./block-load.ts";
import { BlockLog } from "./block-log.ts";
import { BlockUpdate, type RootPlace } from "./block-update.ts";
import type { ChangeRow } from "./change-row.ts";
import { extensionPath } from "./new-nodes.ts";
import { commonPath, nibbleAt, NO_NIBBLES, toNibbles } from "./nibbles.ts";
import type { NodeSink } from "./node-write.ts";
import { EMPTY_ROOT } from "./nodes.ts";
import type { NodeSource } from "./source.ts";

/** A state: the block after which it is, and its root. */
export interface TrieState {
  readonly height: bigint;
  readonly stateRoot: Uint8Array;
}

export interface BlockChanges {
  /** Of the block. Must be below 2^32: at a block a second that is 136 years. */
  readonly height: bigint;
  /** In any order; they are sorted here. */
  readonly changes: ChangeRow;
  /** Holds the state that the trie stands at. */
  readonly source: NodeSource;
  readonly sink: NodeSink;
}

const HEIGHT_LIMIT = 1n << 32n;

/**
 * The state trie for whoever runs blocks: only the newest state, changed in place from block to block, its branches in
 * typed arrays (block-arena.ts) as far as there is room. Keys have 32 bytes and lie hashed over all the trie; leaves are
 * records of the source, of which it holds marks (source.ts). It writes what `Trie` writes, which is the one to read in for what
 * is stored where.
 *
 * The last block can be taken back as long as no other stands on it. A fault on the way, as of a damaged store, leaves the trie
 * where it was, with nothing in memory.
 */
export class BlockTrie {
  readonly #arena = new BlockArena();
  readonly #log = new BlockLog();
  readonly #update = new BlockUpdate(this.#arena, this.#log);
  readonly #limitBytes: number;
  #pass = 0;
  #height: bigint;
  #root: RootPlace;
  /** The state before the last block, while that can be taken back. */
  #before: TrieState | undefined;

  /** Nothing is in memory at first; `limitBytes` bounds what stays there from one block to the next. */
  constructor({ height, stateRoot }: TrieState, limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#height = height;
    this.#root = { hash: stateRoot, node: NO_NODE };
  }

  /** 32 bytes. */
  root(): Uint8Array {
    return this.#root.hash;
  }

  /** Bytes of the nodes in memory. */
  get usedBytes(): number {
    return this.#arena.usedBytes;
  }

  isAt({ height, stateRoot }: TrieState): boolean {
    return height === this.#height && equalBytes(stateRoot, this.#root.hash);
  }

  /** Makes the trie stand at a state that the source holds: at the last block's, at that before it, or at any other with nothing in memory. */
  standAt(state: TrieState): void {
    const before = this.#before;
    if (this.isAt(state)) this.#settle();
    else if (before !== undefined && before.height === state.height && equalBytes(before.stateRoot, state.stateRoot)) this.#takeBack(before);
    else this.#reset(state);
  }

  /** Makes a block's changes and tells the sink what the source is to hold for them. The trie must stand where the block does. */
  update({ height, changes, source, sink }: BlockChanges): void {
    assert(height < HEIGHT_LIMIT, "heights of blocks have 32 bits here");
    changes.sort();
    const before: TrieState = { height: this.#height, stateRoot: this.#root.hash };
    this.#settle();
    this.#pass++;
    try {
      this.#root = this.#update.run(this.#root, { height: Number(height), pass: this.#pass, changes, sink }, source);
    } catch (error) {
      this.#reset(before);
      throw error;
    }
    this.#height = height;
    this.#before = before;
  }

  /** The value of a key, of the state at which the trie stands; the source must hold it. */
  get(key: Uint8Array, source: NodeSource): Uint8Array | undefined {
    if (equalBytes(this.#root.hash, EMPTY_ROOT)) return undefined;
    let found: number | BlockLeaf = this.#root.node;
    if (found === NO_NODE) {
      found = loadNode(this.#arena, source, NO_NIBBLES, this.#root.hash);
      if (typeof found === "number") this.#root = { ...this.#root, node: found };
    }
    let depth = 0;
    while (typeof found === "number") {
      this.#arena.touch(found);
      if (this.#arena.isExtension(found)) {
        const path = extensionPath(this.#arena, found);
        if (commonPath(path, key, depth) < path.length) return undefined;
        depth += path.length;
        found = loadNext(this.#arena, source, found, toNibbles(key, depth));
      } else {
        const nibble = nibbleAt(key, depth++);
        if ((this.#arena.mask(found) & (1 << nibble)) === 0) return undefined;
        const child = this.#arena.child(found, nibble);
        found = child === NO_NODE ? loadChild(this.#arena, source, found, nibble, toNibbles(key, depth)) : child;
      }
    }
    return equalBytes(found.key, key) ? found.value : undefined;
  }

  /** The last block cannot be taken back any more. */
  #settle(): void {
    if (this.#before === undefined) return;
    this.#before = undefined;
    this.#log.clear();
    this.#arena.evict(this.#limitBytes);
    // Pages of sizes that were needed once stay; what is left of them is not worth moving.
    if (this.#arena.pagedBytes > 3 * this.#limitBytes + SPARE_BYTES) this.#reset({ height: this.#height, stateRoot: this.#root.hash });
  }

  #reset({ height, stateRoot }: TrieState): void {
    this.#arena.clear();
    this.#log.clear();
    this.#height = height;
    this.#root = { hash: stateRoot, node: NO_NODE };
    this.#before = undefined;
  }

  #takeBack({ height, stateRoot }: TrieState): void {
    const { node } = this.#root;
    const stays = node !== NO_NODE && this.#restore(node);
    if (!stays) return this.#reset({ height, stateRoot });
    this.#log.clear();
    this.#height = height;
    this.#root = { hash: stateRoot, node };
    this.#before = undefined;
  }

  /** Makes the node what it was before the last pass; false for one that was not there or had other children, which goes. */
  #restore(node: number): boolean {
    const arena = this.#arena;
    const log = arena.logOf(node, this.#pass);
    if (log === UNCHANGED) return true;
    const isExtension = arena.isExtension(node);
    if (log === IS_NEW || (!isExtension && this.#log.isWhole(log - 1))) {
      arena.freeAll(node);
      return false;
    }
    if (isExtension) {
      arena.setHeight(node, this.#log.height(log - 1));
      arena.bytes.set(this.#log.bytes.subarray(this.#log.from(log - 1), this.#log.to(log - 1)), arena.contentAt(node));
      const next = arena.next(node);
      if (next !== NO_NODE && !this.#restore(next)) arena.setNext(node, NO_NODE);
    } else {
      this.#log.restoreHashes(log - 1, arena, node);
      for (let left = this.#log.which(log - 1); left !== 0; left &= left - 1) {
        const nibble = 31 - Math.clz32(left & -left);
        const child = arena.child(node, nibble);
        if (child !== NO_NODE && !this.#restore(child)) arena.setChild(node, nibble, NO_NODE);
      }
    }
    arena.setLog(node, this.#pass, UNCHANGED);
    return true;
  }
}

const SPARE_BYTES = 1 << 18;
