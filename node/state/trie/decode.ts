import { assert } from "../../../lang/base/assert.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../../lang/base/rlp.ts";
import { hashOffset, IMAGE_HEAD, maskOf, newImage, writeMarks } from "./image.ts";
import { readHexPrefix, toNibbles } from "./nibbles.ts";
import { bitCount, HASH_SIZE, newBranch, newExtension, newHashSlot, newLeaf, setChild, type BranchNode, type Node, type Slot } from "./nodes.ts";

/** Reads a node that stood in a proof or a source. Faults: CODEC_MALFORMED for anything but the one form of a node. */
export function decodeNode(encoded: Uint8Array): Node {
  return nodeOf(decodeRlp(encoded));
}

/**
 * The branch that a source stored, see image.ts; its hash was checked and `marks` read from its head. Undefined when the
 * two do not fit. It keeps the bytes.
 */
export function decodeStoredBranch(stored: Uint8Array, marks: number): BranchNode | undefined {
  const branch = plainBranch(stored, marks) ?? decodeNode(stored.subarray(IMAGE_HEAD));
  if (branch.kind !== "branch" || (marks & ~branch.mask) !== 0) return undefined;
  if (branch.marks === marks) return branch;
  writeMarks(branch.image, marks);
  return { ...branch, marks };
}

/** The branch whose children are all hashes, as nearly all of a large trie are: its image is at hand. Undefined for any other. */
function plainBranch(image: Uint8Array, marks: number): BranchNode | undefined {
  const mask = maskOf(image);
  if (mask === undefined) return undefined;
  return { kind: "branch", value: undefined, mask, marks, loaded: undefined, dirty: 0, embedded: 0, image, imageMask: mask, stored: false, height: 0n, origin: undefined };
}

function nodeOf(item: RlpItem): Node {
  if (item instanceof Uint8Array) malformed("trie node: a list is expected");
  if (item.length === 17) return branchOf(item);
  if (item.length !== 2) malformed("trie node: 2 or 17 items are expected");
  const path = bytesOf(item[0]);
  const { from, isLeaf } = readHexPrefix(path);
  if (isLeaf) return newLeaf(path, from, valueOf(item[1]) ?? malformed("trie node: leaf without a value"));
  const child = childOf(item[1]) ?? malformed("trie node: extension without a child");
  if (from === 2 * path.length) malformed("trie node: extension without a path");
  if (child.kind === "leaf" || child.kind === "extension") malformed("trie node: an extension leads to a branch");
  return newExtension(toNibbles(path).subarray(from), child);
}

function branchOf(items: readonly RlpItem[]): BranchNode {
  const children = items.slice(0, 16).map(childOf);
  const branch = newBranch(valueOf(items[16]));
  children.forEach((child, nibble) => {
    if (child === undefined) return;
    if (child.kind === "hash") branch.mask |= 1 << nibble;
    else setChild(branch, nibble, child);
  });
  if (bitCount(branch.mask) + (branch.value === undefined ? 0 : 1) < 2) malformed("trie node: a branch holds at least two");
  const image = newImage(branch.mask);
  children.forEach((child, nibble) => {
    if (child?.kind === "hash") image.set(child.hash, hashOffset(branch.mask, nibble));
  });
  writeMarks(image, branch.marks);
  return { ...branch, image, imageMask: branch.mask, embedded: branch.dirty, dirty: 0 };
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
  if (encodeRlp(item).length >= HASH_SIZE) malformed("trie node: an embedded node is under 32 bytes");
  return nodeOf(item);
}
