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
  if (node.kind === "leaf") return encodeRlp([encodeHexPrefix(node.path, true), node.value]);
  if (node.kind === "extension") return encodeParts([encodeRlp(encodeHexPrefix(node.path, false)), slotItem(node.child)]);
  const parts: Uint8Array[] = [];
  for (const child of node.children) parts.push(child === undefined ? EMPTY_ITEM : slotItem(child));
  parts.push(encodeRlp(node.value ?? NO_BYTES));
  return encodeParts(parts);
}

const NO_BYTES = new Uint8Array(0);
const EMPTY_ITEM = Uint8Array.of(0x80);

/** How a parent names this child, as an encoded RLP item. */
function slotItem(slot: Slot): Uint8Array {
  const reference = slot.kind === "hash" ? slot.hash : referenceOf(slot);
  if (reference.length < HASH_SIZE) return reference;
  const item = new Uint8Array(1 + HASH_SIZE);
  item[0] = 0x80 + HASH_SIZE;
  item.set(reference, 1);
  return item;
}

/** The node's hash, or its encoding when that is under 32 bytes. */
export function referenceOf(node: Node): Uint8Array {
  if (node.seal.reference !== undefined) return node.seal.reference;
  const encoded = encodeNode(node);
  const reference = encoded.length < HASH_SIZE ? encoded : keccak256(encoded);
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

/** An RLP list of items that are encoded already. */
function encodeParts(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const head = size < 56 ? Uint8Array.of(0xc0 + size) : size < 256 ? Uint8Array.of(0xf8, size) : Uint8Array.of(0xf9, size >> 8, size & 255);
  if (size > 0xffff) return encodeRlp(parts.map(decodeRlp));
  const out = new Uint8Array(head.length + size);
  out.set(head);
  let at = head.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
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
