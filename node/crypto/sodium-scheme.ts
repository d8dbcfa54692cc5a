import { createRequire } from "node:module";
import { nodeScheme, type SignatureScheme } from "./ed25519.ts";

/** The part of sodium-native that is used; the package has no types. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/**
 * Verification by libsodium: two to three times as fast as node:crypto with keys that were not seen before.
 * Undefined where its binary is not installed, does not load, or judges by another equation.
 */
export function sodiumScheme(): SignatureScheme | undefined {
  const sodium = loadSodium();
  if (sodium === undefined) return undefined;
  const scheme = schemeOf(sodium);
  return isCofactorless(scheme) ? scheme : undefined;
}

function schemeOf(sodium: Sodium): SignatureScheme {
  return {
    ...nodeScheme,
    name: "sodium-native",
    equationHolds: (publicKey, message, signature) => sodium.crypto_sign_verify_detached(signature, message, publicKey),
  };
}

/**
 * A good signature, and one under a key with a part of small order which only the equation with cofactor
 * takes (made as in the tests: a = 12345, r = 777, torsion point 1 added to A). Libsodium has changed
 * between the two equations; a build with the other one would split the chain.
 */
function isCofactorless(scheme: SignatureScheme): boolean {
  const takes = ({ key, message, signature }: Vector): boolean => scheme.equationHolds(bytes(key), bytes(message), bytes(signature));
  return takes(GOOD) && !takes(COFACTORED);
}

interface Vector {
  readonly key: string;
  readonly message: string;
  readonly signature: string;
}

/** RFC 8032, section 7.1, test 2. */
const GOOD: Vector = {
  key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
  signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
};
const COFACTORED: Vector = {
  key: "cdbc161be64c4302f56443ff29ccf36a2075be1a1fa67ff126b56315f5681c38", message: "00",
  signature: "1d84c09c915b1e355f4130b3950f6754270b37696f36f1b6ca5d4a9b4cf48860a1fa0a99082d5273737344c6fe18c54680c6edbfd1ee887f2c2dcadbb5b56604",
};

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch (error) {
    // Optional: not installed, or without a binary for this system. Anything else is ours to know.
    if (error instanceof Error && "code" in error && /^(MODULE_NOT_FOUND|ADDON_NOT_FOUND|ERR_DLOPEN_FAILED)$/.test(String(error.code))) return undefined;
    throw error;
  }
}

/** The fastest library that gives the consensus verdicts; chosen once, when the process starts. */
export const fastestScheme: SignatureScheme = sodiumScheme() ?? nodeScheme;
