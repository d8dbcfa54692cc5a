import { equalBytes } from "../../lang/base/bytes.ts";
import type { KeyFactChange } from "../state/key-facts.ts";
import type { SacrificeChange } from "./sacrifice-effect.ts";

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
  /** Sorted by domain, path, word and hash of the code. What the signer's own code called; what that called is not listed. */
  readonly calls: readonly CallEffect[];
  /** Sorted by domain, program and key. What the signer's own programs keep; what others keep is no part of an effect (R4). */
  readonly stored: readonly StoredEffect[];
  /** Sorted by domain, then aspect and subject. Who may sign for a domain, and how many must. */
  readonly keys: readonly KeyChange[];
  /** Sorted by domain. What is burnt, and whose nick changes. The encoding has it last, and only where there is any. */
  readonly sacrifices: readonly SacrificeChange[];
  /** The most the signer's domain can lose, fee left out. Base units. */
  readonly greatestSpendUnits: bigint;
}

/** What became of one path. */
export interface PathChange {
  readonly domain: Uint8Array;
  /** Absolute within the domain: "/docs/note"; "/" is its root. */
  readonly path: string;
  /** What stands there afterwards; what stood there if nothing does. */
  readonly kind: "file" | "directory";
  /** SHA-256 of the content, 32 bytes; empty if there was, or will be, nothing (directories: `DIRECTORY_HASH`). */
  readonly oldHash: Uint8Array;
  readonly newHash: Uint8Array;
  /** Bytes of content, so that a sentence can tell a word from a film; 0 for a directory and for nothing. */
  readonly oldSizeBytes: number;
  readonly newSizeBytes: number;
}

/** What a domain has more or less, fee left out. */
export interface BalanceChange {
  readonly domain: Uint8Array;
  /** Base units; negative is a loss. */
  readonly deltaUnits: bigint;
}
/** Calls of one word of one program. */
export interface CallEffect {
  /** Where the file of the program stands. */
  readonly domain: Uint8Array;
  readonly path: string;
  readonly word: string;
  /** SHA-256 of the program's content, 32 bytes: who signs for a call signs for that code. */
  readonly codeHash: Uint8Array;
  /** How often, at least 1. */
  readonly times: number;
  /** Coins passed with all of them together, in base units. Where they end the balances say. */
  readonly units: bigint;
}
/** A value that a program of the signer's keeps. Hashes are SHA-256 of the encoded value, empty where there is none; they differ. */
export interface StoredEffect {
  readonly domain: Uint8Array;
  /** Where the file of the program stands. */
  readonly path: string;
  readonly key: string;
  readonly oldHash: Uint8Array;
  readonly newHash: Uint8Array;
}
/**
 * Rights of one entry that the package leaves standing. For an entry it makes, `old` is what such an
 * entry is born with, so a plain new file is no change of rights. `old` and `new` differ.
 */
export interface RightsChange {
  readonly domain: Uint8Array;
  readonly path: string;
  readonly old: EntryRights;
  readonly new: EntryRights;
  /**
   * What changes hands: SHA-256 of the content (directories: `DIRECTORY_HASH`) where the owner changes,
   * else empty. Who buys a picture signs for that picture.
   */
  readonly contentHash: Uint8Array;
}
export interface KeyChange extends KeyFactChange {
  readonly domain: Uint8Array;
}
/** The values themselves, not a hash of them: a signer must be able to say who gets what. */
export interface EntryRights {
  /** 20 bytes. */
  readonly owner: Uint8Array;
  readonly mode: number;
  /** Encoded access-control list, empty for none. */
  readonly acl: Uint8Array;
  /** Encoded metadata, empty for none. */
  readonly meta: Uint8Array;
}

/** Stands for the content of a directory: no file has it, and it is what its record carries. */
export const DIRECTORY_HASH = new Uint8Array(32);

/** Changes nothing. */
export const EMPTY_EFFECT: Effect = { version: 1, paths: [], balances: [], rights: [], calls: [], stored: [], keys: [], sacrifices: [], greatestSpendUnits: 0n };

/** What a domain loses by an effect, in base units; 0 if it gains. */
export function lossOf({ balances }: Pick<Effect, "balances">, domain: Uint8Array): bigint {
  const delta = balances.find((one) => equalBytes(one.domain, domain))?.deltaUnits ?? 0n;
  return delta < 0n ? -delta : 0n;
}
