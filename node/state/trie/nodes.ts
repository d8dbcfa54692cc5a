import { assert } from "../../../lang/base/assert.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../../lang/base/rlp.ts";
import { decodeHexPrefix, type Nibbles } from "./nibbles.ts";

/**
 * Nodes of the trie in Ethereum's encoding: leaf [path, value], extension [path, child], branch of 16
 * children and a value. A child is named by its keccak256, or stands in its parent when its encoding is
 * under 32 bytes. Nodes never change; hashes are computed when first asked for.
 * Source: Ethereum Yellow Paper, appendix D.
 */
export type Node = LeafNode | ExtensionNode | BranchNode;
export interface LeafNode extends Seal {
  readonly kind: "leaf";
  /** Its path is `key` from nibble `from` on: a view of its own for each leaf would cost more than the leaf. */
  readonly key: Nibbles;
  readonly from: number;
  readonly value: Uint8Array;
  /** Under what name the source finds the value by itself, see source.ts; undefined where leaves are stored whole. */
  readonly name: Uint8Array | undefined;
  /** True if the source already holds a leaf of this key in this place, so that only its value is new. */
  readonly placed: boolean;
}
export interface ExtensionNode extends Seal {
  readonly kind: "extension";
  /** Never empty; the child is a branch. */
  readonly path: Nibbles;
  readonly child: Slot;
}
export interface BranchNode extends Seal {
  readonly kind: "branch";
  /** 16 of them; at least two of children and value are there. */
  readonly children: readonly (Slot | undefined)[];
  readonly value: Uint8Array | undefined;
}
/** A child that was not loaded: only its hash is known, 32 bytes of `bytes` from `at` on. A view of its own for each would cost more than reading the node. */
export interface HashSlot {
  readonly kind: "hash";
  readonly bytes: Uint8Array;
  readonly at: number;
}
export type Slot = Node | HashSlot;

/** What is known about a node's encoding; filled in once. */
export interface Seal {
  /** The RLP item by which a parent names the node: 32 bytes of hash, or the node's own encoding. */
  reference: Uint8Array | undefined;
  /** True if the node source holds the node under its path. Embedded nodes are never stored by themselves. */
  stored: boolean;
}

export const HASH_SIZE = 32;
/** keccak256 of the encoding of nothing: the root of an empty trie. */
export const EMPTY_ROOT = keccak256(Uint8Array.of(0x80));

export const newLeaf = (key: Nibbles, from: number, value: Uint8Array, name?: Uint8Array, placed = false): LeafNode => ({ kind: "leaf", key, from, value, name, placed, reference: undefined, stored: false });
export const newExtension = (path: Nibbles, child: Slot): ExtensionNode => ({ kind: "extension", path, child, reference: undefined, stored: false });
export const newBranch = (children: readonly (Slot | undefined)[], value: Uint8Array | undefined): BranchNode => ({ kind: "branch", children, value, reference: undefined, stored: false });

export const newHashSlot = (hash: Uint8Array): HashSlot => ({ kind: "hash", bytes: hash, at: 0 });

/** The 32 bytes of an unloaded child. */
export const hashOf = ({ bytes, at }: HashSlot): Uint8Array => (bytes.length === HASH_SIZE ? bytes : bytes.subarray(at, at + HASH_SIZE));

export const leafPath = (leaf: LeafNode): Nibbles => leaf.key.subarray(leaf.from);

/** The node's canonical RLP. */
export function encodeNode(node: Node): Uint8Array {
  return writeNode(node).slice();
}

/** As encodeNode, and computes the reference from the same bytes: a node that is stored is encoded just once. */
export function sealNode(node: Node): Uint8Array {
  const encoded = writeNode(node).slice();
  node.reference ??= encoded.length < HASH_SIZE ? encoded : keccak256(encoded);
  return encoded;
}

/** As encodeNode, in memory that the next call overwrites. */
function writeNode(node: Node): Uint8Array {
  if (node.kind === "leaf") return writeLeaf(node);
  if (node.kind === "extension") return writeExtension(node);
  return writeBranch(node);
}

