import { equalBytes } from "../../../lang/base/bytes.ts";
import { sortChanges, type TrieChange } from "./changes.ts";
import { encodeNode, hashOfNode, storedBranch } from "./encode.ts";
import { IMAGE_HEAD } from "./image.ts";
import { appendNibble, commonLength, commonPath, concatNibbles, fromNibbles, nibbleAt, NO_NIBBLES, toNibbles, type Nibbles } from "./nibbles.ts";
import { EMPTY_ROOT, HASH_SIZE, leafPath, newHashSlot, type Node, type Slot, type StoredImage } from "./nodes.ts";
import { childOf, leafMark, resolve, type NodeSource } from "./source.ts";
import { Updater } from "./update.ts";

/** What a node store must do to hold a trie: each node, or the mark of a leaf, under its path. */
export interface NodeWrites {
  readonly puts: readonly NodePut[];
  readonly deletes: readonly Nibbles[];
}
export interface NodePut {
  readonly path: Nibbles;
  readonly encoded: Uint8Array;
  /** What the source holds there now, where that is known without asking it. */
  readonly before: StoredImage | undefined;
}

/**
 * A Merkle-Patricia trie as an immutable value: an update gives a new trie and shares what did not
 * change. Nodes load from the source when first needed; hashes are computed when the root is asked for.
 *
 * Our own because both public packages, merkle-patricia-tree 4.2.4 and @ethereumjs/mpt 10.1.3, compute
 * wrong roots after deletes with keys of different lengths (put 1100, 11, 1122; delete 1100; get 11 gives
 * nothing), and because batches make it over ten times as fast. With keys of one length the former is the
 * oracle in the tests.
 */
export class Trie {
  readonly #source: NodeSource;
  #root: Slot | undefined;
  #dropped: readonly (readonly Nibbles[])[];
  #rootHash: Uint8Array | undefined;

  private constructor(source: NodeSource, root: Slot | undefined, dropped: readonly (readonly Nibbles[])[]) {
    this.#source = source;
    this.#root = root;
    this.#dropped = dropped;
  }

  /** The trie whose root node the source holds under the empty path. */
  static at(source: NodeSource, root: Uint8Array): Trie {
    return new Trie(source, equalBytes(root, EMPTY_ROOT) ? undefined : newHashSlot(root), []);
  }

  static empty(source: NodeSource): Trie {
    return new Trie(source, undefined, []);
  }

