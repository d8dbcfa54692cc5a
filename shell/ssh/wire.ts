import { concatBytes, utf8 } from "../../lang/base/bytes.ts";

/** The data types of RFC 4251, section 5, as far as agents and key files need them. */

export function sshUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Length (4 bytes, big-endian) and content. */
export function sshString(content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return concatBytes(sshUint32(bytes.length), bytes);
}

/** Reads fields one after another; every reader answers undefined when the input is cut short. */
export class WireReader {
  private offset = 0;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get left(): number {
    return this.bytes.length - this.offset;
  }
  byte(): number | undefined {
    return this.bytes[this.offset++];
  }
  uint32(): number | undefined {
    if (this.left < 4) return undefined;
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.offset, 4);
    this.offset += 4;
    return view.getUint32(0);
  }
  string(): Uint8Array | undefined {
    const size = this.uint32();
    if (size === undefined || size > this.left) return undefined;
    this.offset += size;
    return this.bytes.subarray(this.offset - size, this.offset);
  }
  text(): string | undefined {
    const bytes = this.string();
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
  }
}
