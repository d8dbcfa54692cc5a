import { newPiece } from "../pieces.ts";
import { EMPTY_ITEM, HASH_ITEM, headSize, writeHead } from "./rlp-heads.ts";
import { bitCount, HASH_SIZE } from "./nodes.ts";

/**
 * The image of a branch is what its source stores: 1, two bytes that say which children the source holds a leaf's mark for, the same
 * bytes inverted, then the branch's encoding. So it is never made anew to be stored, read or hashed, and to
 * change a child is to copy it and write 32 bytes.
 *
 * The marks are for us alone: where a leaf stands on the way of a key that is there, it is that key's, and
 * need not be read to be replaced. No hash covers the two bytes, therefore the inverted ones.
 *
 * A branch that has a value or whose children are not all hashes has an image as if it were without; its
 * encoding is then made when it is needed.
 */
export const IMAGE_MARK = 1;
/** Where the encoding begins. */
export const IMAGE_HEAD = 5;

/** Size of an image with the children of `mask`. */
export function imageSize(mask: number): number {
  const content = contentSize(mask);
  return IMAGE_HEAD + headSize(content) + content;
}

/** Where the hash of a child stands, 32 bytes. */
export function hashOffset(mask: number, nibble: number): number {
  return IMAGE_HEAD + headSize(contentSize(mask)) + nibble + HASH_SIZE * bitCount(mask & ((1 << nibble) - 1)) + 1;
}

/** 17 items of a byte, of which some are a hash. */
const contentSize = (mask: number): number => 17 + HASH_SIZE * bitCount(mask);

/** An image with the children of `mask`, of which those that `before` has keep their hashes; the others are still to be written. */
export function imageFrom(before: Uint8Array, beforeMask: number, mask: number): Uint8Array {
  const image = newPiece(imageSize(mask));
  writeImage(image, 0, { bytes: before, at: 0, mask: beforeMask }, mask);
  return image;
}

/** As imageFrom, to `out`, where the image begins `at`; but for the head. */
export function writeImage(out: Uint8Array, at: number, before: { readonly bytes: Uint8Array; readonly at: number; readonly mask: number }, mask: number): void {
  let end = writeHead(out, at + IMAGE_HEAD, 0xc0, contentSize(mask));
  const changed = mask ^ before.mask;
  for (let nibble = 0; nibble < 16; ) {
    // A stretch of children that are there or missing in both is the same bytes in both.
    const rest = changed >> nibble;
    const same = before.mask === 0 ? 0 : rest === 0 ? 16 - nibble : 31 - Math.clz32(rest & -rest);
    if (same > 0) {
      const from = before.at + hashOffset(before.mask, nibble) - 1;
      const to = before.at + hashOffset(before.mask, nibble + same) - 1;
      out.set(before.bytes.subarray(from, to), end);
      [end, nibble] = [end + to - from, nibble + same];
      continue;
    }
    const isThere = (mask & (1 << nibble++)) !== 0;
    out[end] = isThere ? HASH_ITEM : EMPTY_ITEM;
    end += isThere ? 1 + HASH_SIZE : 1;
  }
  out[end] = EMPTY_ITEM;
}

/** An image whose hashes are still to be written. */
export function newImage(mask: number): Uint8Array {
  return imageFrom(NO_IMAGE, 0, mask);
}

const NO_IMAGE = new Uint8Array(0);

/** Writes the head of the image that begins `at`. */
export function writeMarks(image: Uint8Array, marks: number, at = 0): void {
  image[at] = IMAGE_MARK;
  image[at + 1] = marks >> 8;
  image[at + 2] = marks & 0xff;
  image[at + 3] = ~marks >> 8;
  image[at + 4] = ~marks;
}

/** Which children have a mark, as the head of a stored branch says; undefined when it is damaged. */
export function readMarks(stored: Uint8Array): number | undefined {
  const [, high = 0, low = 0, highInverted = 0, lowInverted = 0] = stored;
  return (high ^ highInverted) === 0xff && (low ^ lowInverted) === 0xff ? (high << 8) | low : undefined;
}

/** The mask of the image whose encoding begins behind the head; undefined when its children are not all hashes or it has a value. */
export function maskOf(image: Uint8Array): number | undefined {
  const head = image[IMAGE_HEAD] as number;
  let at = IMAGE_HEAD + (head === 0xf8 ? 2 : head === 0xf9 ? 3 : 0);
  if (at === IMAGE_HEAD) return undefined;
  let mask = 0;
  for (let nibble = 0; nibble < 16; nibble++) {
    const item = image[at];
    if (item === HASH_ITEM) mask |= 1 << nibble;
    else if (item !== EMPTY_ITEM) return undefined;
    at += item === HASH_ITEM ? 1 + HASH_SIZE : 1;
  }
  const isWhole = image[at] === EMPTY_ITEM && at + 1 === image.length && imageSize(mask) === image.length;
  const content = contentSize(mask);
  const saysSize = head === 0xf8 ? image[IMAGE_HEAD + 1] === content : (((image[IMAGE_HEAD + 1] as number) << 8) | (image[IMAGE_HEAD + 2] as number)) === content;
  return isWhole && saysSize && bitCount(mask) >= 2 ? mask : undefined;
}