  /** 32 bytes. */
  root(): Uint8Array {
    const root = this.#root;
    if (root === undefined) return EMPTY_ROOT;
    return root.kind === "hash" ? root.hash : (this.#rootHash ??= hashOfNode(root));
  }

  get(key: Uint8Array): Uint8Array | undefined {
    let slot = this.#root;
    let depth = 0;
    while (slot !== undefined) {
      const node: Node = resolve(slot, slot.kind === "hash" ? toNibbles(key, depth) : NO_NIBBLES, this.#source);
      if (node.kind === "leaf") {
        const length = 2 * node.key.length - node.from;
        return depth + length === 2 * key.length && commonLength(node.key, node.from, key, depth) === length ? node.value : undefined;
      }
      if (node.kind === "extension") {
        if (commonPath(node.path, key, depth) < node.path.length) return undefined;
        depth += node.path.length;
        slot = node.child;
      } else {
        if (depth === 2 * key.length) return node.value;
        slot = childOf(node, nibbleAt(key, depth++));
      }
    }
    return undefined;
  }

  /** All changes made at once, in any order. Of two changes of one key the later counts. */
  update(changes: readonly TrieChange[]): Trie {
    const updater = new Updater(this.#source);
    const root = updater.update(this.#root, sortChanges(changes));
    return new Trie(this.#source, root, updater.dropped.length === 0 ? this.#dropped : [...this.#dropped, updater.dropped]);
  }

  /** What the node store needs so that it holds this trie instead of the one it was loaded from. */
  writes(): NodeWrites {
    const puts: NodePut[] = [];
    const deletes = new Map<string, Nibbles>();
    for (const paths of this.#dropped) for (const path of paths) deletes.set(textOf(path), path);
    collectWrites(this.#root, NO_NIBBLES, { put: (put) => void puts.push(put), drop: (path) => void deletes.set(textOf(path), path) });
    if (deletes.size > 0) for (const { path } of puts) deletes.delete(textOf(path));
    return { puts, deletes: [...deletes.values()] };
  }

  /** Keys that begin with `prefix` and their values, in byte order. Every key must have a whole number of bytes. */
  *entries(prefix: Uint8Array = NO_NIBBLES): Generator<readonly [Uint8Array, Uint8Array]> {
    for (const [key, value] of walk(this.#root, NO_NIBBLES, toNibbles(prefix), this.#source)) yield [fromNibbles(key), value];
  }
}

interface WriteSink {
  put(put: NodePut): void;
  drop(path: Nibbles): void;
}

/** Nodes that are not in the store yet. Embedded ones stand in their parent; the root is stored at any size. */
function collectWrites(slot: Slot | undefined, path: Nibbles, sink: WriteSink): void {
  if (slot === undefined || slot.kind === "hash" || slot.stored) return;
  if (slot.kind === "leaf") {
    if (slot.placed && slot.value.length >= HASH_SIZE) return;
    const encoded = encodeNode(slot);
    const isOwn = encoded.length >= HASH_SIZE || path.length === 0;
    if (slot.name === undefined || path.length === 0) {
      if (isOwn) sink.put({ path, encoded, before: undefined });
    } else if (!isOwn && slot.placed) sink.drop(path);
    else if (isOwn && !slot.placed) sink.put({ path, encoded: leafMark(slot.name), before: undefined });
    return;
  }
  if (slot.kind === "extension") {
    collectWrites(slot.child, concatNibbles(path, slot.path), sink);
    const encoded = encodeNode(slot);
    if (encoded.length >= HASH_SIZE || path.length === 0) sink.put({ path, encoded, before: undefined });
    return;
  }
  slot.loaded?.forEach((child, nibble) => {
    if (child !== undefined && !child.stored) collectWrites(child, appendNibble(path, nibble), sink);
  });
  const stored = storedBranch(slot);
  if (stored.length >= IMAGE_HEAD + HASH_SIZE || path.length === 0) sink.put({ path, encoded: stored, before: slot.origin });
  else if (slot.origin !== undefined) sink.drop(path);
}

/** A key of maps: one character for each nibble. */
function textOf(path: Nibbles): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString("latin1");
}

function* walk(slot: Slot | undefined, path: Nibbles, prefix: Nibbles, source: NodeSource): Generator<readonly [Uint8Array, Uint8Array]> {
  if (slot === undefined || !agrees(path, prefix)) return;
  const node = resolve(slot, path, source);
  if (node.kind === "leaf") {
    const key = concatNibbles(path, leafPath(node));
    if (key.length >= prefix.length && agrees(key, prefix)) yield [key, node.value];
  } else if (node.kind === "extension") {
    yield* walk(node.child, concatNibbles(path, node.path), prefix, source);
  } else {
    if (node.value !== undefined && path.length >= prefix.length) yield [path, node.value];
    const only = path.length < prefix.length ? prefix[path.length] : undefined;
    for (let nibble = 0; nibble < 16; nibble++) {
      if (only === undefined || only === nibble) yield* walk(childOf(node, nibble), appendNibble(path, nibble), prefix, source);
    }
  }
}

/** True if one of the two begins with the other. */
function agrees(path: Nibbles, prefix: Nibbles): boolean {
  const limit = Math.min(path.length, prefix.length);
  for (let i = 0; i < limit; i++) if (path[i] !== prefix[i]) return false;
  return true;
}
