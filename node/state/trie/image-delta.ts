import { bitCount, HASH_SIZE } from "./nodes.ts";
import { hashOffset, IMAGE_HEAD, IMAGE_MARK, maskOf } from "./image.ts";

/**
 * What an image was before, told by what it is after: most blocks change one or two of the sixteen hashes of a branch.
 *
 *     head of the image before (5), which hashes differ (2), those hashes as they were (32 each)
 */
const DELTA_HEAD = IMAGE_HEAD + 2;

/** Undefined where the two are not images of the same children, or where it would save nothing. */
export function imageDelta(before: Uint8Array, after: Uint8Array): Uint8Array | undefined {
  if (before[0] !== IMAGE_MARK || before.length !== after.length) return undefined;
  const mask = maskOf(after);
  if (mask === undefined || maskOf(before) !== mask) return undefined;
  let changed = 0;
  for (let nibble = 0; nibble < 16; nibble++) {
    if ((mask & (1 << nibble)) !== 0 && !sameHash(before, after, hashOffset(mask, nibble))) changed |= 1 << nibble;
  }
  const size = DELTA_HEAD + HASH_SIZE * bitCount(changed);
  return size < before.length ? writeDelta(before, { mask, changed, size }) : undefined;
}

function writeDelta(before: Uint8Array, { mask, changed, size }: { readonly mask: number; readonly changed: number; readonly size: number }): Uint8Array {
  const delta = new Uint8Array(size);
  delta.set(before.subarray(0, IMAGE_HEAD));
  delta[IMAGE_HEAD] = changed >> 8;
  delta[IMAGE_HEAD + 1] = changed;
  let at = DELTA_HEAD;
  for (let nibble = 0; nibble < 16; nibble++) {
    if ((changed & (1 << nibble)) === 0) continue;
    const from = hashOffset(mask, nibble);
    for (let i = 0; i < HASH_SIZE; i++) delta[at++] = before[from + i] as number;
  }
  return delta;
}

function sameHash(a: Uint8Array, b: Uint8Array, at: number): boolean {
  for (let i = at; i < at + HASH_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The image before. Undefined when the two do not belong together, as in a damaged store. */
export function undoImage(delta: Uint8Array, after: Uint8Array): Uint8Array | undefined {
  const mask = after[0] === IMAGE_MARK ? maskOf(after) : undefined;
  const changed = ((delta[IMAGE_HEAD] ?? 0) << 8) | (delta[IMAGE_HEAD + 1] ?? 0);
  if (mask === undefined || (changed & ~mask) !== 0 || delta.length !== DELTA_HEAD + HASH_SIZE * bitCount(changed)) return undefined;
  const before = after.slice();
  before.set(delta.subarray(0, IMAGE_HEAD));
  let at = DELTA_HEAD;
  for (let nibble = 0; nibble < 16; nibble++) {
    if ((changed & (1 << nibble)) === 0) continue;
    before.set(delta.subarray(at, at + HASH_SIZE), hashOffset(mask, nibble));
    at += HASH_SIZE;
  }
  return before;
}
