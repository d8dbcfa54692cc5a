import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { concatBytes } from "../../lang/base/bytes.ts";
import type { Random } from "../ports.ts";

/**
 * Seals a journal with a resume code (R12): AES-256-GCM under a key derived from the code by HKDF-SHA256; 12 bytes of
 * nonce, the ciphertext, 16 bytes of tag.
 */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key derived from the resume code: nonce, cipher text, tag. */
export function seal(state: Uint8Array, code: Uint8Array, random: Random): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(code), nonce);
  return concatBytes(nonce, cipher.update(state), cipher.final(), cipher.getAuthTag());
}

/** What was sealed; undefined if the code is another or a byte was changed. */
export function openSealed(sealed: Uint8Array, code: Uint8Array): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(code), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return concatBytes(decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final());
  } catch {
    return undefined; // the tag does not match: that is all that node tells
  }
}

function keyOf(code: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", code, new Uint8Array(0), "gridshell-journal-seal-v1", 32));
}
