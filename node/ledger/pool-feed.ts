import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { Chain } from "./chain.ts";
import type { ChainChange } from "./head-writer.ts";
import type { BlockState } from "./executor.ts";
import { planForgetNotice, planNotice, readNotices } from "./eviction-store.ts";
import { EvictionBook, evictionReasonOf } from "./evictions.ts";
import { DEFAULT_POOL_LIMITS, Pool, type PoolEntry, type PoolLimits, type PoolView } from "./pool.ts";

/**
 * Ties a pool to its chain and its store: what a block has leaves, what a reorganisation drops comes
 * back, and all of it is there again after a restart. Writes are not synced: a crash of the process
 * loses none, a power cut perhaps the last second, and nobody was promised a receipt yet.
 */
const WAITING = utf8("l/p");
const WAITING_END = utf8("l/q");

export interface PoolFeed {
  readonly pool: Pool;
  /** Resolves when the store has every change made so far. */
  flushed(): Promise<void>;
  close(): void;
}

export interface PoolOptions<S extends BlockState> {
  readonly chain: Chain<S>;
  readonly disk: Disk;
  readonly limits?: PoolLimits;
  /** The disk failed: the node must stop. Told once. */
  readonly onFailure: (error: unknown) => void;
}

/** Reads back what waited before, then follows the chain. Faults: STORE_DAMAGED. */
export async function startPool<S extends BlockState>({ chain, disk, limits = DEFAULT_POOL_LIMITS, onFailure }: PoolOptions<S>): Promise<PoolFeed> {
  const pool = new Pool(chain.machine.params, poolView(chain), limits, new EvictionBook(await readNotices(disk)));
  let failed = false;
  let written: Promise<void> = Promise.resolve();
  const write = (operations: readonly KeyValueOperation[]): void => {
    written = written.then(() => (failed ? undefined : disk.batch(operations, { sync: false }))).catch((error: unknown) => {
      failed = true;
      onFailure(error);
    });
  };
  const closePool = pool.listen({ added: (entry) => write([keep(entry)]), removed: (entry) => write([drop(entry)]), noticed: (added, gone) => write([...gone.map(planForgetNotice), ...(added === undefined ? [] : [planNotice(added)])]) });
  write(await readBack(pool, chain, disk));
  await written;
  const dropped: ChainChange[] = [];
  const closeChain = chain.listen({
    connected: ({ block, results }) => pool.included(results.map(({ packageId }) => packageId), (index) => chain.machine.executor.facts("packages" in block ? (block.packages[index] as Uint8Array) : new Uint8Array(0))),
    disconnected: (change) => void dropped.push(change),
    moved: () => {
      // Only now: before, the new branch might still bring the same packages.
      for (const change of dropped.splice(0).reverse()) returnToPool(pool, change);
    },
  });
  return { pool, flushed: () => written, close: () => (closePool(), closeChain()) };
}

/** The pool's questions answered from the head's state, which is taken up anew for each block. */
function poolView<S extends BlockState>(chain: Chain<S>): PoolView {
  const { executor, states, store } = chain.machine;
  let at = chain.head();
  let state = states.begin(at);
  const newest = (): S => {
    if (at !== chain.head()) {
      at = chain.head();
      state = states.begin(at);
    }
    return state;
  };
  return {
    facts: (bytes) => executor.facts(bytes),
    objection: (bytes) => executor.objection(bytes, chain.head().height + 1n, newest()),
    nonceOf: (domain) => newest().nonceOf(domain),
    nextHeight: () => chain.head().height + 1n,
    hasReceipt: (packageId) => store.place(packageId) !== undefined,
  };
}

/** Packages that waited when the node stopped wait again, each after those of lower nonces; what can wait no more is told as an eviction. The operations drop what a block has by now. */
async function readBack<S extends BlockState>(pool: Pool, chain: Chain<S>, disk: Disk): Promise<KeyValueOperation[]> {
  const stored: { readonly bytes: Uint8Array; readonly nonce: bigint }[] = [];
  for await (const [, bytes] of disk.entries({ start: WAITING, end: WAITING_END })) stored.push({ bytes, nonce: chain.machine.executor.facts(bytes).nonce });
  stored.sort((a, b) => (a.nonce < b.nonce ? -1 : a.nonce > b.nonce ? 1 : 0));
  return stored.filter(({ bytes }) => takeBack(pool, bytes)).map(({ bytes }) => ({ type: "del", key: keyOf(chain.machine.executor.facts(bytes).packageId) }));
}

/** What a reorganisation dropped waits again; what cannot run any more is evicted, so that its owner hears of it. */
function returnToPool(pool: Pool, change: ChainChange): void {
  if (!("packages" in change.block)) return;
  for (const bytes of change.block.packages) takeBack(pool, bytes);
}

/** True for a package that is known already: it waits or has its receipt. */
function takeBack(pool: Pool, bytes: Uint8Array): boolean {
  const refusedWith = addQuietly(pool, bytes);
  if (refusedWith !== undefined && refusedWith !== "PACKAGE_KNOWN") pool.lost(bytes, evictionReasonOf(refusedWith));
  return refusedWith === "PACKAGE_KNOWN";
}

/** The code of the fault when the pool refuses. */
function addQuietly(pool: Pool, bytes: Uint8Array): string | undefined {
  try {
    pool.add(bytes);
    return undefined;
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return error.fault.code;
  }
}

function keep(entry: PoolEntry): KeyValueOperation {
  return { type: "put", key: keyOf(entry.facts.packageId), value: entry.bytes };
}

function drop(entry: PoolEntry): KeyValueOperation {
  return { type: "del", key: keyOf(entry.facts.packageId) };
}

function keyOf(packageId: Uint8Array): Uint8Array {
  return concatBytes(WAITING, packageId);
}
