/**
 * The signed part of a package (R6). Canonical RLP, one byte form per value; `encodeBody` and
 * `decodeBody` live in `body-codec.ts`. The package id is SHA-256 of the encoded body.
 */
export interface PackageBody {
  readonly format: 1;
  readonly rulesVersion: number;
  readonly wordTableVersion: number;
  /** 32 bytes: hash over code number and name of every word used, in order of code. */
  readonly wordsHash: Uint8Array;
  /** 32 bytes: hash of the genesis. */
  readonly chainId: Uint8Array;
  /** 20 bytes: whose authority the code runs with. */
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  /** Ed25519 public keys, 32 bytes each, strictly ascending; all must sign. */
  readonly signerKeys: readonly Uint8Array[];
  /** 20 bytes when another domain pays the fee; its key must then sign as well. */
  readonly payer?: Uint8Array;
  /** Ed25519 keys that sign for the payer, strictly ascending; empty without one. */
  readonly payerKeys: readonly Uint8Array[];
  /** Base units for one ERG. */
  readonly ergPriceUnits: bigint;
  readonly ergLimit: bigint;
  /** Last block height that may include the package. */
  readonly expiryHeight: bigint;
  readonly mode: "strict" | "loose";
  /** 32 bytes: SHA-256 of the encoded effect (R4); empty in loose mode. */
  readonly effectHash: Uint8Array;
  readonly sections: readonly Section[];
}

/**
 * `program` is the code of one thread (lang's program encoding). Programs run one after another, each on a machine of
 * its own and from `~`, so that words and entries of one thread never meet those of another (G24). Kinds a
 * node does not know make it refuse the package.
 */
export interface Section {
  readonly kind: 1; // 1 program
  readonly bytes: Uint8Array;
}

/** One signature over the body: `raw` signs the domain-separated hash, `sshsig` an OpenSSH SSHSIG (R6). */
export interface PackageSignature {
  readonly role: "signer" | "payer";
  readonly publicKey: Uint8Array;
  readonly scheme: "raw" | "sshsig";
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Signatures are sorted by role (signer first), then public key; exactly one for each key of the body. */
export interface SignedPackage {
  readonly body: PackageBody;
  readonly signatures: readonly PackageSignature[];
}

export const SSHSIG_NAMESPACE = "gridshell-package-v1";
export const LOGIN_NAMESPACE = "gridshell-login-v1";
