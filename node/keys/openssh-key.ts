import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { ed25519PublicKey, SEED_BYTES } from "../crypto/ed25519.ts";
import { SshReader } from "../crypto/ssh-wire.ts";
import type { KeyFault, SignFault } from "../fault.ts";

/**
 * Private keys as `ssh-keygen -t ed25519` writes them, without a passphrase. Those with one are left to
 * ssh-keygen: their bcrypt key derivation is in no library we use. Source: openssh-portable, PROTOCOL.key.
 */
const ARMOR = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----$/;
const MAGIC = "openssh-key-v1\0";
const KEY_TYPE = "ssh-ed25519";

/** True for text that begins as such a key does. */
export function looksLikeOpensshKey(text: string): boolean {
  return text.trimStart().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
}

/** Seed and comment. `path` is for faults: KEY_LOCKED_SSH, KEY_DAMAGED, SIGN_KEY_UNSUITED. */
export function readOpensshKey(text: string, path: string): { readonly seed: Uint8Array; readonly comment: string } {
  const refuse = (reason: string): never => {
    throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason });
  };
  const base64 = ARMOR.exec(text.trim())?.[1]?.replace(/\s+/g, "") ?? refuse("no block from BEGIN to END");
  const outer = new SshReader(new Uint8Array(Buffer.from(base64, "base64")), refuse);
  if (Buffer.from(outer.take(MAGIC.length)).toString("latin1") !== MAGIC) refuse("not an openssh-key-v1");
  const [cipher, kdf] = [outer.text(), outer.text()];
  outer.string(); // options of the kdf, empty without one
  if (outer.uint32() !== 1) refuse("more than one key");
  const publicBlob = outer.string();
  const secret = outer.string();
  outer.end();
  checkType(new SshReader(publicBlob, refuse));
  if (cipher !== "none" || kdf !== "none") throw new FaultError<KeyFault>({ code: "KEY_LOCKED_SSH", path });
  return readSecret(secret, publicBlob, refuse);
}

function readSecret(secret: Uint8Array, publicBlob: Uint8Array, refuse: (reason: string) => never): { seed: Uint8Array; comment: string } {
  const reader = new SshReader(secret, refuse);
  if (reader.uint32() !== reader.uint32()) refuse("the check numbers differ");
  checkType(reader);
  const publicKey = reader.string();
  const pair = reader.string();
  if (pair.length !== 64) refuse("the secret is not 64 bytes");
  const comment = Buffer.from(reader.string()).toString("utf8");
  if (!reader.rest().every((byte, index) => byte === index + 1)) refuse("bad padding");
  const seed = new Uint8Array(pair.subarray(0, SEED_BYTES));
  const derived = ed25519PublicKey(seed);
  if (![publicKey, pair.subarray(SEED_BYTES), publicBlob.subarray(-32)].every((one) => equalBytes(one, derived))) refuse("public and secret part differ");
  return { seed, comment };
}

function checkType(reader: SshReader): void {
  const algorithm = reader.text();
  if (algorithm !== KEY_TYPE) throw new FaultError<SignFault>({ code: "SIGN_KEY_UNSUITED", algorithm: /^[\w@.-]{1,64}$/.test(algorithm) ? algorithm : "unknown" });
}
