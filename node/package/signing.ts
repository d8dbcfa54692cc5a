import * as nodeCrypto from "node:crypto";
import { compareBytes, concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { fastestScheme } from "../crypto/sodium-scheme.ts";
import { PUBLIC_KEY_BYTES, signEd25519, SIGNATURE_BYTES, verifyEd25519, type SignatureScheme } from "../crypto/ed25519.ts";
import { SshReader, sshString } from "../crypto/ssh-wire.ts";
import type { PackageFault, SignFault } from "../fault.ts";
import { SSHSIG_NAMESPACE, type PackageBody, type PackageSignature } from "./body.ts";

/**
 * The two ways to sign a body (R6). `raw` is for keys we hold: Ed25519 over a domain-separated hash.
 * `sshsig` is what an ssh-agent or `ssh-keygen -Y sign` makes: Ed25519 over OpenSSH's SSHSIG wrapping,
 * of which one form only is taken. Source: openssh-portable, PROTOCOL.sshsig.
 */
export type SigningScheme = PackageSignature["scheme"];

const RAW_PREFIX = concatBytes(utf8(SSHSIG_NAMESPACE), Uint8Array.of(0));
const MAGIC = "SSHSIG";
const HASH = "sha512";
const KEY_TYPE = "ssh-ed25519";
/** An armored Ed25519 signature has some 300 bytes; other key types up to a few thousand. */
const MAX_SSHSIG_BYTES = 16 * 1024;

/** The exact bytes that Ed25519 signs for a body. */
export function messageToSign(scheme: SigningScheme, bodyBytes: Uint8Array): Uint8Array {
  return scheme === "raw" ? sha256(RAW_PREFIX, bodyBytes) : sshsigMessage(SSHSIG_NAMESPACE, bodyBytes);
}

/** The bytes that a key signs for an SSHSIG over `message`: reserved empty, sha512. */
export function sshsigMessage(namespace: string, message: Uint8Array): Uint8Array {
  const digest = nodeCrypto.hash("sha512", message, "buffer");
  return concatBytes(utf8(MAGIC), sshString(namespace), sshString(""), sshString(HASH), sshString(digest));
}

export interface Sshsig {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Reads the output of `ssh-keygen -Y sign`, armored or not, in our one form: namespace as given, reserved
 * empty, sha512, an ssh-ed25519 key. Faults: SIGN_MALFORMED, SIGN_KEY_UNSUITED. Verifies nothing.
 */
export function parseSshsig(input: Uint8Array | string, namespace: string = SSHSIG_NAMESPACE): Sshsig {
  if (input.length > MAX_SSHSIG_BYTES) malformed("longer than any signature");
  const reader = new SshReader(dearmor(input), malformed);
  if (Buffer.from(reader.take(MAGIC.length)).toString("latin1") !== MAGIC) malformed("not an SSH signature");
  if (reader.uint32() !== 1) malformed("another version of SSHSIG");
  const key = reader.string();
  if (reader.text() !== namespace) malformed(`made for another purpose: sign with -n ${namespace}`);
  if (reader.string().length !== 0) malformed("reserved field in use");
  if (reader.text() !== HASH) malformed("hashed with something else: sign with -O hashalg=sha512");
  const signature = reader.string();
  reader.end();
  return { publicKey: parseSshPublicKey(key), signature: parseSshSignature(signature) };
}

/** The 32 bytes in an ssh-ed25519 key blob. Faults: SIGN_MALFORMED, SIGN_KEY_UNSUITED. */
export function parseSshPublicKey(blob: Uint8Array): Uint8Array {
  return parseTyped(blob, PUBLIC_KEY_BYTES);
}

/** The 64 bytes in a signature blob, as an agent answers. Faults: SIGN_MALFORMED, SIGN_KEY_UNSUITED. */
export function parseSshSignature(blob: Uint8Array): Uint8Array {
  return parseTyped(blob, SIGNATURE_BYTES);
}

/**
 * Whether every key of the body signed it, and nobody else did. PACKAGE_WRONG_KEY: the keys are not
 * exactly the body's. PACKAGE_BAD_SIGNATURE: one of them did not make its signature.
 */
export function verifyPackageSignatures(
  signed: { readonly body: PackageBody; readonly bodyBytes: Uint8Array; readonly signatures: readonly PackageSignature[] },
  scheme: SignatureScheme = fastestScheme,
): PackageFault | undefined {
  const { body, bodyBytes, signatures } = signed;
  const expected = [
    ...body.signerKeys.map((key) => ({ role: "signer", key })),
    ...body.payerKeys.map((key) => ({ role: "payer", key })),
  ];
  if (signatures.length !== expected.length) return { code: "PACKAGE_WRONG_KEY" };
  for (const [index, { role, key }] of expected.entries()) {
    const found = signatures[index] as PackageSignature;
    if (found.role !== role || !equalBytes(found.publicKey, key)) return { code: "PACKAGE_WRONG_KEY" };
  }
  // One hash of the body for each scheme, not for each of up to 32 signatures.
  const messages = new Map<SigningScheme, Uint8Array>();
  for (const one of signatures) {
    const message = messages.get(one.scheme) ?? messageToSign(one.scheme, bodyBytes);
    messages.set(one.scheme, message);
    if (!verifyEd25519(one.publicKey, message, one.signature, scheme)) return { code: "PACKAGE_BAD_SIGNATURE" };
  }
  return undefined;
}

/** Signs a body with a key that we hold: the `raw` scheme. */
export function signBody(
  bodyBytes: Uint8Array, key: { readonly seed: Uint8Array; readonly publicKey: Uint8Array }, role: PackageSignature["role"] = "signer",
): PackageSignature {
  return { role, publicKey: key.publicKey, scheme: "raw", signature: signEd25519(key.seed, messageToSign("raw", bodyBytes)) };
}

/** Adds a signature, or replaces the one of the same role and key, in the order the format wants. */
export function withSignature(signatures: readonly PackageSignature[], added: PackageSignature): readonly PackageSignature[] {
  const others = signatures.filter((one) => one.role !== added.role || !equalBytes(one.publicKey, added.publicKey));
  const rank = (one: PackageSignature): number => (one.role === "signer" ? 0 : 1);
  return [...others, added].sort((a, b) => rank(a) - rank(b) || compareBytes(a.publicKey, b.publicKey));
}

function parseTyped(blob: Uint8Array, sizeBytes: number): Uint8Array {
  const reader = new SshReader(blob, malformed);
  const algorithm = reader.text();
  if (algorithm !== KEY_TYPE) throw new FaultError<SignFault>({ code: "SIGN_KEY_UNSUITED", algorithm: /^[\w@.-]{1,64}$/.test(algorithm) ? algorithm : "unknown" });
  const bytes = reader.string();
  reader.end();
  if (bytes.length !== sizeBytes) malformed(`${bytes.length} bytes where ${KEY_TYPE} has ${sizeBytes}`);
  return new Uint8Array(bytes);
}

const ARMOR = /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----$/;

function dearmor(input: Uint8Array | string): Uint8Array {
  const text = typeof input === "string" ? input : Buffer.from(input).toString("latin1");
  if (text.startsWith(MAGIC)) return typeof input === "string" ? malformed("binary given as text") : input;
  const base64 = ARMOR.exec(text.trim())?.[1]?.replace(/\s+/g, "");
  if (base64 === undefined) malformed("no block from BEGIN to END SSH SIGNATURE");
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) malformed("not base64 in its one form");
  return new Uint8Array(bytes);
}

function malformed(reason: string): never {
  throw new FaultError<SignFault>({ code: "SIGN_MALFORMED", reason });
}
