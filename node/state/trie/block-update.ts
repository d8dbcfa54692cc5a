import { equalBytes } from "../../../lang/base/bytes.ts";
import { IS_NEW, NO_NODE, UNCHANGED, type BlockArena } from "./block-arena.ts";
import { NO_PASS, NodeEmitter, type BlockPass } from "./block-emit.ts";
import { BranchFrames, type LeafAt } from "./block-frames.ts";
import { hashLeaf, hashNode, loadChild, loadNext, loadNode, type BlockLeaf } from "./block-load.ts";
import type { BlockLog } from "./block-log.ts";
import { extensionPath, newBranch, newExtension, nodeBehind } from "./new-nodes.ts";
import { concatNibbles, nibbleAt, NO_NIBBLES, toNibbles, type Nibbles } from "./nibbles.ts";
import { bitCount, EMPTY_ROOT, HASH_SIZE } from "./nodes.ts";
import type { NodeSource } from "./source.ts";

/** What a step left in its place: what was there, nothing, the leaf in `#leaf`, or the node in `#node`. */
const KEPT = 0;
const NONE = 1;
const LEAF = 2;
const NODE = 3;
type Left = typeof KEPT | typeof NONE | typeof LEAF | typeof NODE;

/** The root of a trie, and that node if it is in memory. */
export interface RootPlace {
  readonly hash: Uint8Array;
  readonly node: number;
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
  readonly #frames = new BranchFrames();
  #source!: NodeSource;
  #pass = NO_PASS.pass;
  #changes = NO_PASS.changes;
  #node = NO_NODE;
  #leaf: LeafAt = 0;
  /** True if the source holds the leaf's mark where it stands. */
  #isPlaced = false;

  constructor(arena: BlockArena, log: BlockLog) {
    this.#arena = arena;
    this.#log = log;
    this.#emit = new NodeEmitter(arena, log, this.#frames);
  }

  /** The root afterwards. `source` holds what is not in memory. */
  run(root: RootPlace, pass: BlockPass, source: NodeSource): RootPlace {
    this.#source = source;
    this.#begin(pass);
    const after = pass.changes.length === 0 ? root : this.#rootAfter(root, pass.changes.length);
    this.#frames.clear();
    this.#leaf = 0;
    this.#begin(NO_PASS);
    return after;
  }

