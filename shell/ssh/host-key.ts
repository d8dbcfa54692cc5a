import { createPrivateKey, createPublicKey } from "node:crypto";
import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { sshString, sshUint32 } from "../../node/api.ts";

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

export interface HostKey {
  /** OpenSSH's private key file, unencrypted: the only form of Ed25519 that ssh2 reads. */
  readonly privateFile: string;
  /** The public key as it travels: string "ssh-ed25519", string of 32 bytes. */
  readonly publicBlob: Uint8Array;
  /** "SHA256:…" as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** The node's SSH host key from its 32-byte Ed25519 seed. Format: OpenSSH's PROTOCOL.key. */
export function hostKeyFromSeed(seed: Uint8Array): HostKey {
  const pkcs8 = Buffer.concat([PKCS8_ED25519, seed]);
  const spki = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" })).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(spki.subarray(-32));
  const publicBlob = ed25519Blob(publicKey);
  const check = sha256(publicKey).subarray(0, 4); // any four bytes, twice: they only tell a right passphrase from a wrong one
  const section = padTo8(
    concatBytes(check, check, sshString("ssh-ed25519"), sshString(publicKey), sshString(concatBytes(seed, publicKey)), sshString("gridshell")),
  );
  const file = concatBytes(
    utf8("openssh-key-v1\0"), sshString("none"), sshString("none"), sshString(""), sshUint32(1), sshString(publicBlob), sshString(section),
  );
  const base64 = Buffer.from(file).toString("base64").replace(/(.{70})/g, "$1\n");
  const privateFile = `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`;
  return { privateFile, publicBlob, fingerprint: fingerprintOf(publicBlob) };
}

/** "SHA256:" and unpadded base64 of the hash of a public key blob. */
export function fingerprintOf(publicBlob: Uint8Array): string {
  return `SHA256:${Buffer.from(sha256(publicBlob)).toString("base64").replace(/=+$/, "")}`;
}

/** A public key in the ssh wire format. */
export function ed25519Blob(publicKey: Uint8Array): Uint8Array {
  return concatBytes(sshString("ssh-ed25519"), sshString(publicKey));
}

function padTo8(bytes: Uint8Array): Uint8Array {
  const missing = (8 - (bytes.length % 8)) % 8;
  return concatBytes(bytes, Uint8Array.from({ length: missing }, (_, i) => i + 1));
}
