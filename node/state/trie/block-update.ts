import { equalBytes } from "../../../lang/base/bytes.ts";
import { IS_NEW, NO_NODE, UNCHANGED, type BlockArena } from "./block-arena.ts";
import { NodeEmitter } from "./block-emit.ts";
import { hashLeaf, hashNode, loadNode, type BlockLeaf } from "./block-load.ts";
import type { BlockLog } from "./block-log.ts";
import type { TrieChange } from "./changes.ts";
import { encodeExtension } from "./encode.ts";
import { commonLength, concatNibbles, nibbleAt, NO_NIBBLES, toNibbles, type Nibbles } from "./nibbles.ts";
import type { NodeSink } from "./node-write.ts";
import { bitCount, EMPTY_ROOT, HASH_SIZE } from "./nodes.ts";
import type { NodeSource } from "./source.ts";

/** What a step left in its place: what was there, nothing, the leaf in `#leaf`, or the node in `#node`. */
const KEPT = 0;
const NONE = 1;
const LEAF = 2;
const NODE = 3;
type Left = typeof KEPT | typeof NONE | typeof LEAF | typeof NODE;

export const KEY_BYTES = 32;
const KEY_NIBBLES = 2 * KEY_BYTES;

/** The trie before or after a pass: its root, and that node if it is in memory. */
export interface RootPlace {
  readonly hash: Uint8Array;
  readonly node: number;
}

export interface PassOptions {
  /** Of the block. */
  readonly height: number;
  /** Of passes over this arena, none of which has the number of another. */
  readonly pass: number;
  readonly source: NodeSource;
  readonly sink: NodeSink;
}

/**
 * Makes a block's changes in place, in one pass down and up again: hashes are replaced where they stand. What a branch was
 * is saved before (block-log.ts), and what the store must write is told on the way up.
 *
 * A place belongs to whoever holds it: a branch tells what becomes of the places of its children, but each branch of its
 * own, since that never moves. A branch that keeps one child only goes, and the child comes to stand in its place.
 *
 * `from` and `to` (exclusive) below are a stretch of the changes, which agree in their first `depth` nibbles.
 */
export class BlockUpdate {
  readonly #arena: BlockArena;
  readonly #log: BlockLog;
  readonly #emit: NodeEmitter;
  #source!: NodeSource;
  #pass = 0;
  #changes: readonly TrieChange[] = [];
  /** Of the changes, one behind another. */
  #keys = new Uint8Array(0);
  #hasDeletes = false;
  #node = NO_NODE;
  #leaf!: BlockLeaf;
  /** True if the source holds the leaf's mark where it stands. */
  #isPlaced = false;
  // Of the branch that is underway at each depth: what the source holds in its children's places, which leaves and extensions are new there.
  readonly #before = new Int32Array(KEY_NIBBLES);
  readonly #newLeaves = new Int32Array(KEY_NIBBLES);
  readonly #newExtensions = new Int32Array(KEY_NIBBLES);
  /** Leaves that this pass put in their places. */
  readonly #leaves = new Array<BlockLeaf | undefined>(16 * KEY_NIBBLES);

  constructor(arena: BlockArena, log: BlockLog) {
    this.#arena = arena;
    this.#log = log;
    this.#emit = new NodeEmitter(arena, log);
  }

