import { keccak256 } from "../../../lang/base/hash.ts";
import { commonLength, concatNibbles, fromNibbles, toNibbles, type Nibbles } from "./nibbles.ts";

/**
 * Nodes of the trie in memory: leaf [path, value], extension [path, child], branch of 16 children and a
 * value, as in Ethereum. A child is named by its keccak256, or stands in its parent when its encoding is under
 * 32 bytes. What a node stands for never changes; its hash is computed when first asked for.
 *
 * A state of a million domains has some 300,000 branches, most of whose children nobody has asked for. So a
 * branch keeps the hashes of its children where they are stored anyway, in its image, and makes an object of
 * a child only to change it. Source: Ethereum Yellow Paper, appendix D.
 */
export type Node = LeafNode | ExtensionNode | BranchNode;

export interface LeafNode {
  readonly kind: "leaf";
  /** Its path are the nibbles of `key` from `from` on: a path of its own for each leaf would cost more than the leaf. */
  readonly key: Uint8Array;
  readonly from: number;
  readonly value: Uint8Array;
  /** Under what name the source finds the value by itself, see source.ts; undefined where leaves are stored whole. */
  readonly name: Uint8Array | undefined;
  /** True if the source already holds a mark of this name in this place, so that only the value is new. */
  readonly placed: boolean;
  /** True if the source holds the node under its path. Embedded nodes are never stored by themselves. */
  stored: boolean;
}

export interface ExtensionNode {
  readonly kind: "extension";
  /** Never empty; the child is a branch. */
  readonly path: Nibbles;
  readonly child: Slot;
  stored: boolean;
}

export interface BranchNode {
  readonly kind: "branch";
  readonly value: Uint8Array | undefined;
  /** Which children there are, a bit for each. At least two of children and value are there. */
  readonly mask: number;
  /** Which of them are leaves for which the source holds a mark, as far as is known. */
  marks: number;
  /** Children in memory; all that are new, and those that stand in this node itself. */
  loaded: (Node | undefined)[] | undefined;
  /** Which of them have no hash in the image yet. */
  dirty: number;
  /** Which of them stand in this node, once nothing is dirty. */
  embedded: number;
  /** The hashes of the children that `imageMask` says, see image.ts; never written to once it is made. */
  image: Uint8Array;
  imageMask: number;
  stored: boolean;
  /** Block that wrote the node as it is stored, and before that the block that wrote `origin`. */
  height: bigint;
  /** What the source holds in this place while this node is not stored. */
  origin: StoredImage | undefined;
}

/** A branch as the source holds it; without bytes where those are not its image. */
export interface StoredImage {
  readonly height: bigint;
  readonly image: Uint8Array | undefined;
}

/** A child that was not loaded: only its hash is known, 32 bytes. */
export interface HashSlot {
  readonly kind: "hash";
  readonly hash: Uint8Array;
}
export type Slot = Node | HashSlot;

export const HASH_SIZE = 32;
/** keccak256 of the encoding of nothing: the root of an empty trie. */
export const EMPTY_ROOT = keccak256(Uint8Array.of(0x80));

const NO_IMAGE = new Uint8Array(0);
const NO_CHILDREN = Array.from({ length: 16 }, (): Node | undefined => undefined);

export const newLeaf = (key: Uint8Array, from: number, value: Uint8Array, name?: Uint8Array, placed = false): LeafNode => ({ kind: "leaf", key, from, value, name, placed, stored: false });
export const newExtension = (path: Nibbles, child: Slot): ExtensionNode => ({ kind: "extension", path, child, stored: false });
export const newHashSlot = (hash: Uint8Array): HashSlot => ({ kind: "hash", hash });

/** A branch while it is put together. */
export type BranchDraft = { -readonly [K in keyof BranchNode]: BranchNode[K] } & { loaded: (Node | undefined)[] };

export function newBranch(value?: Uint8Array): BranchDraft {
  return { kind: "branch", value, mask: 0, marks: 0, loaded: NO_CHILDREN.slice(), dirty: 0, embedded: 0, image: NO_IMAGE, imageMask: 0, stored: false, height: 0n, origin: undefined };
}

/** A branch that is `node` until something is set. */
export function draftOf(node: BranchNode): BranchDraft {
  const { value, mask, marks, dirty, embedded, image, imageMask, height } = node;
  const loaded = (node.loaded ?? NO_CHILDREN).slice();
  return { kind: "branch", value, mask, marks, loaded, dirty, embedded, image, imageMask, stored: false, height, origin: node.stored ? { height, image: isPlain(node) ? image : undefined } : node.origin };
}

/** Its image holds its encoding; the branch is sealed, see encode.ts. */
export function isPlain({ embedded, value }: BranchNode): boolean {
  return embedded === 0 && value === undefined;
}

/** Puts a node, or nothing, in the place of a child. */
export function setChild(draft: BranchDraft, nibble: number, child: Node | undefined): void {
  const bit = 1 << nibble;
  draft.loaded[nibble] = child;
  draft.mask = child === undefined ? draft.mask & ~bit : draft.mask | bit;
  draft.marks = child?.kind === "leaf" && child.name !== undefined ? draft.marks | bit : draft.marks & ~bit;
  draft.dirty = child === undefined ? draft.dirty & ~bit : draft.dirty | bit;
  draft.embedded &= ~bit;
}

/** How many bits of 16 are set. */
export function bitCount(mask: number): number {
  let count = mask - ((mask >> 1) & 0x5555);
  count = (count & 0x3333) + ((count >> 2) & 0x3333);
  count = (count + (count >> 4)) & 0x0f0f;
  return (count + (count >> 8)) & 0x1f;
}

/** The whole key of a leaf that stands at the first `depth` nibbles of `beside`: its own may lack what its parents say. */
export function leafKey({ key, from }: LeafNode, beside: Uint8Array, depth: number): Uint8Array {
  if (from === depth && commonLength(key, 0, beside, 0) >= depth) return key;
  return fromNibbles(concatNibbles(toNibbles(beside, depth), toNibbles(key).subarray(from)));
}

export const leafPath = (leaf: LeafNode): Nibbles => toNibbles(leaf.key).subarray(leaf.from);
