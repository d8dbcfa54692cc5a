/**
 * Bytes that are added to one after another, in one piece of memory that grows. What thousands of packages leave until
 * their block is done is kept here and not as objects, each of which the collector would copy several times.
 */
export class ByteLog {
  #bytes = Buffer.alloc(4_096);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The memory as it is now, beyond `size` zeros; another piece once the log has grown. */
  get memory(): Buffer {
    return this.#bytes;
  }

  /** Makes room for `size` bytes, all zero; gives the place where it begins. */
  reserve(size: number): number {
    const at = this.#size;
    this.#size += size;
    if (this.#size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#size));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }

  append(part: Uint8Array): void {
    const at = this.reserve(part.length);
    this.#bytes.set(part, at);
  }

  /** All of it, as plain bytes of their own. */
  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(0, this.#size));
  }
}