  /** The changes are sorted, each key once, and take out only what is there. */
  run(root: RootPlace, changes: readonly TrieChange[], { height, pass, source, sink }: PassOptions): RootPlace {
    this.#source = source;
    this.#pass = pass;
    this.#changes = changes;
    this.#hasDeletes = changes.some(({ value }) => value === undefined);
    this.#keys = new Uint8Array(KEY_BYTES * changes.length);
    changes.forEach(({ key }, index) => this.#keys.set(key, KEY_BYTES * index));
    this.#emit.begin(sink, height, pass);
    const after = changes.length === 0 ? root : this.#rootAfter(root, changes.length);
    this.#leaves.fill(undefined);
    this.#changes = [];
    return after;
  }

  #rootAfter({ hash, node }: RootPlace, count: number): RootPlace {
    const isEmpty = equalBytes(hash, EMPTY_ROOT);
    const found = isEmpty || node !== NO_NODE ? node : loadNode(this.#arena, this.#source, NO_NIBBLES, hash);
    const left = isEmpty ? this.#build(0, count, 0) : this.#at(found, 0, count, 0);
    if (left === KEPT || (left === NONE && isEmpty)) return { hash, node: typeof found === "number" ? found : NO_NODE };
    this.#emit.at(this.#keys, 0, 0);
    const after = new Uint8Array(HASH_SIZE);
    if (left === NONE) {
      this.#emit.gone();
      return { hash: EMPTY_ROOT, node: NO_NODE };
    }
    if (left === LEAF) {
      this.#emit.leaf(this.#leaf);
      hashLeaf(this.#leaf, 0, after, 0);
      return { hash: after, node: NO_NODE };
    }
    if (this.#arena.isExtension(this.#node)) this.#emit.extension(this.#node);
    hashNode(this.#arena, this.#node, after, 0);
    return { hash: after, node: this.#node };
  }

  #at(found: number | BlockLeaf, from: number, to: number, depth: number): Left {
    if (typeof found !== "number") return this.#beside(found, from, to, depth);
    this.#arena.touch(found);
    return this.#arena.isExtension(found) ? this.#extension(found, from, to, depth) : this.#branch(found, from, to, depth);
  }

  #branch(node: number, from: number, to: number, depth: number): Left {
    const mask = this.#arena.mask(node);
    const touched = this.#touched(from, to, depth);
    const keepsChildren = (touched & ~mask) === 0 && !(this.#hasDeletes && this.#takesOut(from, to));
    const entry = keepsChildren ? this.#log.saveHashes(this.#arena, node, touched) : this.#log.saveWhole(this.#arena, node);
    this.#arena.setLog(node, this.#pass, entry + 1);
    this.#open(depth, { before: mask, leaves: 0, extensions: 0 });
    return this.#children(node, from, to, depth);
  }

  /** Makes the changes below a branch whose registers are set. */
  #children(branch: number, from: number, to: number, depth: number): Left {
    let node = branch;
    let there = this.#arena.mask(node);
    const wanted = there | this.#touched(from, to, depth);
    if (wanted !== there) node = this.#arena.reshape(node, wanted);
    let changed = 0;
    for (let at = from; at < to; ) {
      const nibble = this.#nibble(at, depth);
      const end = this.#stretchEnd(at, to, depth, nibble);
      const bit = 1 << nibble;
      const left = (there & bit) === 0 ? this.#build(at, end, depth + 1) : this.#child(node, nibble, at, end, depth + 1);
      at = end;
      if (left === KEPT || (left === NONE && (there & bit) === 0)) continue;
      if (left !== NONE) {
        if (this.#fill(node, nibble, depth, left)) changed |= bit;
        there |= bit;
      } else {
        this.#arena.setMark(node, nibble, false);
        this.#arena.setChild(node, nibble, NO_NODE);
        changed |= bit;
        there &= ~bit;
      }
    }
    if (changed !== 0) return this.#close(node, from, depth, { there, changed });
    if (node !== branch) return this.#source.damaged(this.#path(from, depth));
    this.#arena.setLog(node, this.#pass, UNCHANGED);
    return KEPT;
  }

  /** Puts what a step left in the place of a child; false if it is the same as before. */
  #fill(node: number, nibble: number, depth: number, left: Left): boolean {
    const bit = 1 << nibble;
    const at = this.#arena.hashAt(node, nibble);
    (this.#newLeaves[depth] as number) &= ~bit;
    (this.#newExtensions[depth] as number) &= ~bit;
    if (left === NODE) {
      const isNew = hashNode(this.#arena, this.#node, this.#arena.bytes, at);
      this.#arena.setChild(node, nibble, this.#node);
      if ((this.#arena.marks(node) & bit) !== 0) this.#arena.setMark(node, nibble, false);
      if (this.#arena.isExtension(this.#node)) (this.#newExtensions[depth] as number) |= bit;
      return isNew;
    }
    const leaf = this.#leaf;
    const isNew = hashLeaf(leaf, depth + 1, this.#arena.bytes, at);
    this.#leaves[16 * depth + nibble] = leaf;
    if (this.#isPlaced) return isNew;
    this.#arena.setChild(node, nibble, NO_NODE);
    this.#arena.setMark(node, nibble, leaf.name !== undefined);
    (this.#newLeaves[depth] as number) |= bit;
    return true;
  }

  /** What becomes of a branch of which the children `there` are left. */
  #close(branch: number, from: number, depth: number, { there, changed }: { readonly there: number; readonly changed: number }): Left {
    if (bitCount(there) < 2) return this.#collapse(branch, from, depth, { there, changed });
    const node = there === this.#arena.mask(branch) ? branch : this.#arena.reshape(branch, there);
    const before = this.#before[depth] as number;
    this.#emit.at(this.#keys, KEY_BYTES * from, depth);
    this.#emitGone(before & ~there);
    for (let left = (this.#newLeaves[depth] as number) & there; left !== 0; left &= left - 1) {
      const nibble = 31 - Math.clz32(left & -left);
      this.#emit.down(nibble);
      this.#emit.leaf(this.#leaves[16 * depth + nibble] as BlockLeaf);
      this.#emit.up();
    }
    for (let left = (this.#newExtensions[depth] as number) & there; left !== 0; left &= left - 1) {
      const nibble = 31 - Math.clz32(left & -left);
      this.#emit.down(nibble);
      this.#emit.extension(this.#arena.child(node, nibble));
      this.#emit.up();
    }
    this.#emit.branch(node, changed, before);
    this.#node = node;
    return NODE;
  }

  #emitGone(which: number): void {
    for (let left = which; left !== 0; left &= left - 1) {
      this.#emit.down(31 - Math.clz32(left & -left));
      this.#emit.gone();
      this.#emit.up();
    }
  }

  /** A branch with fewer than two children is none. */
  #collapse(node: number, from: number, depth: number, { there, changed }: { readonly there: number; readonly changed: number }): Left {
    const nibble = 31 - Math.clz32(there);
    const only = there === 0 ? undefined : this.#only(node, nibble, from, depth, changed);
    const isBranch = typeof only === "number" && !this.#arena.isExtension(only);
    this.#emit.at(this.#keys, KEY_BYTES * from, depth);
    // A branch stays where it is, though one of its parents goes.
    this.#emitGone((this.#before[depth] as number) & ~(isBranch ? there : 0));
    this.#arena.free(node);
    if (only === undefined) return NONE;
    if (typeof only !== "number") return this.#leaveLeaf(only);
    this.#node = only;
    return this.#behind(Uint8Array.of(nibble), NODE);
  }

  /** The only child of a branch that goes: as this pass left it, or as the source has it. */
  #only(node: number, nibble: number, from: number, depth: number, changed: number): number | BlockLeaf {
    const child = this.#arena.child(node, nibble);
    if (child !== NO_NODE) return child;
    const isOurs = ((changed | (this.#newLeaves[depth] as number)) & (1 << nibble)) !== 0;
    return isOurs ? (this.#leaves[16 * depth + nibble] as BlockLeaf) : this.#load(node, nibble, concatNibbles(this.#path(from, depth), Uint8Array.of(nibble)));
  }

  #leaveLeaf(leaf: BlockLeaf, isPlaced = false): Left {
    this.#leaf = leaf;
    this.#isPlaced = isPlaced;
    return LEAF;
  }

  /** Makes the changes below a child that is there. */
  #child(node: number, nibble: number, from: number, to: number, depth: number): Left {
    const child = this.#arena.child(node, nibble);
    if (child !== NO_NODE) return this.#at(child, from, to, depth);
    if (((this.#newLeaves[depth - 1] as number) & (1 << nibble)) !== 0) return this.#beside(this.#leaves[16 * (depth - 1) + nibble] as BlockLeaf, from, to, depth);
    const change = this.#change(from);
    if (to - from === 1 && change.isPlaced === true && (this.#arena.marks(node) & (1 << nibble)) !== 0) {
      // The key is there, and so is a leaf on its way: it is that key's.
      return change.value === undefined ? NONE : this.#leaveLeaf(change as BlockLeaf, true);
    }
    const found = this.#load(node, nibble, this.#path(from, depth));
    if (typeof found === "number") this.#arena.setChild(node, nibble, found);
    return this.#at(found, from, to, depth);
  }

  #load(node: number, nibble: number, path: Nibbles): number | BlockLeaf {
    const at = this.#arena.hashAt(node, nibble);
    return loadNode(this.#arena, this.#source, path, this.#arena.bytes.slice(at, at + HASH_SIZE));
  }

  #extension(node: number, from: number, to: number, depth: number): Left {
    const path = extensionPath(this.#arena, node);
    const common = Math.min(this.#common(path, from, depth), this.#common(path, to - 1, depth));
    if (common < path.length) return this.#split(node, path, common, from, to, depth);
    const end = depth + path.length;
    const child = this.#next(node, from, end);
    if (this.#arena.logOf(node, this.#pass) !== IS_NEW) this.#arena.setLog(node, this.#pass, this.#log.saveWhole(this.#arena, node) + 1);
    const left = this.#branch(child, from, to, end);
    if (left === NODE && !this.#arena.isExtension(this.#node)) {
      this.#arena.setNext(node, this.#node);
      hashNode(this.#arena, this.#node, this.#arena.bytes, this.#arena.nextHashAt(node));
      this.#node = node;
      return NODE;
    }
    if (left === KEPT) {
      this.#arena.setLog(node, this.#pass, UNCHANGED);
      return KEPT;
    }
    this.#emit.at(this.#keys, KEY_BYTES * from, end);
    this.#emit.gone();
    this.#arena.free(node);
    return this.#behind(path, left);
  }

  /** The branch that an extension leads to. */
  #next(node: number, from: number, depth: number): number {
    const known = this.#arena.next(node);
    if (known !== NO_NODE) return known;
    const at = this.#arena.nextHashAt(node);
    const path = this.#path(from, depth);
    const found = loadNode(this.#arena, this.#source, path, this.#arena.bytes.slice(at, at + HASH_SIZE));
    if (typeof found !== "number" || this.#arena.isExtension(found)) return this.#source.damaged(path);
    this.#arena.setNext(node, found);
    return found;
  }

  /** Some change leaves the path of an extension in the middle: a branch stands there, with what it led to as its only child at first. */
  #split(node: number, path: Nibbles, common: number, from: number, to: number, depth: number): Left {
    const bit = 1 << (path[common] as number);
    const rest = path.subarray(common + 1);
    const at = this.#arena.nextHashAt(node);
    const hash = this.#arena.bytes.slice(at, at + HASH_SIZE);
    const next = this.#arena.next(node);
    this.#arena.free(node);
    const branch = this.#newBranch(bit);
    const end = depth + common;
    this.#open(end, { before: rest.length === 0 ? bit : 0, leaves: 0, extensions: 0 });
    if (rest.length > 0) {
      this.#node = this.#newExtension(rest, hash, next);
      this.#fill(branch, path[common] as number, end, NODE);
    } else {
      this.#arena.bytes.set(hash, this.#arena.hashAt(branch, path[common] as number));
      this.#arena.setChild(branch, path[common] as number, next);
    }
    return this.#behind(path.subarray(0, common), this.#grown(branch, from, to, end));
  }

  /** Makes the changes where there is a leaf. */
  #beside(leaf: BlockLeaf, from: number, to: number, depth: number): Left {
    for (let own = from; own < to; own++) {
      const change = this.#change(own);
      if (!equalBytes(change.key, leaf.key)) continue;
      if (to - from > 1) return this.#build(from, to, depth);
      if (change.value === undefined) return NONE;
      if (equalBytes(change.value, leaf.value)) return KEPT;
      return this.#leaveLeaf(change as BlockLeaf, leaf.name !== undefined && change.name !== undefined && equalBytes(leaf.name, change.name));
    }
    const end = Math.min(this.#commonWith(leaf.key, from, depth), this.#commonWith(leaf.key, to - 1, depth));
    const nibble = nibbleAt(leaf.key, end);
    const branch = this.#newBranch(1 << nibble);
    this.#open(end, { before: 0, leaves: 0, extensions: 0 });
    this.#fill(branch, nibble, end, this.#leaveLeaf(leaf));
    return this.#behind(toNibbles(leaf.key, end).subarray(depth), this.#grown(branch, from, to, end));
  }

  /** A new branch with the changes made. One that changes nothing says that what takes out a key took it for one that is there. */
  #grown(branch: number, from: number, to: number, depth: number): Left {
    const left = this.#children(branch, from, to, depth);
    return left === KEPT ? this.#source.damaged(this.#path(from, depth)) : left;
  }

  /** The trie of what the changes put where there is nothing. */
  #build(start: number, end: number, depth: number): Left {
    let [from, to] = [start, end];
    while (from < to && this.#change(from).value === undefined) from++;
    while (from < to && this.#change(to - 1).value === undefined) to--;
    if (from === to) return NONE;
    if (to - from === 1) return this.#leaveLeaf(this.#change(from) as BlockLeaf);
    const common = this.#commonWith(this.#change(to - 1).key, from, depth);
    this.#open(common, { before: 0, leaves: 0, extensions: 0 });
    return this.#behind(this.#path(from, common).subarray(depth), this.#grown(this.#newBranch(0), from, to, common));
  }

  /** What a step left, made to stand where `path` leads to it. */
  #behind(path: Nibbles, left: Left): Left {
    if (left === LEAF) this.#isPlaced = false;
    if (left !== NODE || path.length === 0) return left;
    const node = this.#node;
    if (!this.#arena.isExtension(node)) {
      const hash = new Uint8Array(HASH_SIZE);
      hashNode(this.#arena, node, hash, 0);
      this.#node = this.#newExtension(path, hash, node);
      return NODE;
    }
    const at = this.#arena.nextHashAt(node);
    this.#node = this.#newExtension(concatNibbles(path, extensionPath(this.#arena, node)), this.#arena.bytes.slice(at, at + HASH_SIZE), this.#arena.next(node));
    this.#arena.free(node);
    return NODE;
  }

  #newBranch(mask: number): number {
    const node = this.#arena.newBranch(mask);
    this.#arena.setLog(node, this.#pass, IS_NEW);
    return node;
  }

  #newExtension(path: Nibbles, hash: Uint8Array, next: number): number {
    const node = this.#arena.newExtension(encodeExtension(path, hash), path.length, 0);
    this.#arena.setLog(node, this.#pass, IS_NEW);
    this.#arena.setNext(node, next);
    return node;
  }

  #open(depth: number, { before, leaves, extensions }: { readonly before: number; readonly leaves: number; readonly extensions: number }): void {
    this.#before[depth] = before;
    this.#newLeaves[depth] = leaves;
    this.#newExtensions[depth] = extensions;
  }

  /** Which children of a node so deep the changes are below. */
  #touched(from: number, to: number, depth: number): number {
    let touched = 0;
    for (let i = from; i < to; i++) touched |= 1 << this.#nibble(i, depth);
    return touched;
  }

  #takesOut(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (this.#change(i).value === undefined) return true;
    return false;
  }

  #stretchEnd(from: number, to: number, depth: number, nibble: number): number {
    let end = from + 1;
    while (end < to && this.#nibble(end, depth) === nibble) end++;
    return end;
  }

  #nibble(index: number, depth: number): number {
    return nibbleAt(this.#keys, KEY_NIBBLES * index + depth);
  }

  /** How many nibbles of the path a change's key goes on with. */
  #common(path: Nibbles, index: number, depth: number): number {
    let count = 0;
    while (count < path.length && path[count] === this.#nibble(index, depth + count)) count++;
    return count;
  }

  /** How many nibbles a change's key has in common with another, `depth` at least. */
  #commonWith(key: Uint8Array, index: number, depth: number): number {
    return depth + commonLength(this.#change(index).key, depth, key, depth);
  }

  #change(index: number): TrieChange {
    return this.#changes[index] as TrieChange;
  }

  #path(index: number, depth: number): Nibbles {
    return toNibbles(this.#change(index).key, depth);
  }
}

/** The nibbles of an extension. */
export function extensionPath(arena: BlockArena, node: number): Nibbles {
  const count = arena.pathLength(node);
  // The path ends where the head of the hash begins.
  const end = 2 * (arena.nextHashAt(node) - 1);
  return Uint8Array.from({ length: count }, (_, index) => nibbleAt(arena.bytes, end - count + index));
}
