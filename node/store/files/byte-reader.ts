/** Thrown by `ByteReader` when the bytes end too early or a number is too large for us. */
export class CutShort extends Error {}

/** Reads LevelDB's variable-length numbers and texts (util/coding.cc). Throws CutShort. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Little groups first, seven bits a byte, none of them in vain; up to 2^53. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw new CutShort("a number is too large");
      if (byte === 0 && factor > 1) throw new CutShort("a number is longer than it needs to be");
      if (byte < 128) return value;
    }
  }

  lengthPrefixed(): Uint8Array {
    return this.bytes(this.varint());
  }

  bytes(count: number): Uint8Array {
    if (count > this.#end - this.#at) throw new CutShort("bytes are missing");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  skipLevel(): this {
    this.varint();
    return this;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new CutShort("bytes are missing");
    return this.#bytes[this.#at++] as number;
  }
}
