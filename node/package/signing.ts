import * as nodeCrypto from "node:crypto";
import { compareBytes, concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { fastestScheme } from "../crypto/sodium-scheme.ts";
import { PUBLIC_KEY_BYTES, signEd25519, SIGNATURE_BYTES, verifyEd25519, type SignatureScheme } from "../crypto/ed25519.ts";
import { SshReader, sshString } from "../crypto/ssh-wire.ts";
import type { PackageFault, SignFault } from "../fault.ts";
import { domainOfKey } from "../state/address.ts";
import { SSHSIG_NAMESPACE, type PackageBody, type PackageSignature, type Quorum } from "./body.ts";

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

/** A signature in OpenSSH's armoured form, read. */
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
 * Whether as many keys signed as each quorum of the body needs, and nobody else. PACKAGE_WRONG_KEY: one is not among
 * the keys of its role. PACKAGE_UNSIGNED: too few or too many. PACKAGE_BAD_SIGNATURE: one does not fit.
 */
export function verifyPackageSignatures(signed: SignaturesOf, scheme: SignatureScheme = fastestScheme): PackageFault | undefined {
  const { body, signatures } = signed;
  for (const role of ["signer", "payer"] as const) {
    const quorum = quorumOf(body, role);
    let given = 0;
    for (const one of signatures) {
      if (one.role !== role) continue;
      if (!holds(quorum?.keys ?? [], one.publicKey)) return { code: "PACKAGE_WRONG_KEY" };
      given++;
    }
    const needs = quorum?.needed ?? 0;
    if (given !== needs) return { code: "PACKAGE_UNSIGNED", role, needs, given };
  }
  return wrongSignature(signed, scheme) === undefined ? undefined : { code: "PACKAGE_BAD_SIGNATURE" };
}

export interface SignaturesOf {
  readonly body: PackageBody;
  readonly bodyBytes: Uint8Array;
  readonly signatures: readonly PackageSignature[];
}

/** The first signature that its key did not make over these bytes. */
export function wrongSignature({ bodyBytes, signatures }: SignaturesOf, scheme: SignatureScheme = fastestScheme): PackageSignature | undefined {
  // One hash of the body for each scheme, not for each of up to 32 signatures.
  const messages: Partial<Record<SigningScheme, Uint8Array>> = {};
  for (const one of signatures) {
    const message = (messages[one.scheme] ??= messageToSign(one.scheme, bodyBytes));
    if (!verifyEd25519(one.publicKey, message, one.signature, scheme)) return one;
  }
  return undefined;
}

/** Who signs in a role; undefined for a payer where there is none. */
export function quorumOf(body: PackageBody, role: PackageSignature["role"]): Quorum | undefined {
  return role === "signer" ? body.signers : body.payer?.signers;
}

/** Whether a public key is one of these ids. */
export function holds(keys: readonly Uint8Array[], publicKey: Uint8Array): boolean {
  const id = domainOfKey(publicKey);
  return keys.some((key) => equalBytes(key, id));
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
