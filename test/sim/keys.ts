import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { concatBytes, fromHex } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";

const PKCS8 = fromHex("302e020100300506032b657004220420") as Uint8Array;
const SPKI = fromHex("302a300506032b6570032100") as Uint8Array;

/** An Ed25519 key made from a word, so that runs repeat. */
export function testKey(name: string): { publicKey: Uint8Array; domain: Uint8Array; sign(message: Uint8Array): Uint8Array } {
  const key = createPrivateKey({ key: Buffer.from(concatBytes(PKCS8, sha256(Buffer.from(name)))), format: "der", type: "pkcs8" });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(SPKI.length));
  return { publicKey, domain: sha256(publicKey).slice(0, 20), sign: (message) => new Uint8Array(sign(null, message, key)) };
}

const imported = new Map<string, KeyObject>();

export function verifyTest(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const name = Buffer.from(publicKey).toString("hex");
  let key = imported.get(name);
  if (key === undefined) imported.set(name, (key = createPublicKey({ key: Buffer.from(concatBytes(SPKI, publicKey)), format: "der", type: "spki" })));
  return verify(null, message, key, signature);
}

/**
 * A stand-in for signatures in long runs: a fiftieth of the time, and nobody in a simulation forges. Not
 * for tests about signatures.
 */
export function toyKey(name: string): ReturnType<typeof testKey> {
  const publicKey = sha256(Buffer.from(`toy ${name}`));
  return { publicKey, domain: sha256(publicKey).slice(0, 20), sign: (message) => toySignature(publicKey, message) };
}

export function verifyToy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return Buffer.compare(toySignature(publicKey, message), signature) === 0;
}

function toySignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const half = sha256(publicKey, message);
  return concatBytes(half, half);
}
