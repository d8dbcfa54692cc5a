/** Bytes as they come from a socket, taken out in pieces of other lengths. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
  }

  /** The first `count` bytes, which stay, or as many as there are. */
  peek(count: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(count, this.#sizeBytes));
    let at = 0;
    for (const chunk of this.#chunks) {
      if (at === bytes.length) break;
      const part = chunk.subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /**
   * Removes the first `count` bytes, or as many as there are. Always a copy of its own length: whoever keeps a
   * package must not keep the socket's 64 kB along with it.
   */
  take(count: number): Uint8Array {
    const bytes = this.peek(count);
    let left = bytes.length;
    let used = 0;
    while (left > 0) {
      const chunk = this.#chunks[used] as Uint8Array;
      if (chunk.length > left) this.#chunks[used] = chunk.subarray(left);
      else used++;
      left -= Math.min(left, chunk.length);
    }
    this.#chunks.splice(0, used);
    this.#sizeBytes -= bytes.length;
    return bytes;
  }
}
