import { planIndex, planUnindex } from "../explorer/index-plan.ts";
import { TraceLog } from "../explorer/trace-log.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { EMPTY_BASE } from "../state/base-state.ts";
import { BlockWrites } from "../state/block-writes.ts";
import { perspective, writeState } from "../state/realm-root.ts";
import { Realm } from "../state/realm.ts";
import { nodeStateKey } from "../state/state-keys.ts";
import { rootOfStored } from "../state/trie/source.ts";
import { planPrune, planRevert } from "../state/version-plans.ts";
import { stateFloor, type StateReader } from "../state/versioned.ts";
import { unpackOperations } from "../store/packed-operations.ts";
import type { BlockState, StateBase, StateStore } from "./executor.ts";

/** A node that kept all history and now need not drops it bit by bit, not in one batch. */
const MOST_PRUNED = 16n;

/** The real state behind the ledger's interface: a realm for each block, written in the block's batch. */
export class RealmState implements BlockState {
  /** Where packages run; nested realms of it, one for each package. */
  readonly realm: Realm;
  /** Whom the block touches: executors note each package here. */
  readonly trace = new TraceLog();
  readonly #disk: Disk;
  readonly #historyBlocks: bigint;

  constructor(realm: Realm, disk: Disk, historyBlocks: bigint) {
    this.realm = realm;
    this.#disk = disk;
    this.#historyBlocks = historyBlocks;
  }

  nonceOf(domain: Uint8Array): bigint {
    return this.realm.domain(domain).nonce;
  }

  balanceUnits(domain: Uint8Array): bigint {
    return this.realm.domain(domain).balanceUnits;
  }

  credit(domain: Uint8Array, units: bigint): void {
    this.trace.payments.push({ domain, units });
    this.realm.adjustBalance(domain, units);
  }

  root(): Uint8Array {
    return perspective(this.realm);
  }

  /** As `finish`, with all operations in one piece of memory. Old history goes first: a key that it drops for good may be written anew by this very block. `sizeBytes`: of the operations, as far as it is known. */
  finishPacked(height: bigint, sizeBytes = 0): { readonly stateRoot: Uint8Array; readonly operations: Uint8Array<ArrayBuffer> } {
    const out = new BlockWrites(this.realm.base.reader, height, sizeBytes);
    out.add(this.#forgotten(height));
    const stateRoot = writeState(this.realm, height, out, (write) => this.trace.noteWrite(write));
    out.add(planIndex(this.#disk, height, this.trace));
    return { stateRoot, operations: out.finish() };
  }

  finish(height: bigint): { readonly stateRoot: Uint8Array; readonly operations: readonly KeyValueOperation[] } {
    const { stateRoot, operations } = this.finishPacked(height);
    return { stateRoot, operations: unpackOperations(operations) };
  }

  #forgotten(height: bigint): readonly KeyValueOperation[] {
    const [wanted, step] = [height - this.#historyBlocks, stateFloor(this.#disk) + MOST_PRUNED];
    const floor = wanted < step ? wanted : step;
    return floor > stateFloor(this.#disk) ? planPrune(this.#disk, floor) : [];
  }
}

/** States of the chain as realms, each on that of its parent. */
export class RealmStates implements StateStore<RealmState> {
  readonly #disk: Disk;
  readonly #reader: StateReader;
  readonly #historyBlocks: bigint;

  /** `historyBlocks` from the parameters: how far back realms can be based and blocks taken back. */
  constructor(disk: Disk, reader: StateReader, historyBlocks: bigint) {
    this.#disk = disk;
    this.#reader = reader;
    this.#historyBlocks = historyBlocks;
  }

  begin(base: StateBase | undefined): RealmState {
    return new RealmState(Realm.at(this.#reader, base ?? EMPTY_BASE), this.#disk, this.#historyBlocks);
  }

  /** Hash of the stored root node. Nodes below are checked against their hash whenever one is read. */
  rootOf(height: bigint): Uint8Array | undefined {
    const node = this.#reader.get(nodeStateKey(new Uint8Array(0), new Uint8Array(0)), height);
    return node === undefined ? EMPTY_BASE.stateRoot : rootOfStored(node);
  }

  floor(): bigint {
    return stateFloor(this.#disk);
  }

  planRevert(heights: { readonly tip: bigint; readonly target: bigint }): readonly KeyValueOperation[] {
    return [...planRevert(this.#disk, heights, this.#reader.folder), ...planUnindex(this.#disk, heights)];
  }

  forget(): void {
    this.#reader.forget();
  }
}
