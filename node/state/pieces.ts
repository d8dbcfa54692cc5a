/**
 * Small byte strings cut from pieces of memory: an array with memory of its own costs node more than filling it, and a
 * block makes ten thousands. A piece is freed when the last string in it is, so it is small: what stays keeps
 * no more than its neighbours.
 */
const PIECE_BYTES = 8_192;
/** What is larger gets memory of its own. */
const MOST_CUT = PIECE_BYTES / 4;
let piece = new Uint8Array(PIECE_BYTES);
let used = 0;

/** New memory, which holds anything. */
export function newPiece(size: number): Uint8Array {
  if (size > MOST_CUT) return new Uint8Array(size);
  if (used + size > PIECE_BYTES) {
    piece = new Uint8Array(PIECE_BYTES);
    used = 0;
  }
  return piece.subarray(used, (used += size));
}

/** A copy. */
export function cutPiece(bytes: Uint8Array): Uint8Array {
  const copy = newPiece(bytes.length);
  copy.set(bytes);
  return copy;
}
