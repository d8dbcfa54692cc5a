import { concatBytes } from "../lang/base/bytes.ts";

/** Longest line a session takes, in bytes. GridScript's own limit is below it; this bounds the buffer. */
export const MAX_LINE_BYTES = 2 << 20;

/** Cuts bytes into whole lines without looking at what they mean. Holds at most one unfinished line. */
export class InputLines {
  private pieces: Uint8Array[] = [];
  private heldBytes = 0;

  /** All whole lines so far as one piece, each with its newline; undefined when none is complete. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    const end = bytes.lastIndexOf(10) + 1;
    const whole = end === 0 ? undefined : concatBytes(...this.pieces, bytes.subarray(0, end));
    if (whole !== undefined) this.clear();
    if (end < bytes.length) {
      this.pieces.push(Uint8Array.from(bytes.subarray(end)));
      this.heldBytes += bytes.length - end;
      // Many small pieces cost more memory than they carry.
      if (this.pieces.length > 1_024) this.pieces = [concatBytes(...this.pieces)];
    }
    return whole;
  }

  /** The unfinished line has outgrown what any line may be. */
  get overlong(): boolean {
    return this.heldBytes > MAX_LINE_BYTES;
  }

  /** What is left when no more will come. */
  rest(): Uint8Array {
    const rest = concatBytes(...this.pieces);
    this.clear();
    return rest;
  }

  clear(): void {
    this.pieces = [];
    this.heldBytes = 0;
  }
}