const NO_BYTES = new Uint8Array(0);
const EMPTY_ITEM = 0x80;
const HASH_ITEM = 0x80 + HASH_SIZE;
/** Ahead of the content in the scratch, for the list's own head. */
const HEAD_ROOM = 4;

// Encoding is what a batch of updates spends its time on. Contents are written behind some room for the
// head, which is written last: so no size is computed twice, and no arrays are made of the parts.
// Children are hashed first, because that writes the same scratch.
let scratch = new Uint8Array(1024);

function writeLeaf(node: LeafNode): Uint8Array {
  reserve(node.key.length + node.value.length);
  const at = writePath(HEAD_ROOM, node.key, node.from, 2);
  return closeList(writeItem(at, node.value));
}

function writeExtension(node: ExtensionNode): Uint8Array {
  sealChild(node.child);
  reserve(node.path.length + HASH_SIZE);
  return closeList(writeChild(writePath(HEAD_ROOM, node.path, 0, 0), node.child));
}

function writeBranch({ children, value = NO_BYTES }: BranchNode): Uint8Array {
  for (let i = 0; i < 16; i++) sealChild(children[i]);
  reserve(17 * (HASH_SIZE + 1) + value.length);
  const out = scratch;
  let at = HEAD_ROOM;
  for (let i = 0; i < 16; i++) {
    const child = children[i];
    if (child === undefined) out[at++] = EMPTY_ITEM;
    else at = writeChild(at, child);
  }
  return closeList(writeItem(at, value));
}

function sealChild(child: Slot | undefined): void {
  if (child !== undefined && child.kind !== "hash" && child.reference === undefined) referenceOf(child);
}

function writeChild(start: number, child: Slot): number {
  if (child.kind !== "hash") return writeReference(start, referenceOf(child), 0, referenceOf(child).length);
  return writeReference(start, child.bytes, child.at, HASH_SIZE);
}

function writeReference(start: number, bytes: Uint8Array, from: number, size: number): number {
  const out = scratch;
  let at = start;
  if (size === HASH_SIZE) out[at++] = HASH_ITEM;
  // A loop is faster than set() for so few bytes.
  for (let i = 0; i < size; i++) out[at + i] = bytes[from + i] as number;
  return at + size;
}

/** The path in hex-prefix form as an item; `flag` 2 for a leaf. Read by decodeHexPrefix. */
function writePath(start: number, key: Nibbles, from: number, flag: number): number {
  const out = scratch;
  const count = key.length - from;
  const odd = count & 1;
  const size = 1 + (count >> 1);
  let at = size === 1 ? start : writeHead(out, start, EMPTY_ITEM, size);
  let i = from;
  // The first byte is below 0x40, so alone it is its own item.
  out[at++] = ((flag + odd) << 4) | (odd === 1 ? (key[i++] as number) : 0);
  for (; i < key.length; i += 2) out[at++] = ((key[i] as number) << 4) | (key[i + 1] as number);
  return at;
}

function writeItem(start: number, bytes: Uint8Array): number {
  const at = bytes.length === 1 && (bytes[0] as number) < 0x80 ? start : writeHead(scratch, start, EMPTY_ITEM, bytes.length);
  scratch.set(bytes, at);
  return at + bytes.length;
}

/** Puts the head before the content, which ends at `end`. */
function closeList(end: number): Uint8Array {
  const size = end - HEAD_ROOM;
  const start = HEAD_ROOM - headSize(size);
  writeHead(scratch, start, 0xc0, size);
  return scratch.subarray(start, end);
}

function reserve(size: number): void {
  const total = HEAD_ROOM + size + 16;
  if (scratch.length < total) scratch = new Uint8Array(2 * total);
}

const headSize = (size: number): number => (size < 56 ? 1 : size < 0x100 ? 2 : size < 0x1_0000 ? 3 : 4);

function writeHead(out: Uint8Array, at: number, base: number, size: number): number {
  const width = headSize(size) - 1;
  out[at] = width === 0 ? base + size : base + 55 + width;
  for (let i = width; i > 0; i--) out[at + i] = (size >>> (8 * (width - i))) & 0xff;
  return at + 1 + width;
}

