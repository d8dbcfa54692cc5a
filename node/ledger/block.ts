/**
 * Bitcoin-NG's two kinds of block (Eyal et al., NSDI 2016). One height counts both. Headers are
 * canonical RLP; a block's id is SHA-256 of its encoded header, signature included. Codec in block-codec.ts.
 */
export interface KeyBlockHeader {
  readonly kind: "key";
  readonly rulesVersion: number;
  readonly height: bigint;
  readonly keyHeight: bigint;
  readonly parentId: Uint8Array;
  readonly timeMs: bigint;
  /** Ed25519 key that signs the data blocks of the epoch this block opens. 32 bytes. */
  readonly leaderKey: Uint8Array;
  /** 20 bytes: where coinbase and fees go. */
  readonly rewardDomain: Uint8Array;
  /** 256-bit number; the work hash must not exceed it. */
  readonly target: bigint;
  readonly workNonce: bigint;
  /** State after rewards that mature at this block, 32 bytes. */
  readonly stateRoot: Uint8Array;
  /** SHA-256 of the encoded evidence that the block brings; of an empty list for none. See fraud-codec.ts. */
  readonly evidenceRoot: Uint8Array;
}

/** What a leader signs for a list of packages. */
export interface DataBlockHeader {
  readonly kind: "data";
  readonly rulesVersion: number;
  readonly height: bigint;
  readonly parentId: Uint8Array;
  /** Key block of the epoch. It says whose signature counts, so that two headers alone are proof of fraud. */
  readonly keyBlockId: Uint8Array;
  readonly timeMs: bigint;
  /** Merkle root over package id ‖ SHA-256 of the signed package, in order; 32 bytes. See merkle.ts. */
  readonly packagesRoot: Uint8Array;
  /** Merkle root over the encoded results of the packages (`PackageResult`), in order; 32 bytes. */
  readonly receiptsRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly ergUsed: bigint;
  readonly sizeBytes: number;
  /** Leader's signature over the header without this field, domain-separated; 64 bytes. */
  readonly signature: Uint8Array;
}
export type BlockHeader = KeyBlockHeader | DataBlockHeader;
/** A header with work, and proofs of fraud. */
export interface KeyBlock {
  readonly header: KeyBlockHeader;
  /** Against leaders of recent epochs; at most MAX_EVIDENCE, sorted by the accused's key block, none twice. */
  readonly evidence: readonly Evidence[];
}

/** A header with the packages it is about. */
export interface DataBlock {
  readonly header: DataBlockHeader;
  /** Encoded signed packages, in order of execution. */
  readonly packages: readonly Uint8Array[];
}
export type Block = KeyBlock | DataBlock;

/** Proof that the leader of an epoch cheated (G71). It pays who brings it, once for each epoch. */
export type Evidence = TwinEvidence | InvalidEvidence;
/** Two headers of one leader on one parent; `first` has the lower id. */
export interface TwinEvidence {
  readonly kind: "twin";
  readonly first: DataBlockHeader;
  readonly second: DataBlockHeader;
}
/** A signed block that breaks a rule. Its packages are left out where the header alone breaks one. */
export interface InvalidEvidence {
  readonly kind: "invalid";
  readonly header: DataBlockHeader;
  /** Ids as under `packagesRoot`, one for each package: those of broken packages cannot be read from them. */
  readonly packageIds: readonly Uint8Array[];
  readonly packages: readonly Uint8Array[];
}

/**
 * What execution says of one package, and what `receiptsRoot` commits to. A receipt adds where it stands;
 * that cannot be under the root, because the block's id depends on the root.
 */
export interface PackageResult {
  readonly packageId: Uint8Array;
  readonly outcome: ReceiptOutcome;
  readonly ergUsed: bigint;
  readonly feeUnits: bigint;
  /** What programs told, in order; absent when they told nothing, or the package is not "done". At most LIMITS.events. */
  readonly events?: readonly ProgramEvent[];
}

/** Something a program tells the world. It changes no state: it stands in the receipt, and so under `receiptsRoot`. */
export interface ProgramEvent {
  /** Where the file of the program stands: 20 bytes, and a path within that domain. */
  readonly domain: Uint8Array;
  readonly path: string;
  readonly topic: string;
  readonly data: Uint8Array;
}

/** The one lasting answer to a package (G74). */
export interface Receipt extends PackageResult {
  readonly blockId: Uint8Array;
  readonly height: bigint;
  /** Position in its block. */
  readonly index: number;
  /** Root after the block that holds the package: what `perspective` prints there. */
  readonly stateRoot: Uint8Array;
}
/** Only "done" changed anything beyond nonce and fee. */
export type ReceiptOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "state-moved" }
  | { readonly kind: "denied"; readonly faultCode: string }
  | { readonly kind: "failed"; readonly faultCode: string }
  | { readonly kind: "out-of-erg" };
