import { concatBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";

/** Name of the SSH subsystem; the number is the version of everything that goes through it. */
export const RPC_SUBSYSTEM = "gridshell-rpc@1";
export const RPC_VERSION = 1;
/** Largest message: a package of the largest size and what belongs to it. */
export const MAX_FRAME_BYTES = 1 << 20;

/** A message with its length before it, 4 bytes, big-endian. */
export function frame(message: Uint8Array): Uint8Array {
  if (message.length > MAX_FRAME_BYTES) throw new FaultError<ShellFault>({ code: "RPC_BAD_MESSAGE", reason: "too large to send" });
  const out = new Uint8Array(4 + message.length);
  new DataView(out.buffer).setUint32(0, message.length);
  out.set(message, 4);
  return out;
}

/** Puts messages together from pieces; holds less than one message. */
export class FrameReader {
  private pieces: Uint8Array[] = [];
  private heldBytes = 0;

  /** The messages that are now complete. Fault: RPC_BAD_MESSAGE when a length is above the limit. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    this.pieces.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes < this.neededBytes()) return [];
    let rest = concatBytes(...this.pieces);
    const messages: Uint8Array[] = [];
    for (let size = sizeOf(rest); size !== undefined && rest.length >= 4 + size; size = sizeOf(rest)) {
      messages.push(rest.slice(4, 4 + size));
      rest = rest.slice(4 + size);
    }
    this.pieces = rest.length === 0 ? [] : [rest];
    this.heldBytes = rest.length;
    return messages;
  }

  private neededBytes(): number {
    if (this.heldBytes < 4) return 4;
    if ((this.pieces[0]?.length ?? 0) < 4) this.pieces = [concatBytes(...this.pieces)];
    return 4 + (sizeOf(this.pieces[0] as Uint8Array) ?? 0);
  }
}

function sizeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (size > MAX_FRAME_BYTES) throw new FaultError<ShellFault>({ code: "RPC_BAD_MESSAGE", reason: `a message of ${size} bytes` });
  return size;
}
