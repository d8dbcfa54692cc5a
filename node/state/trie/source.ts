import { concatBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import { toNibbles, type Nibbles } from "./nibbles.ts";
import { decodeNode, encodeNode, hashOf, newLeaf, type HashSlot, type LeafNode, type Node, type Slot } from "./nodes.ts";

/**
 * Where nodes come from: each under the path at which it stands. A source whose values also lie in a
 * flat index need not hold them twice: in place of a leaf it then holds a mark, 0 and the name of the
 * record. So a new value of a key that is there writes no leaf, and replacing one reads none.
 */
export interface NodeSource {
  /** An encoded node, or a leaf's mark. */
  get(path: Nibbles): Uint8Array | undefined;
  /** Key and value of a record, for a source that holds marks; undefined when it is gone. */
  leaf?(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined;
  /** Aborts with the fault that fits the source, because the node at `path` is missing or not what its hash says. */
  damaged(path: Nibbles): never;
}

/** A source that holds nothing, for tries built from scratch. */
export const NO_NODES: NodeSource = {
  get: () => undefined,
  damaged(path) {
    throw new Error(`an empty source was asked for the node at ${path.join(".")}`);
  },
};

/** An encoded node is a list, so its first byte is 0xc0 at least. */
const MARK = Uint8Array.of(0);

/** What a source holds in place of a leaf. */
export function leafMark(name: Uint8Array): Uint8Array {
  return concatBytes(MARK, name);
}

/** The name in a mark; undefined for an encoded node. */
export function markedName(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === 0 ? bytes.subarray(1) : undefined;
}

/** The node behind a slot, read from the source and checked against its hash if it is not in memory. */
export function resolve(slot: Slot, path: Nibbles, source: NodeSource): Node {
  if (slot.kind !== "hash") return slot;
  return verified(source.get(path), slot, path, source);
}

/** As resolve, from bytes that the caller has fetched. */
export function verified(bytes: Uint8Array | undefined, slot: HashSlot, path: Nibbles, source: NodeSource): Node {
  if (bytes === undefined) return source.damaged(path);
  const hash = hashOf(slot);
  const name = markedName(bytes);
  const leaf = name === undefined ? undefined : markedLeaf(name, path, source);
  const encoded = leaf === undefined ? bytes : encodeNode(leaf);
  if (!equalBytes(keccak256(encoded), hash)) return source.damaged(path);
  if (leaf === undefined) return decodeNode(encoded, hash);
  leaf.reference = hash;
  leaf.stored = true;
  return leaf;
}

/** The encoded node at a path, also where the source holds only its mark. Not checked against any hash. */
export function encodedAt(path: Nibbles, source: NodeSource): Uint8Array | undefined {
  const bytes = source.get(path);
  const name = bytes === undefined ? undefined : markedName(bytes);
  return name === undefined ? bytes : encodeNode(markedLeaf(name, path, source));
}

function markedLeaf(name: Uint8Array, path: Nibbles, source: NodeSource): LeafNode {
  const found = source.leaf?.(name);
  return found === undefined ? source.damaged(path) : newLeaf(toNibbles(found.key), path.length, found.value, name, true);
}
