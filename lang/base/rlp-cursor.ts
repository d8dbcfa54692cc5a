import { fromBigEndian } from "./bytes.ts";
import { malformed } from "./rlp.ts";

/**
 * Reads canonical RLP of a known shape from front to back, without the tree of arrays that `decodeRlp` builds: a
 * block holds thousands of packages, and a node made an object for each of some thirty items of every one, twice.
 * Takes and refuses what `decodeRlp` with the readers of rlp-fields.ts does, which the tests hold it to.
 */
export class RlpCursor {
  readonly #input: Uint8Array;
  /** Where the next item begins, and where the list that is being read ends. */
  #at = 0;
  #end: number;
  /** Payload of the item whose head was read last. */
  #start = 0;
  #stop = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
    this.#end = input.length;
  }

  /** Whether the list that is being read has another item. */
  get hasMore(): boolean {
    return this.#at < this.#end;
  }

  /** Goes into a list; what it returns is for `leave`. Faults: CODEC_MALFORMED. */
  enter(name: string): number {
    if (this.#head() < 0xc0) malformed(`${name}: a list is expected`);
    const outer = this.#end;
    this.#at = this.#start;
    this.#end = this.#stop;
    return outer;
  }

  /** Goes out of a list that was read whole. Faults: CODEC_MALFORMED. */
  leave(outer: number, name: string): void {
    if (this.#at !== this.#end) malformed(`${name}: more fields than are expected`);
    this.#end = outer;
  }

  /** After the one item of the input. Faults: CODEC_MALFORMED. */
  finish(): void {
    if (this.#at !== this.#input.length) malformed("bytes after the end");
  }

  /** Passes over an empty list; false where something else is next, which stays the next. */
  passEmptyList(): boolean {
    const isEmpty = this.hasMore && this.#input[this.#at] === 0xc0;
    if (isEmpty) this.#at++;
    return isEmpty;
  }

  /** The whole encoding of the next item, for `decodeRlp`: only its size is judged here. Faults: CODEC_MALFORMED. */
  encoding(): Uint8Array {
    const start = this.#at;
    this.#head();
    this.#at = this.#stop;
    return this.#input.subarray(start, this.#stop);
  }

  /** A view of bytes, of exactly `size` where that is given. Faults: CODEC_MALFORMED. */
  bytes(name: string, size?: number): Uint8Array {
    this.#string(name);
    if (size !== undefined && this.#stop - this.#start !== size) malformed(`${name}: ${this.#stop - this.#start} bytes`);
    return this.#input.subarray(this.#start, this.#stop);
  }

  /** As `bytes` where something else stands than `usual`, which is given back itself where it stands: for what most records have in common. */
  bytesOr(usual: Uint8Array, name: string): Uint8Array {
    this.#string(name);
    const input = this.#input;
    const start = this.#start;
    let same = this.#stop - start === usual.length;
    for (let i = 0; same && i < usual.length; i++) same = input[start + i] === usual[i];
    return same ? usual : input.subarray(start, this.#stop);
  }

  /** A view of at most `max` bytes. Faults: CODEC_MALFORMED. */
  bytesUpTo(name: string, max: number): Uint8Array {
    const bytes = this.bytes(name);
    if (bytes.length > max) malformed(`${name}: longer than ${max} bytes`);
    return bytes;
  }

  /** An unsigned number below 2^bits. Faults: CODEC_MALFORMED. */
  number(name: string, bits: number): bigint {
    const size = this.#digits(name);
    if (size * 8 > bits + 7) malformed(`${name}: more than ${bits} bits`);
    if (size === 0) return 0n;
    const value = size <= 6 ? BigInt(this.#small()) : fromBigEndian(this.#input.subarray(this.#start, this.#stop));
    if (size * 8 > bits && value >> BigInt(bits) !== 0n) malformed(`${name}: more than ${bits} bits`);
    return value;
  }

  /** An unsigned number that fits a JavaScript integer; `max` is inclusive. Faults: CODEC_MALFORMED. */
  small(name: string, max: number): number {
    if (this.#digits(name) > 6) malformed(`${name}: more than 48 bits`);
    const value = this.#small();
    if (value > max) malformed(`${name}: above ${max}`);
    return value;
  }

  #string(name: string): void {
    if (this.#head() >= 0xc0) malformed(`${name}: bytes are expected`);
    this.#at = this.#stop;
  }

  /** Bytes in the shortest form of a number; how many. */
  #digits(name: string): number {
    this.#string(name);
    if (this.#stop > this.#start && this.#input[this.#start] === 0) malformed(`${name}: leading zero`);
    return this.#stop - this.#start;
  }

  #small(): number {
    let value = 0;
    for (let i = this.#start; i < this.#stop; i++) value = value * 256 + (this.#input[i] as number);
    return value;
  }

  /** Finds the payload of the next item, which stays the next; its first byte. */
  #head(): number {
    const at = this.#at;
    const head = at < this.#end ? (this.#input[at] as number) : malformed("cut short");
    if (head < 0x80) {
      this.#start = at;
      this.#stop = at + 1;
      return head;
    }
    const short = head - (head >= 0xc0 ? 0xc0 : 0x80);
    this.#start = short < 56 ? at + 1 : at + short - 54;
    this.#stop = this.#start + (short < 56 ? short : this.#length(at + 1, short - 55));
    if (this.#stop > this.#end) malformed("length beyond the input");
    if (head === 0x81 && (this.#input[this.#start] as number) < 0x80) malformed("a small byte has a one-byte form");
    return head;
  }

  #length(at: number, width: number): number {
    if (width > 4) malformed("length too large");
    if (at + width > this.#end) malformed("cut short");
    if (this.#input[at] === 0) malformed("length with leading zero");
    let size = 0;
    for (let i = 0; i < width; i++) size = size * 256 + (this.#input[at + i] as number);
    if (size < 56) malformed("a short length has a one-byte form");
    return size;
  }
}
