import { IS_NEW, UNCHANGED, type BlockArena } from "./block-arena.ts";
import type { BranchFrames, LeafAt } from "./block-frames.ts";
import type { BlockLog } from "./block-log.ts";
import { ChangeRow } from "./change-row.ts";
import { encodeLeaf } from "./encode.ts";
import { imageDelta } from "./image-delta.ts";
import { NodeWrite, type NodeSink } from "./node-write.ts";
import { leafMark } from "./source.ts";

/** What one block makes of the trie. */
export interface BlockPass {
  /** Of the block. */
  readonly height: number;
  /** Of passes over this arena, none of which has the number of another. */
  readonly pass: number;
  /** They take out only what is there. */
  readonly changes: ChangeRow;
  readonly sink: NodeSink;
}

export const NO_PASS: BlockPass = { height: 0, pass: 0, changes: new ChangeRow(), sink: () => undefined };

/** Tells a sink what a pass over the trie changes, while it goes: as soon as it is known what a place will hold. */
export class NodeEmitter {
  readonly #arena: BlockArena;
  readonly #log: BlockLog;
  readonly #frames: BranchFrames;
  readonly #write = new NodeWrite();
  #pass: BlockPass = NO_PASS;

  constructor(arena: BlockArena, log: BlockLog, frames: BranchFrames) {
    this.#arena = arena;
    this.#log = log;
    this.#frames = frames;
  }

  begin(pass: BlockPass): void {
    this.#pass = pass;
  }

  /** What is told next is of the place at the first `depth` nibbles of a change's key. */
  at(index: number, depth: number): void {
    this.#pass.changes.writePath(index, depth, this.#write.path);
    this.#write.depth = depth;
  }

  /** A branch that stands here, of whose children `changed` have other hashes now, and what becomes of their places. */
  branch(node: number, changed: number): void {
    const { depth } = this.#write;
    const before = this.#frames.before(depth);
    const there = this.#arena.mask(node);
    const leaves = this.#frames.newLeaves(depth) & there;
    const extensions = this.#frames.extensions(depth) & there;
    if ((before & ~there) !== 0) this.goneBelow(before & ~there);
    if (leaves !== 0) this.#below(leaves, (nibble) => this.leaf(this.#frames.leaf(depth, nibble)));
    if (extensions !== 0) this.#below(extensions, (nibble) => this.extension(this.#arena.child(node, nibble)));
    this.#branchAlone(node, changed, before);
  }

  /** What stood in the places of these children is gone. */
  goneBelow(which: number): void {
    this.#below(which, () => this.gone());
  }

  #below(which: number, tell: (nibble: number) => void): void {
    const write = this.#write;
    for (let left = which; left !== 0; left &= left - 1) {
      const nibble = 31 - Math.clz32(left & -left);
      write.path[write.depth++] = nibble;
      tell(nibble);
      write.depth--;
    }
  }

  #branchAlone(node: number, changed: number, maskBefore: number): void {
    const entry = this.#before(node);
    if (entry !== undefined && !this.#log.isWhole(entry)) {
      this.#log.keepHashes(entry, changed);
      this.#setBefore("delta", entry);
    } else if (entry !== undefined && this.#arena.mask(node) === maskBefore) {
      this.#setDelta(node, entry);
    }
    this.#putNode(node);
  }

  /** An extension that stands here. */
  extension(node: number): void {
    this.#before(node);
    this.#putNode(node);
  }

  /** A leaf that came to stand here: its mark, or all of it at the root or where it has no name. */
  leaf(leaf: LeafAt): void {
    const { key, value, name } = typeof leaf === "number" ? this.#pass.changes.leaf(leaf) : leaf;
    const write = this.#write;
    write.before = "unknown";
    const bytes = name === undefined || write.depth === 0 ? encodeLeaf(key, write.depth, value) : leafMark(name);
    this.#put(bytes, 0, bytes.length);
  }

  /** What stood here is gone. */
  gone(): void {
    const write = this.#write;
    write.before = "unknown";
    write.isGone = true;
    this.#pass.sink(write);
  }

  /** Where the log has what the node was before; it is set as that. Undefined for one that is new. */
  #before(node: number): number | undefined {
    const log = this.#arena.logOf(node, this.#pass.pass);
    this.#write.before = "unknown";
    if (log === IS_NEW || log === UNCHANGED) return undefined;
    this.#setBefore("whole", log - 1);
    return log - 1;
  }

  #setBefore(before: "whole" | "delta", entry: number): void {
    const write = this.#write;
    write.before = before;
    write.beforeHeight = this.#log.height(entry);
    write.beforeBytes = this.#log.bytes;
    write.beforeFrom = this.#log.from(entry);
    write.beforeTo = this.#log.to(entry);
  }

  /** For a branch that lost children and got them back, or whose children did. */
  #setDelta(node: number, entry: number): void {
    const after = this.#arena.bytes.subarray(this.#arena.contentAt(node), this.#arena.contentEnd(node));
    const delta = imageDelta(this.#log.bytes.subarray(this.#log.from(entry), this.#log.to(entry)), after);
    if (delta === undefined) return;
    this.#setBefore("delta", entry);
    this.#write.beforeBytes = delta;
    this.#write.beforeFrom = 0;
    this.#write.beforeTo = delta.length;
  }

  #putNode(node: number): void {
    this.#arena.setHeight(node, this.#pass.height);
    this.#put(this.#arena.bytes, this.#arena.contentAt(node), this.#arena.contentEnd(node));
  }

  #put(bytes: Uint8Array, from: number, to: number): void {
    const write = this.#write;
    write.isGone = false;
    write.bytes = bytes;
    write.from = from;
    write.to = to;
    this.#pass.sink(write);
  }
}
