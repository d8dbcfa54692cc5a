import type { BatchPart, KeyValueOperation } from "../ports.ts";
import type { PackageFault } from "../fault.ts";
import type { PackageResult } from "./block.ts";

/**
 * The ledger's view of state and execution. The ledger decides order, rewards and roots; what a package
 * does is the executor's business (node/package/execute.ts), and how state is stored the store's.
 */

/** Domains as far as pool, rewards and fees need them. Amounts in base units, never negative. */
export interface AccountState {
  /** Nonce of the last package that ran; the next carries one more. */
  nonceOf(domain: Uint8Array): bigint;
  balanceUnits(domain: Uint8Array): bigint;
  /** Coins that come from outside of any package: the genesis and rewards. */
  credit(domain: Uint8Array, units: bigint): void;
}

/** The state while one block is applied: reads see the parent's state and the block's writes so far. */
export interface BlockState extends AccountState {
  /** Root of the state as it is now, also where the base is not the newest: for judging old blocks. */
  root(): Uint8Array;
  /**
   * Computes the trie once for the whole block. `operations` bring the stored state from the parent to
   * this height, undo records and expiry of old history included; nothing is stored before they are.
   */
  finish(height: bigint): { readonly stateRoot: Uint8Array; readonly operations: readonly KeyValueOperation[] };
}

/** The stored state as the chain uses it. All calls read only. */
export interface StateStore<S extends BlockState> {
  /** A fresh view over the newest stored state; undefined as base is the empty state before genesis. */
  begin(base: StateBase | undefined): S;
  /** Root of the state at a height, read or recomputed from what is stored; undefined when it is not there. */
  rootOf(height: bigint): Uint8Array | undefined;
  /** The lowest height whose state is kept: what a reorganisation can go back to. */
  floor(): bigint;
  /** Operations that take the stored state from `tip`, the newest, back to how it was after `target`. */
  planRevert(heights: { readonly tip: bigint; readonly target: bigint }): readonly KeyValueOperation[];
  /** The operations of `planRevert`, or those of the genesis, are stored: what was read and remembered before does not count any more. */
  forget(): void;
}
export interface StateBase {
  readonly height: bigint;
  readonly stateRoot: Uint8Array;
}

/** What a package may know of the block it is in. */
export interface BlockContext {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly rulesVersion: number;
  readonly chainId: Uint8Array;
  /** Reward domain of the epoch's leader. */
  readonly leaderDomain: Uint8Array;
}

/**
 * `refused` packages may not stand in a block: bad signature, wrong nonce, cannot pay. They left `state`
 * as it was. Everything else has a result, even when it failed: the fee is due and the nonce used.
 */
export type ExecutionVerdict =
  | {
    readonly kind: "executed";
    readonly result: PackageResult;
    /** Of the ERG used, what bounds time alone: not the price of bytes and signatures, of which a block holds only so many (params.ts). */
    readonly codeErg: bigint;
  }
  | { readonly kind: "refused"; readonly fault: PackageFault };

/** What the ledger must know of packages, and how it has them run. */
export interface Executor<S extends BlockState> {
  /** Runs one signed package on `state`. Same input, same answer, on every node and at any time. */
  execute(signedPackage: Uint8Array, context: BlockContext, state: S): Promise<ExecutionVerdict>;
  /**
   * Everything that would make `execute` refuse the package at this height or later, signatures and ability
   * to pay included; only the nonce may lie in the future. Undefined when the pool may keep it.
   */
  objection(signedPackage: Uint8Array, height: bigint, state: S): PackageFault | undefined;
  /** Reads what pool and blocks need without executing. Faults: PACKAGE_*. */
  facts(signedPackage: Uint8Array): PackageFacts;
  /**
   * The id alone, from the first bytes; that the rest has its form shows when the package runs. Faults:
   * PACKAGE_*, CODEC_MALFORMED. There where `runBatch` is.
   */
  idOf?(signedPackage: Uint8Array): Uint8Array;
  /** Runs many packages at once, off the main loop, where that is possible; else `execute` runs them one by one. */
  runBatch?(batch: Batch): Promise<BatchOutcome>;
}

export interface Batch {
  readonly packages: readonly Uint8Array[];
  readonly context: BlockContext;
  /** The newest state: stored, or run by the batch before this one. */
  readonly base: StateBase;
  /** Of a base that is not stored yet: resolves when it is. Its failure is its writer's business. */
  readonly unwritten?: Promise<void> | undefined;
  /**
   * Makes a block of what fits and can run, of packages whose signatures the pool has checked. Without it
   * the packages are a block: the first that is refused ends it.
   */
  readonly fill?: FillLimits;
}
export interface FillLimits {
  readonly erg: bigint;
  readonly codeErg: bigint;
  readonly sizeBytes: number;
  readonly packages: number;
}
/**
 * `left-out`: it did not fit, or follows one of its domain that is not in the block. `over-cap`: with it the code of the
 * block is beyond the cap, and nothing after it was run.
 */
export type BatchVerdict =
  | { readonly kind: "executed"; readonly result: PackageResult }
  | Extract<ExecutionVerdict, { readonly kind: "refused" }>
  | { readonly kind: "left-out" | "over-cap" };
export interface BatchOutcome {
  /** In order of the packages; of a block up to the first that may not stand in it. */
  readonly verdicts: readonly BatchVerdict[];
  /** Encoded results of those that were executed, in their order (encodeResult). */
  readonly encodedResults: readonly Uint8Array[];
  /** As of `BlockState.finish`; without meaning when a package may not stand in the block. */
  readonly stateRoot: Uint8Array;
  readonly operations: readonly BatchPart[];
}

/** What decides about a package's place in pool and block. */
export interface PackageFacts {
  readonly packageId: Uint8Array;
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  readonly ergPriceUnits: bigint;
  readonly ergLimit: bigint;
  /** The most of it that counts as code. */
  readonly codeErgLimit: bigint;
  readonly expiryHeight: bigint;
}