/** The node's hash, or its encoding when that is under 32 bytes. */
export function referenceOf(node: Node): Uint8Array {
  if (node.reference !== undefined) return node.reference;
  const encoded = writeNode(node);
  const reference = encoded.length < HASH_SIZE ? encoded.slice() : keccak256(encoded);
  node.reference = reference;
  return reference;
}

/** 32 bytes, however short the root's encoding is. */
export function rootHash(root: Slot | undefined): Uint8Array {
  if (root === undefined) return EMPTY_ROOT;
  if (root.kind === "hash") return hashOf(root);
  const reference = referenceOf(root);
  return reference.length === HASH_SIZE ? reference : keccak256(reference);
}

/**
 * Reads a node that stood in the source or in a proof under `hash`, which the caller has checked.
 * Faults: CODEC_MALFORMED for anything but the one form of a node.
 */
export function decodeNode(encoded: Uint8Array, hash: Uint8Array | undefined): Node {
  const branch = hash === undefined ? undefined : plainBranch(encoded, hash);
  return branch ?? nodeOf(decodeRlp(encoded), hash === undefined ? { stored: false, reference: undefined } : { stored: true, reference: encoded.length < HASH_SIZE ? encoded : hash });
}

/**
 * The branch whose children are all hashes, as nearly all branches of a large trie are, read without the
 * pieces that the general reader makes. Undefined for anything else, well-formed or not.
 */
function plainBranch(encoded: Uint8Array, reference: Uint8Array): BranchNode | undefined {
  const head = encoded[0] as number;
  const start = head === 0xf8 ? 2 : head === 0xf9 ? 3 : 0;
  const size = start === 2 ? (encoded[1] as number) : ((encoded[1] as number) << 8) | (encoded[2] as number);
  if (start === 0 || start + size !== encoded.length || size < (start === 2 ? 56 : 0x100)) return undefined;
  const children = new Array<Slot | undefined>(16);
  let at = start;
  let count = 0;
  for (let i = 0; i < 16; i++) {
    const item = encoded[at];
    if (item === EMPTY_ITEM) {
      children[i] = undefined;
      at++;
    } else if (item === HASH_ITEM) {
      children[i] = { kind: "hash", bytes: encoded, at: at + 1 };
      at += 1 + HASH_SIZE;
      count++;
    } else return undefined;
  }
  if (count < 2 || encoded[at] !== EMPTY_ITEM || at + 1 !== encoded.length) return undefined;
  return { kind: "branch", children, value: undefined, stored: true, reference };
}

function nodeOf(item: RlpItem, seal: Seal): Node {
  if (item instanceof Uint8Array) malformed("trie node: a list is expected");
  if (item.length === 17) return branchOf(item, seal);
  if (item.length !== 2) malformed("trie node: 2 or 17 items are expected");
  const { nibbles, isLeaf } = decodeHexPrefix(bytesOf(item[0]));
  if (isLeaf) return { kind: "leaf", key: nibbles, from: 0, value: valueOf(item[1]) ?? malformed("trie node: leaf without a value"), name: undefined, placed: false, ...seal };
  const child = childOf(item[1]) ?? malformed("trie node: extension without a child");
  if (nibbles.length === 0) malformed("trie node: extension without a path");
  if (child.kind === "leaf" || child.kind === "extension") malformed("trie node: an extension leads to a branch");
  return { kind: "extension", path: nibbles, child, ...seal };
}

function branchOf(items: readonly RlpItem[], seal: Seal): BranchNode {
  const children = items.slice(0, 16).map(childOf);
  const value = valueOf(items[16]);
  const count = children.reduce((sum, child) => sum + (child === undefined ? 0 : 1), value === undefined ? 0 : 1);
  if (count < 2) malformed("trie node: a branch holds at least two");
  return { kind: "branch", children, value, ...seal };
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
  return newHashSlot(item);
}

function embeddedOf(item: RlpItem): Node {
  const encoded = encodeRlp(item);
  if (encoded.length >= HASH_SIZE) malformed("trie node: an embedded node is under 32 bytes");
  return nodeOf(item, { stored: false, reference: encoded });
}