  #begin(pass: BlockPass): void {
    this.#pass = pass.pass;
    this.#changes = pass.changes;
    this.#emit.begin(pass);
  }

  #rootAfter({ hash, node }: RootPlace, count: number): RootPlace {
    const isEmpty = equalBytes(hash, EMPTY_ROOT);
    const found = isEmpty || node !== NO_NODE ? node : loadNode(this.#arena, this.#source, NO_NIBBLES, hash);
    const left = isEmpty ? this.#build(0, count, 0) : this.#at(found, 0, count, 0);
    if (left === KEPT || (left === NONE && isEmpty)) return { hash, node: typeof found === "number" ? found : NO_NODE };
    this.#emit.at(0, 0);
    const after = new Uint8Array(HASH_SIZE);
    if (left === NONE) {
      this.#emit.gone();
      return { hash: EMPTY_ROOT, node: NO_NODE };
    }
    if (left === LEAF) {
      this.#emit.leaf(this.#leaf);
      this.#hashLeaf(0, after, 0);
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
    const touched = this.#changes.touched(from, to, depth);
    const keepsChildren = (touched & ~mask) === 0 && !this.#changes.takesOut(from, to);
    const entry = keepsChildren ? this.#log.saveHashes(this.#arena, node, touched) : this.#log.saveWhole(this.#arena, node);
    this.#arena.setLog(node, this.#pass, entry + 1);
    this.#frames.open(depth, mask);
    const left = this.#children(node, from, to, depth, touched);
    if (left === KEPT) this.#arena.setLog(node, this.#pass, UNCHANGED);
    return left;
  }

  /** Makes the changes below a branch whose frame is open; `touched` are the children that they are below. */
  #children(branch: number, from: number, to: number, depth: number, touched: number): Left {
    let there = this.#arena.mask(branch);
    const node = (touched & ~there) === 0 ? branch : this.#arena.reshape(branch, touched | there);
    let changed = 0;
    for (let at = from; at < to; ) {
      const nibble = this.#changes.nibble(at, depth);
      const end = this.#changes.stretchEnd(at, to, depth);
      const bit = 1 << nibble;
      const left = (there & bit) === 0 ? this.#build(at, end, depth + 1) : this.#child(node, nibble, at, end, depth + 1);
      at = end;
      if (left === KEPT || (left === NONE && (there & bit) === 0)) continue;
      if (left === NONE) this.#arena.takeOut(node, nibble);
      const isNew = left === NONE || this.#fill(node, nibble, depth, left);
      if (isNew) changed |= bit;
      there = left === NONE ? there & ~bit : there | bit;
    }
    if (changed !== 0) return this.#close(node, from, depth, { there, changed });
    return node === branch ? KEPT : this.#lost(from, depth);
  }

  /** Puts what a step left in the place of a child; false if it is the same as before. */
  #fill(node: number, nibble: number, depth: number, left: typeof LEAF | typeof NODE): boolean {
    const at = this.#arena.hashAt(node, nibble);
    if (left === NODE) {
      this.#frames.putNode(depth, nibble, this.#arena.isExtension(this.#node));
      this.#arena.setChild(node, nibble, this.#node);
      this.#arena.setMark(node, nibble, false);
      return hashNode(this.#arena, this.#node, this.#arena.bytes, at);
    }
    this.#frames.putLeaf(depth, nibble, this.#leaf, this.#isPlaced);
    const isNew = this.#hashLeaf(depth + 1, this.#arena.bytes, at);
    if (this.#isPlaced) return isNew;
    this.#arena.setChild(node, nibble, NO_NODE);
    this.#arena.setMark(node, nibble, this.#leafOf(this.#leaf).name !== undefined);
    return true;
  }

  #hashLeaf(depth: number, out: Uint8Array, at: number): boolean {
    const leaf = this.#leaf;
    return typeof leaf === "number" ? this.#changes.hashLeaf(leaf, depth, out, at) : hashLeaf(leaf, depth, out, at);
  }

  #leafOf(leaf: LeafAt): BlockLeaf {
    return typeof leaf === "number" ? this.#changes.leaf(leaf) : leaf;
  }

  /** What becomes of a branch of which the children `there` are left, and those `changed` have other hashes. */
  #close(branch: number, from: number, depth: number, { there, changed }: { readonly there: number; readonly changed: number }): Left {
    if (bitCount(there) < 2) return this.#collapse(branch, from, depth, { there, changed });
    const node = there === this.#arena.mask(branch) ? branch : this.#arena.reshape(branch, there);
    this.#emit.at(from, depth);
    this.#emit.branch(node, changed);
    this.#node = node;
    return NODE;
  }

  /** A branch with fewer than two children is none. */
  #collapse(node: number, from: number, depth: number, { there, changed }: { readonly there: number; readonly changed: number }): Left {
    const nibble = 31 - Math.clz32(there);
    const only = there === 0 ? undefined : this.#only(node, nibble, from, depth, changed);
    const isBranch = typeof only === "number" && !this.#arena.isExtension(only);
    this.#emit.at(from, depth);
    // A branch stays where it is, though one of its parents goes.
    this.#emit.goneBelow(this.#frames.before(depth) & ~(isBranch ? there : 0));
    this.#arena.free(node);
    if (only === undefined) return NONE;
    if (typeof only !== "number") return this.#leave(only, false);
    this.#node = only;
    return this.#behind(Uint8Array.of(nibble), NODE);
  }

  /** The only child of a branch that goes: as this pass left it, or as the source has it. */
  #only(node: number, nibble: number, from: number, depth: number, changed: number): number | BlockLeaf {
    const child = this.#arena.child(node, nibble);
    if (child !== NO_NODE) return child;
    const isOurs = ((changed | this.#frames.newLeaves(depth)) & (1 << nibble)) !== 0;
    return isOurs ? this.#leafOf(this.#frames.leaf(depth, nibble)) : loadChild(this.#arena, this.#source, node, nibble, concatNibbles(this.#changes.path(from, depth), Uint8Array.of(nibble)));
  }

  /** Makes the changes below a child that is there. */
  #child(node: number, nibble: number, from: number, to: number, depth: number): Left {
    const child = this.#arena.child(node, nibble);
    if (child !== NO_NODE) return this.#at(child, from, to, depth);
    const bit = 1 << nibble;
    if ((this.#frames.newLeaves(depth - 1) & bit) !== 0) return this.#beside(this.#leafOf(this.#frames.leaf(depth - 1, nibble)), from, to, depth);
    if (to - from === 1 && this.#changes.isPlaced(from) && (this.#arena.marks(node) & bit) !== 0) {
      // The key is there, and so is a leaf on its way: it is that key's.
      return this.#changes.isGone(from) ? NONE : this.#leave(from, true);
    }
    return this.#at(loadChild(this.#arena, this.#source, node, nibble, this.#changes.path(from, depth)), from, to, depth);
  }

  #extension(node: number, from: number, to: number, depth: number): Left {
    const path = extensionPath(this.#arena, node);
    const common = this.#changes.commonPath(path, from, to, depth);
    if (common < path.length) return this.#split(node, path, common, from, to, depth);
    const end = depth + path.length;
    const child = loadNext(this.#arena, this.#source, node, this.#changes.path(from, end));
    if (this.#arena.logOf(node, this.#pass) !== IS_NEW) this.#arena.setLog(node, this.#pass, this.#log.saveWhole(this.#arena, node) + 1);
    const left = this.#branch(child, from, to, end);
    if (left === KEPT) {
      this.#arena.setLog(node, this.#pass, UNCHANGED);
      return KEPT;
    }
    if (left === NODE && !this.#arena.isExtension(this.#node)) {
      this.#arena.setNext(node, this.#node);
      hashNode(this.#arena, this.#node, this.#arena.bytes, this.#arena.nextHashAt(node));
      this.#node = node;
      return NODE;
    }
    this.#emit.at(from, end);
    this.#emit.gone();
    this.#arena.free(node);
    return this.#behind(path, left);
  }

  /** Some change leaves the path of an extension in the middle: a branch stands there, with what it led to as its only child at first. */
  #split(node: number, path: Nibbles, common: number, from: number, to: number, depth: number): Left {
    const nibble = path[common] as number;
    const rest = path.subarray(common + 1);
    const hash = this.#arena.hash(this.#arena.nextHashAt(node));
    const next = this.#arena.next(node);
    this.#arena.free(node);
    const branch = newBranch(this.#arena, this.#pass, 1 << nibble);
    const end = depth + common;
    this.#frames.open(end, rest.length === 0 ? 1 << nibble : 0);
    if (rest.length > 0) {
      this.#node = newExtension(this.#arena, this.#pass, rest, { hash, next });
      this.#fill(branch, nibble, end, NODE);
    } else {
      this.#arena.bytes.set(hash, this.#arena.hashAt(branch, nibble));
      this.#arena.setChild(branch, nibble, next);
    }
    return this.#behind(path.subarray(0, common), this.#grown(branch, from, to, end));
  }

  /** Makes the changes where there is a leaf. */
  #beside(leaf: BlockLeaf, from: number, to: number, depth: number): Left {
    for (let own = from; own < to; own++) {
      if (!equalBytes(this.#changes.key(own), leaf.key)) continue;
      if (to - from > 1) return this.#build(from, to, depth);
      if (this.#changes.isGone(own)) return NONE;
      const { value, name } = this.#changes.leaf(own);
      if (equalBytes(value, leaf.value)) return KEPT;
      return this.#leave(own, leaf.name !== undefined && name !== undefined && equalBytes(leaf.name, name));
    }
    const end = this.#changes.common(leaf.key, from, to, depth);
    const nibble = nibbleAt(leaf.key, end);
    const branch = newBranch(this.#arena, this.#pass, 1 << nibble);
    this.#frames.open(end, 0);
    this.#leave(leaf, false);
    this.#fill(branch, nibble, end, LEAF);
    return this.#behind(toNibbles(leaf.key, end).subarray(depth), this.#grown(branch, from, to, end));
  }

  /** The trie of what the changes put where there is nothing. */
  #build(start: number, end: number, depth: number): Left {
    let [from, to] = [start, end];
    while (from < to && this.#changes.isGone(from)) from++;
    while (from < to && this.#changes.isGone(to - 1)) to--;
    if (from === to) return NONE;
    if (to - from === 1) return this.#leave(from, false);
    const common = this.#changes.common(this.#changes.key(from), from, to, depth);
    this.#frames.open(common, 0);
    return this.#behind(this.#changes.path(from, common).subarray(depth), this.#grown(newBranch(this.#arena, this.#pass, 0), from, to, common));
  }

  /** A new branch with the changes made. */
  #grown(branch: number, from: number, to: number, depth: number): Left {
    const left = this.#children(branch, from, to, depth, this.#changes.touched(from, to, depth));
    return left === KEPT ? this.#lost(from, depth) : left;
  }

  /** Changes that change nothing took a key for one that is there. */
  #lost(from: number, depth: number): never {
    return this.#source.damaged(this.#changes.path(from, depth));
  }

  #leave(leaf: LeafAt, isPlaced: boolean): typeof LEAF {
    this.#leaf = leaf;
    this.#isPlaced = isPlaced;
    return LEAF;
  }

  /** What a step left, made to stand where `path` leads to it. */
  #behind(path: Nibbles, left: Left): Left {
    if (left === LEAF) this.#isPlaced = false;
    if (left === NODE && path.length > 0) this.#node = nodeBehind(this.#arena, this.#pass, path, this.#node);
    return left;
  }
}
