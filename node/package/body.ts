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
  readonly signers: Quorum;
  /** When another domain pays the fee (R13): its keys must then sign as well. */
  readonly payer?: Payer;
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
 * Who signs in one role: exactly `needed` of `keys`, whoever comes first. The body names them all, so that what is
 * signed does not depend on who signs, and neither does the price.
 */
export interface Quorum {
  /** Ids of keys, 20 bytes each: their addresses. Strictly ascending. */
  readonly keys: readonly Uint8Array[];
  /** 1 to `keys.length`. */
  readonly needed: number;
}

/** Who pays the fee instead of the signer's domain, and with which keys. */
export interface Payer {
  /** 20 bytes; another than the body's. */
  readonly domain: Uint8Array;
  readonly signers: Quorum;
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

/** Signatures are sorted by role (signer first), then public key; as many for each role as its quorum needs. */
export interface SignedPackage {
  readonly body: PackageBody;
  readonly signatures: readonly PackageSignature[];
}

/** What `ssh-keygen -Y sign -n` is given for packages. */
export const SSHSIG_NAMESPACE = "gridshell-package-v1";
