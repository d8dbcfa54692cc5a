import { concatBytes } from "../../lang/base/bytes.ts";

/** Cuts a stream into agent messages: length (4 bytes, big-endian) and content. Holds less than one message. */
export class AgentFrames {
  private held: Uint8Array = new Uint8Array(0);
  private readonly limitBytes: number;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The messages that are now complete; undefined when one is longer than the limit, and nothing more can be read. */
  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    this.held = concatBytes(this.held, bytes);
    const messages: Uint8Array[] = [];
    for (;;) {
      if (this.held.length < 4) return messages;
      const size = new DataView(this.held.buffer, this.held.byteOffset).getUint32(0);
      if (size > this.limitBytes) return undefined;
      if (this.held.length < 4 + size) return messages;
      messages.push(this.held.slice(4, 4 + size));
      this.held = this.held.slice(4 + size);
    }
  }
}
