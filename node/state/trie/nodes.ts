import { assert } from "../../../lang/base/assert.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../../lang/base/rlp.ts";
import { decodeHexPrefix, encodeHexPrefix, type Nibbles } from "./nibbles.ts";

/**
 * Nodes of the trie in Ethereum's encoding: leaf [path, value], extension [path, child], branch of 16
 * children and a value. A child is named by its keccak256, or stands in its parent when its encoding is
 * under 32 bytes. Nodes never change; hashes are computed when first asked for.
 * Source: Ethereum Yellow Paper, appendix D.
 */
export type Node = LeafNode | ExtensionNode | BranchNode;
export interface LeafNode {
  readonly kind: "leaf";
  readonly path: Nibbles;
  readonly value: Uint8Array;
  readonly seal: Seal;
}
export interface ExtensionNode {
  readonly kind: "extension";
  /** Never empty; the child is a branch. */
  readonly path: Nibbles;
  readonly child: Slot;
  readonly seal: Seal;
}
export interface BranchNode {
  readonly kind: "branch";
  /** 16 of them; at least two of children and value are there. */
  readonly children: readonly (Slot | undefined)[];
  readonly value: Uint8Array | undefined;
  readonly seal: Seal;
}
/** A child that was not loaded: only its hash is known. */
export interface HashSlot {
  readonly kind: "hash";
  readonly hash: Uint8Array;
}
export type Slot = Node | HashSlot;

/** What is known about a node's encoding; filled in once. */
export interface Seal {
  /** The RLP item by which a parent names the node: 32 bytes of hash, or the node's own encoding. */
  reference?: Uint8Array;
  /** True if the node source holds the node under its path. Embedded nodes are never stored by themselves. */
  readonly stored: boolean;
}

const HASH_SIZE = 32;
/** keccak256 of the encoding of nothing: the root of an empty trie. */
export const EMPTY_ROOT = keccak256(Uint8Array.of(0x80));

export const newLeaf = (path: Nibbles, value: Uint8Array): LeafNode => ({ kind: "leaf", path, value, seal: { stored: false } });
export const newExtension = (path: Nibbles, child: Slot): ExtensionNode => ({ kind: "extension", path, child, seal: { stored: false } });
export const newBranch = (children: readonly (Slot | undefined)[], value: Uint8Array | undefined): BranchNode => ({ kind: "branch", children, value, seal: { stored: false } });

/** The node's canonical RLP. */
export function encodeNode(node: Node): Uint8Array {
  return writeNode(node).slice();
}

/** As encodeNode, in memory that the next call overwrites. */
function writeNode(node: Node): Uint8Array {
  if (node.kind === "leaf") return encodeParts([], encodeHexPrefix(node.path, true), node.value);
  if (node.kind === "extension") return encodeParts([node.child], encodeHexPrefix(node.path, false), undefined);
  return encodeParts(node.children, undefined, node.value ?? NO_BYTES);
}

const NO_BYTES = new Uint8Array(0);
const EMPTY_ITEM = 0x80;
const HASH_ITEM = 0x80 + HASH_SIZE;

let scratch = new Uint8Array(1024);

/**
 * An RLP list of a path, children and a value, as far as they are given. This is what a batch of updates
 * spends its time on: arrays for the parts would more than double it. Children are hashed when their
 * size is asked for, so nothing else is written while the scratch is in use.
 */
function encodeParts(children: readonly (Slot | undefined)[], path: Uint8Array | undefined, value: Uint8Array | undefined): Uint8Array {
  let size = (path === undefined ? 0 : itemSize(path)) + (value === undefined ? 0 : itemSize(value));
  for (const child of children) size += child === undefined ? 1 : childSize(child);
  const total = headSize(size) + size;
  if (scratch.length < total) scratch = new Uint8Array(2 * total);
  const out = scratch;
  let at = writeHead(out, 0, 0xc0, size);
  if (path !== undefined) at = writeItem(out, at, path);
  for (const child of children) at = writeChild(out, at, child);
  if (value !== undefined) writeItem(out, at, value);
  return out.subarray(0, total);
}

const childReference = (slot: Slot): Uint8Array => (slot.kind === "hash" ? slot.hash : referenceOf(slot));

function childSize(slot: Slot): number {
  const { length } = childReference(slot);
  return length < HASH_SIZE ? length : 1 + HASH_SIZE;
}

