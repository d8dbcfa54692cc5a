import { fromUtf8, utf8 } from "../base/bytes.ts";
import { badProgram } from "./bad-program.ts";

const NO_BYTES = new Uint8Array(0);

/** Appends the parts of an encoded program. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  byte(value: number): void {
    this.#bytes.push(value);
  }

  /** Seven bits a byte, the lowest first, in as few bytes as possible. */
  unsigned(value: bigint | number): void {
    const septets = splitSeptets(BigInt(value));
    septets.forEach((septet, index) => this.#bytes.push(index < septets.length - 1 ? septet | 128 : septet));
  }

  /** Zigzag, so that small negative numbers are short. */
  signed(value: bigint): void {
    this.unsigned(value >= 0n ? value << 1n : (-value << 1n) - 1n);
  }

  /** One byte below 128, else two with the high bit set: 15 bits. */
  opcode(code: number): void {
    if (code < 128) this.byte(code);
    else {
      this.byte(0x80 | (code >> 8));
      this.byte(code & 255);
    }
  }

  bytes(value: Uint8Array): void {
    this.unsigned(value.length);
    for (const byte of value) this.#bytes.push(byte);
  }

  text(value: string): void {
    this.bytes(utf8(value));
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Takes them apart; every form but the one the writer makes is refused. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) badProgram("cut short");
    return byte;
  }

  unsigned(mostBits: number): bigint {
    const start = this.#at;
    const mostBytes = Math.floor(mostBits / 7) + 1;
    while (this.byte() >= 128) if (this.#at - start > mostBytes) badProgram(`a number of more than ${mostBits} bits`);
    if (this.#bytes[this.#at - 1] === 0 && this.#at - start > 1) badProgram("a number in more bytes than it needs");
    const value = joinSeptets(this.#bytes.subarray(start, this.#at));
    if (value >> BigInt(mostBits) !== 0n) badProgram(`a number of more than ${mostBits} bits`);
    return value;
  }

  /** A count or index of at most `most`. */
  small(most: number, what: string): number {
    const value = this.#isOneByte() ? this.byte() : this.#isTwoBytes() ? this.#twoBytes() : Number(this.unsigned(32));
    if (value > most) badProgram(`${what} above ${most}`);
    return value;
  }

  /** Nearly all numbers of a program are so short, and need no sum of BigInts. */
  #isOneByte(): boolean {
    return (this.#bytes[this.#at] ?? 128) < 128;
  }

  /** As all code numbers are; the second of two is never 0. */
  #isTwoBytes(): boolean {
    const second = this.#bytes[this.#at + 1] ?? 128;
    return second > 0 && second < 128;
  }

  #twoBytes(): number {
    return (this.byte() & 127) | (this.byte() << 7);
  }

  signed(mostBits: number): bigint {
    if (mostBits >= 7 && this.#isOneByte()) {
      const value = this.byte();
      return BigInt((value & 1) === 0 ? value >> 1 : -((value + 1) >> 1));
    }
    const value = this.unsigned(mostBits + 1);
    return (value & 1n) === 0n ? value >> 1n : -((value + 1n) >> 1n);
  }

  opcode(): number {
    const first = this.byte();
    if (first < 128) return first;
    const code = ((first & 127) << 8) | this.byte();
    if (code < 128) badProgram("a small code has a one-byte form");
    return code;
  }

  /** A copy. */
  bytes(most: number, what: string): Uint8Array {
    return this.#view(most, what).slice();
  }

  text(most: number, what: string): string {
    return fromUtf8(this.#view(most, what));
  }

  #view(most: number, what: string): Uint8Array {
    const size = this.small(most, what);
    if (this.#at + size > this.#bytes.length) badProgram("cut short");
    this.#at += size;
    return size === 0 ? NO_BYTES : this.#bytes.subarray(this.#at - size, this.#at);
  }
}

/** Groups of seven bits, the lowest first, as a number; linear, because packages are not to be trusted. */
function joinSeptets(septets: Uint8Array): bigint {
  if (septets.length <= 4) return BigInt(septets.reduceRight((value, septet) => value * 128 + (septet & 127), 0));
  let bits = "";
  for (let i = septets.length - 1; i >= 0; i -= 1) bits += ((septets[i] as number) & 127).toString(2).padStart(7, "0");
  return BigInt(`0b${bits}`);
}

/** The same groups of a number. */
function splitSeptets(value: bigint): number[] {
  const bits = value.toString(2);
  const septets: number[] = [];
  for (let end = bits.length; end > 0; end -= 7) septets.push(Number.parseInt(bits.slice(Math.max(0, end - 7), end), 2));
  return septets;
}
