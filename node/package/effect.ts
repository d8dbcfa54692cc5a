/**
 * What a package changes, as the signer sees it and as the ledger checks it (R4). Leaves out fee, ERG,
 * nonce, height, time, absolute balances and the storage of foreign programs, so that a gift to the
 * signer cannot make the package fail. Sorted by bytes; the SHA-256 of its RLP is in the signed body.
 */
export interface Effect {
  readonly version: 1;
  /** Sorted by domain, then path. A hash is empty where there is nothing. */
  readonly paths: readonly PathChange[];
  /** Sorted by domain; none is zero. */
  readonly balances: readonly BalanceChange[];
  /** Sorted by domain, then path. Owner and rights of entries whose content may be the same. */
  readonly rights: readonly RightsChange[];
  /** The most the signer's domain can lose, fee left out. Base units. */
  readonly greatestSpendUnits: bigint;
}
export interface PathChange {
  readonly domain: Uint8Array;
  readonly path: string;
  readonly kind: "file" | "directory";
  /** SHA-256 of the content, 32 bytes; empty if there was, or will be, nothing (directories: a fixed hash). */
  readonly oldHash: Uint8Array;
  readonly newHash: Uint8Array;
}
export interface BalanceChange {
  readonly domain: Uint8Array;
  /** Base units; negative is a loss. */
  readonly deltaUnits: bigint;
}
export interface RightsChange {
  readonly domain: Uint8Array;
  readonly path: string;
  /** SHA-256 of the encoded owner, mode and access-control list; empty where there is no entry. */
  readonly oldHash: Uint8Array;
  readonly newHash: Uint8Array;
}
