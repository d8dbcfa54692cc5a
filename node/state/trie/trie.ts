import { equalBytes } from "../../../lang/base/bytes.ts";
import { appendNibble, commonLength, concatNibbles, fromNibbles, NO_NIBBLES, toNibbles, type Nibbles } from "./nibbles.ts";
import { EMPTY_ROOT, leafPath, HASH_SIZE, newHashSlot, referenceOf, rootHash, sealNode, type Node, type Slot } from "./nodes.ts";
import { leafMark, resolve, type NodeSource } from "./source.ts";
import { compareNibbles, Updater, type NibbleChange } from "./update.ts";

/** A key to set, or to take out when `value` is undefined. A value is never empty: empty means absent in this trie. */
export interface TrieChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  /** For a source that holds marks: the name of the key's record. */
  readonly name?: Uint8Array;
}

/** What a node store must do to hold a trie: each node, or the mark of a leaf, under its path. */
export interface NodeWrites {
  readonly puts: readonly { readonly path: Nibbles; readonly encoded: Uint8Array }[];
  readonly deletes: readonly Nibbles[];
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
  readonly #root: Slot | undefined;
  readonly #dropped: readonly (readonly Nibbles[])[];

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
    return rootHash(this.#root);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const nibbles = toNibbles(key);
    let slot = this.#root;
    let depth = 0;
    while (slot !== undefined) {
      const node: Node = resolve(slot, nibbles.subarray(0, depth), this.#source);
      if (node.kind === "branch") {
        if (depth === nibbles.length) return node.value;
        slot = node.children[nibbles[depth++] as number];
        continue;
      }
      const path = node.kind === "leaf" ? leafPath(node) : node.path;
      const common = commonLength(path, 0, nibbles, depth);
      if (common < path.length) return undefined;
      depth += common;
      if (node.kind === "leaf") return depth === nibbles.length ? node.value : undefined;
      slot = node.child;
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
    const deletes = new Map<string, Nibbles>();
    for (const paths of this.#dropped) for (const path of paths) deletes.set(textOf(path), path);
    const puts: { path: Nibbles; encoded: Uint8Array }[] = [];
    collectPuts(this.#root, NO_NIBBLES, puts);
    if (deletes.size > 0) for (const { path } of puts) deletes.delete(textOf(path));
    return { puts, deletes: [...deletes.values()] };
  }

  /** Keys that begin with `prefix` and their values, in byte order. Every key must have a whole number of bytes. */
  *entries(prefix: Uint8Array = NO_NIBBLES): Generator<readonly [Uint8Array, Uint8Array]> {
    for (const [key, value] of walk(this.#root, NO_NIBBLES, toNibbles(prefix), this.#source)) yield [fromNibbles(key), value];
  }
}

function sortChanges(changes: readonly TrieChange[]): NibbleChange[] {
  const sorted = changes.map(({ key, value, name }) => ({ key: toNibbles(key), value: value?.length === 0 ? undefined : value, name }));
  sorted.sort((a, b) => compareNibbles(a.key, b.key));
  // The sort keeps the order of equal keys, so the last of a run is the latest.
  return sorted.filter((change, i) => {
    const next = sorted[i + 1];
    return next === undefined || compareNibbles(change.key, next.key) !== 0;
  });
}

/** Nodes that are not in the store yet. Embedded ones stand in their parent; the root is stored at any size. */
function collectPuts(slot: Slot | undefined, path: Nibbles, puts: { path: Nibbles; encoded: Uint8Array }[]): void {
  if (slot === undefined || slot.kind === "hash" || slot.stored) return;
  // Children first: then their references are there when this node is encoded.
  if (slot.kind === "extension") collectPuts(slot.child, concatNibbles(path, slot.path), puts);
  else if (slot.kind === "branch") slot.children.forEach((child, nibble) => collectPuts(child, appendNibble(path, nibble), puts));
  if (slot.kind === "leaf" && slot.name !== undefined && path.length > 0) {
    if (!slot.placed && referenceOf(slot).length === HASH_SIZE) puts.push({ path, encoded: leafMark(slot.name) });
    return;
  }
  const encoded = sealNode(slot);
  if (encoded.length >= HASH_SIZE || path.length === 0) puts.push({ path, encoded });
}

/** A key of maps: one character for each nibble. */
function textOf(path: Nibbles): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString("latin1");
}

function* walk(slot: Slot | undefined, path: Nibbles, prefix: Nibbles, source: NodeSource): Generator<readonly [Nibbles, Uint8Array]> {
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
      if (only === undefined || only === nibble) yield* walk(node.children[nibble], appendNibble(path, nibble), prefix, source);
    }
  }
}

/** True if one of the two begins with the other. */
function agrees(path: Nibbles, prefix: Nibbles): boolean {
  return commonLength(path, 0, prefix, 0) === Math.min(path.length, prefix.length);
}
