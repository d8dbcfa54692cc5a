import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { isUsablePublicKey, PUBLIC_KEY_BYTES } from "./ed25519.ts";
import { SshReader } from "./ssh-wire.ts";

/** The one kind of key that can sign packages. */
export const KEY_TYPE = "ssh-ed25519";
const SHAPE = /^ssh-ed25519 ([A-Za-z0-9+/]{68})(?: .*)?$/;

/** The 32 bytes of a key from its line in a .pub file: type, base64, comment. Fault: STATE_BAD_KEY_LINE. */
export function readKeyLine(text: string): Uint8Array {
  const base64 = SHAPE.exec(text.trim())?.[1];
  if (base64 === undefined) refuse();
  const reader = new SshReader(new Uint8Array(Buffer.from(base64, "base64")), refuse);
  if (reader.text() !== KEY_TYPE) refuse();
  const publicKey = reader.string();
  reader.end();
  if (publicKey.length !== PUBLIC_KEY_BYTES || !isUsablePublicKey(publicKey)) refuse();
  return publicKey;
}

function refuse(): never {
  throw new FaultError<StateFault>({ code: "STATE_BAD_KEY_LINE" });
}
