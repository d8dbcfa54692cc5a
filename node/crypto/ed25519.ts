import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { assert } from "../../lang/base/assert.ts";
import { concatBytes, equalBytes, fromHex } from "../../lang/base/bytes.ts";

/**
 * Ed25519 with one verdict on every node. RFC 8032 leaves edge cases open and libraries, and even
 * majors of one library, decide them differently; a ledger on which nodes disagree about one signature
 * splits. So everything libraries disagree about is refused before a library is asked: lengths, S not
 * below the group order, encodings with y not below p or with the wrong sign of zero, and A or R of
 * small order. What is left is the cofactorless equation, on which all of them agree.
 * Further reading: Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020.
 */
export interface SignatureScheme {
  readonly name: string;
  /** Public key of a 32-byte seed (the "private key" of RFC 8032, section 5.1.5). */
  publicKeyOf(seed: Uint8Array): Uint8Array;
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** Only the cofactorless equation S·B = R + k·A; its caller has refused every edge case. */
  equationHolds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Of a private key. */
export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

// DER headers of RFC 8410: node:crypto imports bare Ed25519 keys only inside these.
const SPKI_HEADER = hexBytes("302a300506032b6570032100");
const PKCS8_HEADER = hexBytes("302e020100300506032b657004220420");

/** The scheme of node:crypto (OpenSSL): 12k to 16k verifications per second and core. */
export const nodeScheme: SignatureScheme = {
  name: "node:crypto",
  publicKeyOf: (seed) => new Uint8Array(createPublicKey(privateKey(seed)).export({ type: "spki", format: "der" }).subarray(SPKI_HEADER.length)),
  sign: (seed, message) => new Uint8Array(sign(null, message, privateKey(seed))),
  equationHolds: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.from(concatBytes(SPKI_HEADER, publicKey)), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  },
};

/** The consensus rule. Never throws for what a peer sent: anything out of form is simply not a signature. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array, scheme: SignatureScheme = nodeScheme): boolean {
  if (signature.length !== SIGNATURE_BYTES || !isUsablePublicKey(publicKey)) return false;
  if (!isUsablePoint(signature.subarray(0, 32))) return false;
  if (!isBelow(signature.subarray(32), GROUP_ORDER)) return false;
  return scheme.equationHolds(publicKey, message, signature);
}

/** True unless no signature could ever verify with these bytes for their length, form or small order. */
export function isUsablePublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === PUBLIC_KEY_BYTES && isUsablePoint(publicKey);
}

/** A 64-byte signature, the same each time (RFC 8032). */
export function signEd25519(seed: Uint8Array, message: Uint8Array, scheme: SignatureScheme = nodeScheme): Uint8Array {
  assert(seed.length === SEED_BYTES, "an Ed25519 seed has 32 bytes");
  return scheme.sign(seed, message);
}

export function ed25519PublicKey(seed: Uint8Array, scheme: SignatureScheme = nodeScheme): Uint8Array {
  assert(seed.length === SEED_BYTES, "an Ed25519 seed has 32 bytes");
  return scheme.publicKeyOf(seed);
}

// Numbers below are little-endian, as RFC 8032 writes them.
const FIELD_PRIME = hexBytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
const GROUP_ORDER = hexBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
/** The y of the eight points of small order: 1, -1, 0 and the two of order 8; each sign of x goes with each. */
const SMALL_ORDER_Y = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map(hexBytes);

/**
 * Canonical and not of small order. The wrong sign of zero needs no case of its own: x is zero only where
 * y is 1 or -1, and these are of small order. Bytes that are no point at all fail the equation.
 */
function isUsablePoint(encoded: Uint8Array): boolean {
  // Nearly all keys differ from those of small order, and from numbers of p and above, in the first or the last byte.
  const mayBeLarge = ((encoded[31] as number) & 0x7f) === 0x7f;
  const maybeSmall = SMALL_ORDER_Y.find((small) => small[0] === encoded[0]);
  if (!mayBeLarge && maybeSmall === undefined) return true;
  const y = new Uint8Array(encoded); // slice() of a Buffer would share memory
  y[31] = (y[31] as number) & 0x7f;
  return isBelow(y, FIELD_PRIME) && (maybeSmall === undefined || !equalBytes(maybeSmall, y));
}

function isBelow(number: Uint8Array, limit: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (number[i] as number) - (limit[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function privateKey(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.from(concatBytes(PKCS8_HEADER, seed)), format: "der", type: "pkcs8" });
}

function hexBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes !== undefined, "a constant is written in hex");
  return bytes;
}
