import { concatBytes } from "../../../lang/base/bytes.ts";
import { hashInto, keccak256 } from "../../../lang/base/hash.ts";
import { cutPiece } from "../pieces.ts";
import { hashOffset, IMAGE_HEAD, imageFrom, writeMarks } from "./image.ts";
import type { Nibbles } from "./nibbles.ts";
import { HASH_SIZE, isPlain, type BranchNode, type ExtensionNode, type Node, type Slot } from "./nodes.ts";
import { EMPTY_ITEM, HASH_ITEM, headSize, writeHead } from "./rlp-heads.ts";

/**
 * Nodes to bytes. Contents are written behind some room for the list's head, which is written last: so no
 * size is computed twice, and no arrays are made of the parts. All use one scratch; what needs the hash of a
 * child therefore asks for it before it writes.
 */
const HEAD_ROOM = 4;
let scratch = new Uint8Array(4_096);
const NO_BYTES = new Uint8Array(0);

/** The node's canonical RLP. */
export function encodeNode(node: Node): Uint8Array {
  return writeNode(node).slice();
}

/** The RLP item by which a parent names the node: 32 bytes of hash, or the node's own encoding when that is shorter. */
export function referenceOf(node: Node): Uint8Array {
  const encoded = writeNode(node);
  return encoded.length < HASH_SIZE ? encoded.slice() : keccak256(encoded);
}

/** keccak256 of the node, however short its encoding is. */
export function hashOfNode(node: Node): Uint8Array {
  return keccak256(writeNode(node));
}

/** As encodeNode, in memory that the next call overwrites, or that must not be written to. */
function writeNode(node: Node): Uint8Array {
  if (node.kind === "leaf") return encodeLeaf(node.key, node.from, node.value);
  if (node.kind === "extension") return writeExtension(node);
  sealBranch(node);
  return isPlain(node) ? node.image.subarray(IMAGE_HEAD) : writeMixed(node);
}

/** What the source stores for a branch: its image, or the image's head and its encoding if that is something else. */
export function storedBranch(node: BranchNode): Uint8Array {
  sealBranch(node);
  return isPlain(node) ? node.image : concatBytes(node.image.subarray(0, IMAGE_HEAD), encodeNode(node));
}

/** Brings the hashes in the image up to date. */
export function sealBranch(node: BranchNode): void {
  if (node.dirty === 0 && node.imageMask === node.mask) return;
  const { mask, imageMask, dirty } = node;
  const before = node.image;
  const image = mask === imageMask ? cutPiece(before) : imageFrom(before, imageMask, mask);
  for (let left = dirty; left !== 0; left &= left - 1) {
    const nibble = 31 - Math.clz32(left & -left);
    if (writeChildHash(node.loaded?.[nibble] as Node, image, hashOffset(mask, nibble))) continue;
    node.embedded |= 1 << nibble;
    node.marks &= ~(1 << nibble);
  }
  writeMarks(image, node.marks);
  node.image = image;
  node.imageMask = mask;
  node.dirty = 0;
}

/** False for a child that stands in its parent, which has no hash. */
function writeChildHash(child: Node, image: Uint8Array, at: number): boolean {
  const encoded = writeNode(child);
  if (encoded.length < HASH_SIZE) return false;
  copyHash(keccak256(encoded), 0, image, at);
  return true;
}

/** A loop is faster than set() for so few bytes. */
function copyHash(from: Uint8Array, fromAt: number, to: Uint8Array, at: number): void {
  for (let i = 0; i < HASH_SIZE; i++) to[at + i] = from[fromAt + i] as number;
}

/** The encoding of a leaf whose path are the nibbles of `key` from `from` on, in memory that the next call overwrites. */
export function encodeLeaf(key: Uint8Array, from: number, value: Uint8Array): Uint8Array {
  reserve(key.length + value.length);
  return closeList(writeItem(writeLeafPath(key, from, key.length), value));
}

