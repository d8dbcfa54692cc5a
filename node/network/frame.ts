import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { NetworkFault } from "../fault.ts";
import type { ByteQueue } from "./byte-queue.ts";

/**
 * What goes over a link after the greeting: frames of 4 bytes length (big endian, of what follows), 1 byte length of
 * the topic, the topic, the message. A frame of length 0 says only that the sender is there. The length is judged
 * when its 4 bytes are there, and nothing is allocated for bytes that have not come.
 */
export type Frame = { readonly kind: "message"; readonly topic: string; readonly message: Uint8Array } | { readonly kind: "keep-alive" };

export const KEEP_ALIVE = new Uint8Array(4);
const LENGTH_BYTES = 4;
/** A topic's length is one byte. */
const MOST_TOPIC_BYTES = 255;

/** What stands before a message of so many bytes. The topic is printable ASCII, 1 to 255 characters. */
export function frameHead(topic: string, messageBytes: number): Uint8Array {
  const name = utf8(topic);
  const head = new Uint8Array(LENGTH_BYTES + 1);
  new DataView(head.buffer).setUint32(0, 1 + name.length + messageBytes);
  head[LENGTH_BYTES] = name.length;
  return concatBytes(head, name);
}

/** Cuts what comes over a link into frames. */
export class FrameReader {
  readonly #bytes: ByteQueue;
  readonly #mostBytes: number;
  /** Of the frame whose length was read. */
  #length: number | undefined;

  constructor(bytes: ByteQueue, mostMessageBytes: number) {
    this.#bytes = bytes;
    this.#mostBytes = 1 + MOST_TOPIC_BYTES + mostMessageBytes;
  }

  /** The next whole frame; undefined until there is one. Faults: NET_BAD_FRAME; the link is then of no more use. */
  next(): Frame | undefined {
    this.#length ??= this.#readLength();
    if (this.#length === undefined || this.#bytes.sizeBytes < this.#length) return undefined;
    const frame = this.#bytes.take(this.#length);
    this.#length = undefined;
    return frame.length === 0 ? { kind: "keep-alive" } : readFrame(frame);
  }

  #readLength(): number | undefined {
    if (this.#bytes.sizeBytes < LENGTH_BYTES) return undefined;
    const length = new DataView(this.#bytes.take(LENGTH_BYTES).buffer).getUint32(0);
    return length <= this.#mostBytes ? length : bad(`${length} bytes, more than ${this.#mostBytes}`);
  }
}

function readFrame(frame: Uint8Array): Frame {
  const topicBytes = frame[0] as number;
  if (topicBytes === 0 || 1 + topicBytes > frame.length) return bad("no topic");
  const name = frame.subarray(1, 1 + topicBytes);
  if (!name.every((byte) => byte > 0x20 && byte < 0x7f)) return bad("a topic that is not printable");
  return { kind: "message", topic: String.fromCharCode(...name), message: frame.subarray(1 + topicBytes) };
}

function bad(reason: string): never {
  throw new FaultError<NetworkFault>({ code: "NET_BAD_FRAME", reason });
}
