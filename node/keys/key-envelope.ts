import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { equalBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { numberItem } from "../../lang/base/rlp-fields.ts";
import { ed25519PublicKey, SEED_BYTES } from "../crypto/ed25519.ts";
import type { KeyFault } from "../fault.ts";
import type { Random } from "../ports.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";

/**
 * An Ed25519 seed under a passphrase: scrypt, then ChaCha20-Poly1305, in a JSON file that people can look at.
 * Label, address and public key stand in clear, so that keys are listed without a passphrase; they are bound to
 * the ciphertext. A checksum over everything tells a damaged file from a wrong passphrase.
 */
export interface KeyFacts {
  readonly label: string;
  readonly address: string;
  readonly publicKey: Uint8Array;
  readonly createdMs: number;
}
export interface UnlockedKey extends KeyFacts {
  /** 32 bytes. Never logged, never sent. */
  readonly seed: Uint8Array;
}

/** How hard a passphrase is to guess. Memory is 128 · N · r bytes: 128 MiB and some 0.4 s at the default. */
export interface ScryptWork {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
/** OWASP password storage cheat sheet, scrypt, first choice. */
const DEFAULT_WORK: ScryptWork = { N: 2 ** 17, r: 8, p: 1 };
/** More than this a file may not ask for: opening it would be an attack on memory. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

const FORMAT = "gridshell-key";
const VERSION = 1;
const KDF = "scrypt";
const CIPHER = "chacha20-poly1305";
const [SALT_BYTES, NONCE_BYTES, TAG_BYTES] = [16, 12, 16];

interface Envelope extends KeyFacts {
  readonly work: ScryptWork;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  /** Ciphertext of the seed, then the tag of 16 bytes. */
  readonly sealed: Uint8Array;
}

/** Text of a new key file. Fault: KEY_PASSPHRASE_EMPTY. */
export async function sealKey(
  key: { readonly seed: Uint8Array; readonly label: string; readonly createdMs: number },
  passphrase: string, random: Random, work: ScryptWork = DEFAULT_WORK,
): Promise<string> {
  if (passphrase === "") throw new FaultError<KeyFault>({ code: "KEY_PASSPHRASE_EMPTY" });
  const publicKey = ed25519PublicKey(key.seed);
  const facts: KeyFacts = { label: key.label, address: encodeAddress(domainOfKey(publicKey)), publicKey, createdMs: key.createdMs };
  const [salt, nonce] = [random.bytes(SALT_BYTES), random.bytes(NONCE_BYTES)];
  const cipher = createCipheriv(CIPHER, await stretch(passphrase, salt, work), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundBytes(facts, work), { plaintextLength: SEED_BYTES });
  const sealed = new Uint8Array(Buffer.concat([cipher.update(key.seed), cipher.final(), cipher.getAuthTag()]));
  return envelopeText({ ...facts, work, salt, nonce, sealed });
}

/** What a key file says without its passphrase. `path` is for faults. Faults: KEY_DAMAGED, KEY_NEWER. */
export function readKeyFacts(text: string, path: string): KeyFacts {
  const { label, address, publicKey, createdMs } = parseEnvelope(text, path);
  return { label, address, publicKey, createdMs };
}

/** The key itself. Faults: KEY_WRONG_PASSPHRASE, KEY_DAMAGED, KEY_NEWER. */
export async function unsealKey(text: string, passphrase: string, path: string): Promise<UnlockedKey> {
  const { work, salt, nonce, sealed, ...facts } = parseEnvelope(text, path);
  const decipher = createDecipheriv(CIPHER, await stretch(passphrase, salt, work), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundBytes(facts, work), { plaintextLength: SEED_BYTES });
  decipher.setAuthTag(sealed.subarray(SEED_BYTES));
  const seed = new Uint8Array(decipher.update(sealed.subarray(0, SEED_BYTES)));
  try {
    decipher.final();
  } catch {
    // The checksum held, so the file is as it was written: OpenSSL's only reason left is the key.
    throw new FaultError<KeyFault>({ code: "KEY_WRONG_PASSPHRASE", path });
  }
  if (!equalBytes(ed25519PublicKey(seed), facts.publicKey)) damaged(path, "the public key is another key's");
  return { ...facts, seed };
}

function stretch(passphrase: string, salt: Uint8Array, work: ScryptWork): Promise<Buffer> {
  const options = { ...work, maxmem: 2 * MAX_MEMORY_BYTES };
  // NFKC: the same passphrase typed on another keyboard or system is the same bytes.
  const typed = passphrase.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(typed, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function boundBytes(facts: KeyFacts, work: ScryptWork): Uint8Array {
  return encodeRlp([
    utf8(FORMAT), numberItem(VERSION), utf8(facts.label), utf8(facts.address), facts.publicKey, numberItem(facts.createdMs),
    numberItem(work.N), numberItem(work.r), numberItem(work.p),
  ]);
}

function checksum(envelope: Envelope): string {
  return toHex(sha256(boundBytes(envelope, envelope.work), envelope.salt, envelope.nonce, envelope.sealed).subarray(0, 8));
}

function envelopeText(envelope: Envelope): string {
  const { label, address, publicKey, createdMs, work, salt, nonce, sealed } = envelope;
  const fields = {
    format: FORMAT, version: VERSION, label, address, publicKey: toHex(publicKey), createdMs,
    kdf: { name: KDF, ...work, salt: toHex(salt) }, cipher: { name: CIPHER, nonce: toHex(nonce), sealed: toHex(sealed) },
    checksum: checksum(envelope),
  };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

function parseEnvelope(text: string, path: string): Envelope {
  const fields = record(parseJson(text, path), "file", path);
  if (fields["format"] !== FORMAT) damaged(path, "not a key file of GridShell");
  const version = integer(fields["version"], "version", path);
  if (version > VERSION) throw new FaultError<KeyFault>({ code: "KEY_NEWER", path, found: version, known: VERSION });
  const [kdf, cipher] = [record(fields["kdf"], "kdf", path), record(fields["cipher"], "cipher", path)];
  if (kdf["name"] !== KDF || cipher["name"] !== CIPHER) damaged(path, "unknown kdf or cipher");
  const envelope: Envelope = {
    label: string(fields["label"], "label", path), address: string(fields["address"], "address", path),
    publicKey: hex(fields["publicKey"], "publicKey", 32, path), createdMs: integer(fields["createdMs"], "createdMs", path),
    work: checkedWork({ N: integer(kdf["N"], "N", path), r: integer(kdf["r"], "r", path), p: integer(kdf["p"], "p", path) }, path),
    salt: hex(kdf["salt"], "salt", SALT_BYTES, path), nonce: hex(cipher["nonce"], "nonce", NONCE_BYTES, path),
    sealed: hex(cipher["sealed"], "sealed", SEED_BYTES + TAG_BYTES, path),
  };
  if (fields["checksum"] !== checksum(envelope)) damaged(path, "the checksum does not match");
  if (envelope.address !== encodeAddress(domainOfKey(envelope.publicKey))) damaged(path, "the address is another key's");
  return envelope;
}

function checkedWork(work: ScryptWork, path: string): ScryptWork {
  const { N, r, p } = work;
  const bounded = r >= 1 && p >= 1 && p <= 16 && N > 1 && 128 * N * r <= MAX_MEMORY_BYTES;
  if (!bounded || (N & (N - 1)) !== 0) damaged(path, "scrypt numbers out of range");
  return work;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return damaged(path, "not JSON");
  }
}

function record(value: unknown, name: string, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) damaged(path, `${name} is no object`);
  return value as Readonly<Record<string, unknown>>;
}
function string(value: unknown, name: string, path: string): string {
  if (typeof value !== "string") damaged(path, `${name} is no text`);
  return value;
}
function integer(value: unknown, name: string, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) damaged(path, `${name} is no number`);
  return value;
}
function hex(value: unknown, name: string, sizeBytes: number, path: string): Uint8Array {
  const bytes = typeof value === "string" ? fromHex(value) : undefined;
  if (bytes?.length !== sizeBytes) damaged(path, `${name} is not ${sizeBytes} bytes of hex`);
  return bytes;
}

function damaged(path: string, reason: string): never {
  throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason });
}
