import { IS_NEW, UNCHANGED, type BlockArena } from "./block-arena.ts";
import type { BlockLeaf } from "./block-load.ts";
import type { BlockLog } from "./block-log.ts";
import { encodeLeaf } from "./encode.ts";
import { imageDelta } from "./image-delta.ts";
import { nibbleAt } from "./nibbles.ts";
import { NodeWrite, type NodeSink } from "./node-write.ts";
import { leafMark } from "./source.ts";

/** Tells a sink what a pass over the trie changes, while it goes: as soon as it is known what a place will hold. */
export class NodeEmitter {
  readonly #arena: BlockArena;
  readonly #log: BlockLog;
  readonly #write = new NodeWrite();
  #sink: NodeSink = () => undefined;
  #height = 0;
  #pass = 0;

  constructor(arena: BlockArena, log: BlockLog) {
    this.#arena = arena;
    this.#log = log;
  }

  begin(sink: NodeSink, height: number, pass: number): void {
    this.#sink = sink;
    this.#height = height;
    this.#pass = pass;
  }

  /** The places that follow are the first `depth` nibbles of the packed key that begins at byte `at`. */
  at(keys: Uint8Array, at: number, depth: number): void {
    const { path } = this.#write;
    for (let i = 0; i < depth; i++) path[i] = nibbleAt(keys, 2 * at + i);
    this.#write.depth = depth;
  }

  /** The place one nibble further, until `up`. */
  down(nibble: number): void {
    const write = this.#write;
    write.path[write.depth++] = nibble;
  }

  up(): void {
    this.#write.depth--;
  }

  /** A branch that stands here and of whose children `changed` have other hashes now; before it had those in `maskBefore`, if the log knows it. */
  branch(node: number, changed: number, maskBefore: number): void {
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
  leaf({ key, value, name }: BlockLeaf): void {
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
    this.#sink(write);
  }

  /** Where the log has what the node was before; it is set as that. Undefined for one that is new. */
  #before(node: number): number | undefined {
    const log = this.#arena.logOf(node, this.#pass);
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
    this.#arena.setHeight(node, this.#height);
    this.#put(this.#arena.bytes, this.#arena.contentAt(node), this.#arena.contentEnd(node));
  }

  #put(bytes: Uint8Array, from: number, to: number): void {
    const write = this.#write;
    write.isGone = false;
    write.bytes = bytes;
    write.from = from;
    write.to = to;
    this.#sink(write);
  }
}