function writeChild(out: Uint8Array, at: number, slot: Slot | undefined): number {
  if (slot === undefined) {
    out[at] = EMPTY_ITEM;
    return at + 1;
  }
  const reference = childReference(slot);
  if (reference.length === HASH_SIZE) out[at++] = HASH_ITEM;
  // A loop is faster than set() for so few bytes.
  for (let i = 0; i < reference.length; i++) out[at + i] = reference[i] as number;
  return at + reference.length;
}

const isOwnItem = (bytes: Uint8Array): boolean => bytes.length === 1 && (bytes[0] as number) < 0x80;
const headSize = (size: number): number => (size < 56 ? 1 : size < 0x100 ? 2 : size < 0x1_0000 ? 3 : 4);
const itemSize = (bytes: Uint8Array): number => (isOwnItem(bytes) ? 1 : headSize(bytes.length) + bytes.length);

function writeItem(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const start = isOwnItem(bytes) ? at : writeHead(out, at, EMPTY_ITEM, bytes.length);
  out.set(bytes, start);
  return start + bytes.length;
}

function writeHead(out: Uint8Array, at: number, base: number, size: number): number {
  const width = headSize(size) - 1;
  out[at] = width === 0 ? base + size : base + 55 + width;
  for (let i = width; i > 0; i--) out[at + i] = (size >>> (8 * (width - i))) & 0xff;
  return at + 1 + width;
}

/** The node's hash, or its encoding when that is under 32 bytes. */
export function referenceOf(node: Node): Uint8Array {
  if (node.seal.reference !== undefined) return node.seal.reference;
  const encoded = writeNode(node);
  const reference = encoded.length < HASH_SIZE ? encoded.slice() : keccak256(encoded);
  node.seal.reference = reference;
  return reference;
}

/** 32 bytes, however short the root's encoding is. */
export function rootHash(root: Slot | undefined): Uint8Array {
  if (root === undefined) return EMPTY_ROOT;
  if (root.kind === "hash") return root.hash;
  const reference = referenceOf(root);
  return reference.length === HASH_SIZE ? reference : keccak256(reference);
}

/**
 * Reads a node that stood in the source or in a proof under `hash`, which the caller has checked.
 * Faults: CODEC_MALFORMED for anything but the one form of a node.
 */
export function decodeNode(encoded: Uint8Array, hash: Uint8Array | undefined): Node {
  return nodeOf(decodeRlp(encoded), hash === undefined ? { stored: false } : { stored: true, reference: encoded.length < HASH_SIZE ? encoded : hash });
}

function nodeOf(item: RlpItem, seal: Seal): Node {
  if (item instanceof Uint8Array) malformed("trie node: a list is expected");
  if (item.length === 17) return branchOf(item, seal);
  if (item.length !== 2) malformed("trie node: 2 or 17 items are expected");
  const { nibbles, isLeaf } = decodeHexPrefix(bytesOf(item[0]));
  if (isLeaf) return { kind: "leaf", path: nibbles, value: valueOf(item[1]) ?? malformed("trie node: leaf without a value"), seal };
  const child = childOf(item[1]) ?? malformed("trie node: extension without a child");
  if (nibbles.length === 0) malformed("trie node: extension without a path");
  if (child.kind === "leaf" || child.kind === "extension") malformed("trie node: an extension leads to a branch");
  return { kind: "extension", path: nibbles, child, seal };
}

function branchOf(items: readonly RlpItem[], seal: Seal): BranchNode {
  const children = items.slice(0, 16).map(childOf);
  const value = valueOf(items[16]);
  const count = children.reduce((sum, child) => sum + (child === undefined ? 0 : 1), value === undefined ? 0 : 1);
  if (count < 2) malformed("trie node: a branch holds at least two");
  return { kind: "branch", children, value, seal };
}

function bytesOf(item: RlpItem | undefined): Uint8Array {
  return item instanceof Uint8Array ? item : malformed("trie node: bytes are expected");
}

function valueOf(item: RlpItem | undefined): Uint8Array | undefined {
  const bytes = bytesOf(item);
  return bytes.length === 0 ? undefined : bytes;
}

function childOf(item: RlpItem | undefined): Slot | undefined {
  assert(item !== undefined, "the list was counted");
  if (!(item instanceof Uint8Array)) return embeddedOf(item);
  if (item.length === 0) return undefined;
  if (item.length !== HASH_SIZE) malformed("trie node: a child is a hash or a node");
  return { kind: "hash", hash: item };
}

function embeddedOf(item: RlpItem): Node {
  const encoded = encodeRlp(item);
  if (encoded.length >= HASH_SIZE) malformed("trie node: an embedded node is under 32 bytes");
  return nodeOf(item, { stored: false, reference: encoded });
}
