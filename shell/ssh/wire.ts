/** Reads the data types of RFC 4251, section 5, one after another, as far as agents and key files need them; every reader answers undefined when the input is cut short. */
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