/** Writes the hash of a leaf of which key and value are parts of something; false if it stands in `out` already. */
export function hashLeafIn(key: { readonly keys: Uint8Array; readonly at: number; readonly end: number }, depth: number, value: { readonly bytes: Uint8Array; readonly from: number; readonly to: number }, out: Uint8Array, outAt: number): boolean {
  const valueSize = value.to - value.from;
  reserve(key.end - key.at + valueSize);
  const path = writeLeafPath(key.keys, 2 * key.at + depth, key.end);
  let end = valueSize === 1 && (value.bytes[value.from] as number) < 0x80 ? path : writeHead(scratch, path, EMPTY_ITEM, valueSize);
  for (let i = value.from; i < value.to; i++) scratch[end++] = value.bytes[i] as number;
  return hashInto(scratch, openList(end), end, out, outAt);
}

/** Writes the path of a leaf, the nibbles of `key` from `from` on to byte `to`; where it ends. */
function writeLeafPath(key: Uint8Array, from: number, to: number): number {
  const out = scratch;
  const count = 2 * to - from;
  const size = 1 + (count >> 1);
  let at = size === 1 ? HEAD_ROOM : writeHead(out, HEAD_ROOM, EMPTY_ITEM, size);
  // The first byte is below 0x40, so alone it is its own item. A path ends where its key does, so the rest are whole bytes.
  out[at++] = (count & 1) === 1 ? 0x30 | ((key[from >> 1] as number) & 15) : 0x20;
  for (let i = (from + 1) >> 1; i < to; i++) out[at++] = key[i] as number;
  return at;
}

function writeExtension({ path, child }: ExtensionNode): Uint8Array {
  return encodeExtension(path, slotReference(child));
}

/** The encoding of an extension, in memory that the next call overwrites. */
export function encodeExtension(path: Nibbles, reference: Uint8Array): Uint8Array {
  reserve(path.length + HASH_SIZE);
  const out = scratch;
  const odd = path.length & 1;
  const size = 1 + (path.length >> 1);
  let at = size === 1 ? HEAD_ROOM : writeHead(out, HEAD_ROOM, EMPTY_ITEM, size);
  out[at++] = odd === 1 ? 0x10 | (path[0] as number) : 0;
  for (let i = odd; i < path.length; i += 2) out[at++] = ((path[i] as number) << 4) | (path[i + 1] as number);
  return closeList(writeReference(at, reference));
}

/** A branch that has a value, or children that stand in it. */
function writeMixed({ mask, embedded, image, loaded, value = NO_BYTES }: BranchNode): Uint8Array {
  const references = Array.from({ length: 16 }, (_, nibble) => {
    if ((mask & (1 << nibble)) === 0) return NO_BYTES;
    const at = hashOffset(mask, nibble);
    return (embedded & (1 << nibble)) === 0 ? image.subarray(at, at + HASH_SIZE) : referenceOf(loaded?.[nibble] as Node);
  });
  reserve(17 * (HASH_SIZE + 1) + value.length);
  let at = HEAD_ROOM;
  for (const reference of references) at = writeReference(at, reference);
  return closeList(writeItem(at, value));
}

function slotReference(slot: Slot): Uint8Array {
  return slot.kind === "hash" ? slot.hash : referenceOf(slot);
}

/** A hash or nothing as an item; the encoding of a short node stands as it is. */
function writeReference(start: number, reference: Uint8Array): number {
  const { length } = reference;
  if (length === 0) scratch[start] = EMPTY_ITEM;
  else if (length === HASH_SIZE) scratch[start] = HASH_ITEM;
  const at = length === 0 || length === HASH_SIZE ? start + 1 : start;
  scratch.set(reference, at);
  return at + length;
}

function writeItem(start: number, bytes: Uint8Array): number {
  const at = bytes.length === 1 && (bytes[0] as number) < 0x80 ? start : writeHead(scratch, start, EMPTY_ITEM, bytes.length);
  scratch.set(bytes, at);
  return at + bytes.length;
}

function closeList(end: number): Uint8Array {
  return scratch.subarray(openList(end), end);
}

/** Puts the head before the content, which ends at `end`; where it begins. */
function openList(end: number): number {
  const size = end - HEAD_ROOM;
  const start = HEAD_ROOM - headSize(size);
  writeHead(scratch, start, 0xc0, size);
  return start;
}

function reserve(size: number): void {
  const total = HEAD_ROOM + size + 16;
  if (scratch.length < total) scratch = new Uint8Array(2 * total);
}
