import { concatBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import type { VersionedRecord } from "../versioned-record.ts";
import { decodeNode, decodeStoredBranch } from "./decode.ts";
import { encodeNode } from "./encode.ts";
import { hashOffset, IMAGE_HEAD, IMAGE_MARK, readMarks } from "./image.ts";
import type { Nibbles } from "./nibbles.ts";
import { HASH_SIZE, newLeaf, type BranchNode, type HashSlot, type LeafNode, type Node, type Slot } from "./nodes.ts";

/**
 * Where nodes come from: each under the path at which it stands. A source whose values also lie in a
 * flat index need not hold them twice: in place of a leaf it then holds a mark, 0 and the name of the
 * record. So a new value of a key that is there writes no leaf, and replacing one reads none.
 */
export interface NodeSource {
  /** A branch as image.ts has it, another node's encoding, or a leaf's mark; and the block that wrote it, for sources that have versions. */
  get(path: Nibbles): VersionedRecord;
  /** Key and value of a record, for a source that holds marks; undefined when it is gone. */
  leaf?(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined;
  /** Aborts with the fault that fits the source, because the node at `path` is missing or not what its hash says. */
  damaged(path: Nibbles): never;
}

/** A source that holds nothing, for tries built from scratch. */
export const NO_NODES: NodeSource = {
  get: () => ({ height: 0n, value: undefined }),
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

/** The name in a mark; undefined for a node. */
export function markedName(stored: Uint8Array): Uint8Array | undefined {
  return stored[0] === 0 ? stored.subarray(1) : undefined;
}

/** keccak256 of the node that a source stores at the empty path. */
export function rootOfStored(stored: Uint8Array): Uint8Array {
  return keccak256(encodingIn(stored));
}

/** The encoding of a stored node that is no mark. */
function encodingIn(stored: Uint8Array): Uint8Array {
  return stored[0] === IMAGE_MARK ? stored.subarray(IMAGE_HEAD) : stored;
}

/** The node behind a slot, read from the source and checked against its hash if it is not in memory. */
export function resolve(slot: Slot, path: Nibbles, source: NodeSource): Node {
  return slot.kind === "hash" ? verified(source.get(path), slot.hash, path, source) : slot;
}

/** The hash of a child of a branch that stands in the source. */
export function childHash({ image, imageMask }: BranchNode, nibble: number): Uint8Array {
  const at = hashOffset(imageMask, nibble);
  return image.subarray(at, at + HASH_SIZE);
}

/** A child of a branch; undefined for none. */
export function childOf(branch: BranchNode, nibble: number): Slot | undefined {
  const loaded = branch.loaded?.[nibble];
  if (loaded !== undefined || (branch.mask & (1 << nibble)) === 0) return loaded;
  return { kind: "hash", hash: childHash(branch, nibble) } satisfies HashSlot;
}

/** As resolve, from what the caller has fetched. */
export function verified({ value, height }: VersionedRecord, hash: Uint8Array, path: Nibbles, source: NodeSource): Node {
  if (value === undefined) return source.damaged(path);
  const name = markedName(value);
  const leaf = name === undefined ? undefined : markedLeaf(name, path, source);
  const encoded = leaf === undefined ? encodingIn(value) : encodeNode(leaf);
  if (!equalBytes(keccak256(encoded), hash)) return source.damaged(path);
  const node = leaf ?? (value[0] === IMAGE_MARK ? storedBranch(value, path, source) : decodeNode(encoded));
  node.stored = true;
  if (node.kind === "branch") node.height = height;
  return node;
}

function storedBranch(stored: Uint8Array, path: Nibbles, source: NodeSource): BranchNode {
  const marks = readMarks(stored);
  const branch = marks === undefined ? undefined : decodeStoredBranch(stored, marks);
  return branch ?? source.damaged(path);
}

/** The encoded node at a path, also where the source holds only its mark. Not checked against any hash. */
export function encodedAt(path: Nibbles, source: NodeSource): Uint8Array | undefined {
  const { value } = source.get(path);
  if (value === undefined) return undefined;
  const name = markedName(value);
  return name === undefined ? encodingIn(value) : encodeNode(markedLeaf(name, path, source));
}

function markedLeaf(name: Uint8Array, path: Nibbles, source: NodeSource): LeafNode {
  const found = source.leaf?.(name);
  return found === undefined ? source.damaged(path) : newLeaf(found.key, path.length, found.value, name, true);
}
