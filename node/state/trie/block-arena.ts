import { assert } from "../../../lang/base/assert.ts";
import { hashOffset, IMAGE_HEAD, imageSize, writeImage, writeMarks } from "./image.ts";
import { bitCount, HASH_SIZE } from "./nodes.ts";
import { NO_RECORD, RecordPages } from "./record-pages.ts";

/**
 * Memory for the nodes of the trie that blocks are run on. A state of a million domains has some 340,000 branches; as
 * objects they cost the collector more than running the transfers. So a node is a number here, that of its record:
 *
 *     header (6 words)   one word for each child that there is: its record, 0 for one not in memory
 *     of a branch its image (image.ts), of an extension its encoding
 */
export const NO_NODE = NO_RECORD;

const HEADER_WORDS = 6;
const PARENT = 0;
/** Of a branch which children there are and, above that, which of them are marked; of an extension the size of its encoding and how many nibbles it has. Never 0 but while a branch is made. */
const SHAPE = 1;
const HEIGHT = 2;
const PASS = 3;
const LOG = 4;
const PLACE = 5;
/** In PLACE: below are 4 bits of place in the parent. */
const IS_EXTENSION = 16;
const IS_USED = 32;

/** Sizes of records: for 0 to 16 children, and for an extension. */
const EXTENSION_CLASS = 17;
const EXTENSION_BYTES = 72;
const CLASS_WORDS = Array.from({ length: 18 }, (_, children) => HEADER_WORDS + (children === EXTENSION_CLASS ? 1 + EXTENSION_BYTES / 4 : children + Math.ceil(imageSize((1 << children) - 1) / 4)));

/** What a node was in the pass that last touched it: as it is, or where the log has what it was before. */
export const UNCHANGED = 0;
export const IS_NEW = -1;

export class BlockArena extends RecordPages {
  constructor() {
    super(CLASS_WORDS);
  }

  /** A branch with these children, whose hashes are still to be written; none is marked or in memory. */
  newBranch(mask: number): number {
    const node = this.#take(bitCount(mask));
    const { words, bytes } = this;
    words[node + SHAPE] = mask;
    words[node + PLACE] = IS_USED;
    const at = this.contentAt(node);
    writeImage(bytes, at, { bytes, at: 0, mask: 0 }, mask);
    writeMarks(bytes, 0, at);
    return node;
  }

  /** A branch as it was stored by the block at `height`. */
  loadBranch(image: Uint8Array, mask: number, marks: number, height: number): number {
    const node = this.#take(bitCount(mask));
    this.words[node + SHAPE] = mask | (marks << 16);
    this.words[node + HEIGHT] = height;
    this.words[node + PLACE] = IS_USED;
    this.bytes.set(image, this.contentAt(node));
    return node;
  }

  /** An extension of `count` nibbles, as it is encoded; its child is not in memory. */
  newExtension(encoded: Uint8Array, count: number, height: number): number {
    assert(encoded.length <= EXTENSION_BYTES, "a path has 64 nibbles at most");
    const node = this.#take(EXTENSION_CLASS);
    this.words[node + SHAPE] = encoded.length | (count << 8);
    this.words[node + HEIGHT] = height;
    this.words[node + PLACE] = IS_EXTENSION | IS_USED;
    this.bytes.set(encoded, this.contentAt(node));
    return node;
  }

  free(node: number): void {
    this.release(node);
  }

  /** The node and all below it that is in memory. */
  freeAll(node: number): void {
    for (let left = this.childCount(node), at = node + HEADER_WORDS; left > 0; left--, at++) {
      const child = this.words[at] as number;
      if (child !== NO_NODE) this.freeAll(child);
    }
    this.free(node);
  }

  /** The branch with other children: those that stay keep hash, mark and node; the others' hashes are still to be written. A new number. */
  reshape(node: number, mask: number): number {
    const before = this.mask(node);
    const reshaped = this.#take(bitCount(mask));
    const { words, bytes } = this;
    words.copyWithin(reshaped, node, node + HEADER_WORDS);
    const marks = this.marks(node) & mask;
    words[reshaped + SHAPE] = mask | (marks << 16);
    const at = this.contentAt(reshaped);
    writeImage(bytes, at, { bytes, at: this.contentAt(node), mask: before }, mask);
    writeMarks(bytes, marks, at);
    for (let left = before & mask; left !== 0; left &= left - 1) {
      const nibble = 31 - Math.clz32(left & -left);
      this.setChild(reshaped, nibble, this.child(node, nibble));
    }
    this.free(node);
    return reshaped;
  }

  isExtension(node: number): boolean {
    return ((this.words[node + PLACE] as number) & IS_EXTENSION) !== 0;
  }

  /** Which children a branch has. */
  mask(node: number): number {
    return (this.words[node + SHAPE] as number) & 0xffff;
  }

  /** Which of them are leaves that the source holds a mark for. */
  marks(node: number): number {
    return (this.words[node + SHAPE] as number) >>> 16;
  }

