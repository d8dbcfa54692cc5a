import { concatBytes, utf8 } from "../../lang/base/bytes.ts";

/**
 * Strings of the SSH wire format (RFC 4251, section 5): a 32-bit big-endian length, then that many bytes.
 * Only what keys and signatures need.
 */
export function sshString(bytes: Uint8Array | string): Uint8Array {
  const content = typeof bytes === "string" ? utf8(bytes) : bytes;
  return concatBytes(sshUint32(content.length), content);
}

/** 4 bytes, big-endian. */
export function sshUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Reads such bytes from the front. `refuse` is called for input that ends too early, and must throw. */
export class SshReader {
  readonly #input: Uint8Array;
  readonly #refuse: (reason: string) => never;
  #at = 0;

  constructor(input: Uint8Array, refuse: (reason: string) => never) {
    this.#input = input;
    this.#refuse = refuse;
  }

  take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#input.length) this.#refuse("cut short");
    const bytes = this.#input.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** A string of ASCII; bytes beyond it show as they are and match nothing that is expected. */
  text(): string {
    return Buffer.from(this.string()).toString("latin1");
  }

  rest(): Uint8Array {
    return this.take(this.#input.length - this.#at);
  }

  end(): void {
    if (this.#at !== this.#input.length) this.#refuse("bytes after the end");
  }
}