  /** Says whether a child is a leaf that has a mark. */
  setMark(node: number, nibble: number, isMarked: boolean): void {
    const marks = this.marks(node);
    const bit = 1 << nibble;
    if (((marks & bit) !== 0) !== isMarked) this.setMarks(node, marks ^ bit);
  }

  setMarks(node: number, marks: number): void {
    this.words[node + SHAPE] = this.mask(node) | (marks << 16);
    writeMarks(this.bytes, marks, this.contentAt(node));
  }

  /** The child of a branch, if it is in memory. */
  child(node: number, nibble: number): number {
    return this.words[this.#childAt(node, nibble)] as number;
  }

  setChild(node: number, nibble: number, child: number): void {
    this.words[this.#childAt(node, nibble)] = child;
    if (child !== NO_NODE) this.#setParent(child, node, nibble);
  }

  /** Readies a branch for losing a child; its mask and image still say that it is there. */
  takeOut(node: number, nibble: number): void {
    this.setMark(node, nibble, false);
    this.setChild(node, nibble, NO_NODE);
  }

  /** The branch that an extension leads to, if it is in memory. */
  next(node: number): number {
    return this.words[node + HEADER_WORDS] as number;
  }

  setNext(node: number, child: number): void {
    this.words[node + HEADER_WORDS] = child;
    if (child !== NO_NODE) this.#setParent(child, node, 0);
  }

  childCount(node: number): number {
    return this.isExtension(node) ? 1 : bitCount(this.mask(node));
  }

  /** Where the image of a branch, or the encoding of an extension, begins in `bytes`. */
  contentAt(node: number): number {
    return 4 * (node + HEADER_WORDS + this.childCount(node));
  }

  /** Where it ends. */
  contentEnd(node: number): number {
    return this.contentAt(node) + (this.isExtension(node) ? (this.words[node + SHAPE] as number) & 0xff : imageSize(this.mask(node)));
  }

  /** Where in `bytes` the encoding begins that is hashed. */
  encodingAt(node: number): number {
    return this.contentAt(node) + (this.isExtension(node) ? 0 : IMAGE_HEAD);
  }

  /** Where the hash of a child of a branch stands in `bytes`. */
  hashAt(node: number, nibble: number): number {
    return this.contentAt(node) + hashOffset(this.mask(node), nibble);
  }

  /** Where the hash stands of what an extension leads to. */
  nextHashAt(node: number): number {
    return this.contentEnd(node) - HASH_SIZE;
  }

  /** A copy of the hash that begins at a byte. */
  hash(at: number): Uint8Array {
    return this.bytes.slice(at, at + HASH_SIZE);
  }

  /** How many nibbles an extension has. */
  pathLength(node: number): number {
    return (this.words[node + SHAPE] as number) >> 8;
  }

  /** Block that wrote the node as it is. */
  height(node: number): number {
    return (this.words[node + HEIGHT] as number) >>> 0;
  }

  setHeight(node: number, height: number): void {
    this.words[node + HEIGHT] = height;
  }

  /** UNCHANGED, IS_NEW, or one more than where the log has what the node was before the pass. */
  logOf(node: number, pass: number): number {
    return this.words[node + PASS] === pass ? (this.words[node + LOG] as number) : UNCHANGED;
  }

  setLog(node: number, pass: number, log: number): void {
    this.words[node + PASS] = pass;
    this.words[node + LOG] = log;
  }

  /** Keeps the node from being the next that goes. */
  touch(node: number): void {
    (this.words[node + PLACE] as number) |= IS_USED;
  }

  /**
   * Lets go of nodes that have none below them in memory and were not touched since the last round, until the rest takes
   * at most `limitBytes`; the root, which no node has as its child, stays.
   */
  evict(limitBytes: number): void {
    this.sweep(limitBytes, (node) => this.#letGo(node));
  }

  /** True if the node went, or will next time. */
  #letGo(node: number): boolean {
    const { words } = this;
    const place = words[node + PLACE] as number;
    if ((place & IS_USED) !== 0) {
      words[node + PLACE] = place & ~IS_USED;
      return true;
    }
    const parent = words[node + PARENT] as number;
    if (parent === NO_NODE) return false;
    for (let left = this.childCount(node), at = node + HEADER_WORDS; left > 0; left--, at++) if (words[at] !== NO_NODE) return false;
    if (this.isExtension(parent)) this.setNext(parent, NO_NODE);
    else this.setChild(parent, place & 15, NO_NODE);
    this.free(node);
    return true;
  }

  #setParent(child: number, node: number, nibble: number): void {
    this.words[child + PARENT] = node;
    this.words[child + PLACE] = ((this.words[child + PLACE] as number) & ~15) | nibble;
  }

  #childAt(node: number, nibble: number): number {
    return node + HEADER_WORDS + bitCount(this.mask(node) & ((1 << nibble) - 1));
  }

  /** A record with nothing in its header and no child in memory. */
  #take(sizeClass: number): number {
    const node = this.take(sizeClass);
    this.words.fill(0, node, node + HEADER_WORDS + (sizeClass === EXTENSION_CLASS ? 1 : sizeClass));
    return node;
  }
}
