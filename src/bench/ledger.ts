import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fastestScheme } from "../../node/crypto/sodium-scheme.ts";
import { benchWorld, makeDataBlock, makeKeyBlock, openBenchChain, openStoredChain, takeBlocks, unsyncedDisk, type BenchChain, type BenchChainOptions, type BenchWorld } from "./ledger/bench-chain.ts";
import { benchStoredTrie, benchTrie } from "./ledger/bench-trie.ts";
import { bareVerificationRate, type VerificationRate } from "./ledger/bench-verify.ts";
import { transferPackage, type TransferCode } from "./ledger/transfers.ts";
import { LEDGER_CACHE_BYTES } from "../../node/machines/pool.ts";
import type { BenchRow } from "./vm/bench-vm.ts";

export interface BenchLedgerOptions {
  /** Signed transfers that are timed at each size of the state; half as many before them warm up. */
  readonly transfers?: number;
  /** Also a million domains and a trie of a million keys: some minutes. */
  readonly million?: boolean;
  /** What a worker keeps of the state; undefined: as much as a node's. */
  readonly cacheBytes?: number;
  readonly onProgress?: OnProgress;
}
/** How far a part of the benchmark is; called often. */
type OnProgress = (progress: { readonly what: string; readonly done: number; readonly total: number }) => void;

/** With those that warm up, a chain of 100,000 packages. */
const DEFAULT_TRANSFERS = 66_667;
const LARGEST = 100_000;
const SIZES = [1_000, LARGEST];
const MILLION = 1_000_000;
const VERIFY_MS = 2_000;
/** Threads that check signatures, as in a node. */
const WORKERS = Math.min(Math.max(availableParallelism(), 2), 8);
const MEBIBYTE = 1 << 20;

/**
 * The ledger's numbers, each against what bounds it: transfers against bare signature checks of the same run,
 * the trie against its targets. Transfers go the whole way: a block of a stranger's is decoded, its signatures
 * checked, its packages judged and run, effects compared, the trie's root computed, everything synced. A package that is
 * one payment is run without a machine (node/package/plain-payment.ts), in a node as here; at the largest state the
 * same payments are timed once more by bytecode that needs one.
 */
export async function benchLedger(options: BenchLedgerOptions = {}): Promise<BenchRow[]> {
  const { transfers = DEFAULT_TRANSFERS, million = false, cacheBytes = LEDGER_CACHE_BYTES, onProgress = () => undefined } = options;
  const bare = await bareVerificationRate(WORKERS, VERIFY_MS);
  const rows: BenchRow[] = [{ name: `bare verification, ${fastestScheme.name}, ${WORKERS} threads`, unit: "1/s", value: bare.perSecond }];
  for (const domains of million ? [...SIZES, MILLION] : SIZES) rows.push(...(await transferRows(domains, transfers, { bare, cacheBytes, onProgress })));
  const largest = million ? MILLION : LARGEST;
  rows.push(...(await machineRows(largest, transfers, { bare, cacheBytes, onProgress })), ...trieRows(), ...(await storedTrieRows(largest, onProgress)));
  return rows;
}

interface TransferRun extends Required<Pick<BenchLedgerOptions, "cacheBytes" | "onProgress">> {
  readonly bare: VerificationRate;
}

async function transferRows(domains: number, transfers: number, { bare, cacheBytes, onProgress }: TransferRun): Promise<BenchRow[]> {
  const told = (what: string, total = Math.ceil(transfers * 1.5)) => (done: number): void => onProgress({ what: `${domains} domains, ${what}`, done, total });
  const world = worldOf(domains, transfers);
  return inFolder(async (folder) => {
    const blocks = await madeBlocks(join(folder, "maker"), [join(folder, "taker"), join(folder, "again")], world, { transfers, onFilled: told("with coins", domains), onPackages: told("transfers made") });
    const times = await timeTaken(join(folder, "taker"), world, blocks, { cacheBytes, onPackages: told("transfers taken") });
    const again = await timeAgain(join(folder, "taker"), join(folder, "again"), world, { cacheBytes, onPackages: told("transfers verified again") });
    const name = `${domains} domains`;
    const perSecond = (blocks.timedPackages * 1_000) / times.wallMs;
    const cpuUs = times.cpuUs / blocks.timedPackages;
    return [
      { name: `${name}: transfers, each one payment`, unit: "1/s", value: perSecond, reference: bare.perSecond, ratio: perSecond / bare.perSecond },
      { name: `${name}: processor time of each`, unit: "µs", value: cpuUs },
      { name: `${name}: outside signature checks`, unit: "%", value: Math.max(0, (100 * (cpuUs - bare.cpuUs)) / cpuUs), reference: 40 },
      { name: `${name}: resident memory, ${WORKERS} workers, a cache of ${cacheBytes / MEBIBYTE} MiB`, unit: "MiB", value: times.residentBytes / MEBIBYTE },
      { name: `${name}: cold start on ${again.packages} packages`, unit: "ms", value: again.startMs, reference: 3_000 },
      { name: `${name}: full re-verification`, unit: "1/s", value: again.perSecond, reference: 0.8 * perSecond, ratio: again.perSecond / perSecond },
    ];
  });
}

/** Transfers whose code defines a word and runs it: each has a machine of its own, as every package has that is more than one payment. */
async function machineRows(domains: number, transfers: number, { bare, cacheBytes, onProgress }: TransferRun): Promise<BenchRow[]> {
  const told = (what: string) => (done: number): void => onProgress({ what: `${domains} domains, ${what}`, done, total: Math.ceil(transfers * 1.5) });
  const world = worldOf(domains, transfers);
  return inFolder(async (folder) => {
    const blocks = await madeBlocks(join(folder, "maker"), [join(folder, "taker")], world, { transfers, code: "own word", onFilled: (done) => onProgress({ what: `${domains} domains, with coins`, done, total: domains }), onPackages: told("transfers by bytecode made") });
    const { wallMs, cpuUs } = await timeTaken(join(folder, "taker"), world, blocks, { cacheBytes, onPackages: told("transfers by bytecode taken") });
    const perSecond = (blocks.timedPackages * 1_000) / wallMs;
    return [
      { name: `${domains} domains: transfers by a word of their own, on a machine`, unit: "1/s", value: perSecond, reference: bare.perSecond, ratio: perSecond / bare.perSecond },
      { name: `${domains} domains: processor time of each, on a machine`, unit: "µs", value: cpuUs / blocks.timedPackages },
    ];
  });
}

function worldOf(domains: number, transfers: number): BenchWorld {
  return benchWorld({ domains, senders: Math.min(domains, Math.ceil(transfers / 2)) });
}

async function inFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "grid-bench-"));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface MakeOptions extends Required<Pick<BenchChainOptions, "onFilled" | "onPackages">> {
  readonly transfers: number;
  readonly code?: TransferCode;
}

interface MadeBlocks {
  readonly warmUp: readonly Uint8Array[];
  readonly timed: readonly Uint8Array[];
  readonly timedPackages: number;
}

/** Blocks of a chain in `folder`; `copies` get its store as it was after the genesis, which takes longest to make. */
async function madeBlocks(folder: string, copies: readonly string[], world: BenchWorld, { transfers, code = "payment", onFilled, onPackages }: MakeOptions): Promise<MadeBlocks> {
  await (await openBenchChain(folder, world, { workers: 1, onFilled })).close();
  for (const copy of copies) cpSync(folder, copy, { recursive: true });
  const maker = await openBenchChain(folder, world, { workers: WORKERS, onPackages });
  try {
    const warmUp = [await makeKeyBlock(maker), ...(await blocksOf(maker, world, { from: 0, to: Math.ceil(transfers / 2), code }))];
    const from = Math.ceil(transfers / 2);
    return { warmUp, timed: await blocksOf(maker, world, { from, to: from + transfers, code }), timedPackages: transfers };
  } finally {
    await maker.close();
  }
}

/** Everybody sends in turn, to somebody else each time. */
async function blocksOf(maker: BenchChain, { senders, receivers }: BenchWorld, { from, to, code }: { readonly from: number; readonly to: number; readonly code: TransferCode }): Promise<Uint8Array[]> {
  const { pool } = maker.pool;
  const { chainId } = maker.chain.machine;
  const blocks: Uint8Array[] = [];
  for (let index = from; index < to; index++) {
    const sender = senders[index % senders.length];
    const receiver = receivers.at((index * 7_919 + 13) % receivers.length);
    if (sender === undefined || receiver === undefined) throw new Error("a world has senders and receivers");
    pool.add(transferPackage(sender, receiver, { chainId, nonce: BigInt(Math.floor(index / senders.length) + 1), code }));
    // No more than some blocks wait: a domain may have few packages in the pool.
    if (pool.count() >= 30_000) while (pool.count() > 0) blocks.push(await makeDataBlock(maker));
  }
  while (pool.count() > 0) blocks.push(await makeDataBlock(maker));
  return blocks;
}

type TakeOptions = Required<Pick<BenchChainOptions, "onPackages">> & Pick<BenchChainOptions, "cacheBytes">;

async function timeTaken(folder: string, world: BenchWorld, blocks: MadeBlocks, options: TakeOptions): Promise<{ readonly wallMs: number; readonly cpuUs: number; readonly residentBytes: number }> {
  const taker = await openBenchChain(folder, world, { workers: WORKERS, ...options });
  try {
    await takeBlocks(taker, blocks.warmUp);
    const [cpuBefore, startedMs] = [process.cpuUsage(), performance.now()];
    await takeBlocks(taker, blocks.timed);
    const wallMs = performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    return { wallMs, cpuUs: cpu.user + cpu.system, residentBytes: process.memoryUsage.rss() };
  } finally {
    await taker.close();
  }
}

/** A start on the stored chain, and all of it run once more from the genesis, as `grid check --full` does. */
async function timeAgain(folder: string, fresh: string, world: BenchWorld, options: TakeOptions): Promise<{ readonly startMs: number; readonly packages: number; readonly perSecond: number }> {
  const startedMs = performance.now();
  const started = await openBenchChain(folder, world, { workers: 1 });
  const startMs = performance.now() - startedMs;
  await started.close();
  const stored = await openStoredChain(folder, world);
  const anew = await openBenchChain(fresh, world, { workers: WORKERS, through: unsyncedDisk, ...options });
  try {
    // The rate is asked for; what a start costs has a row of its own.
    await anew.warm();
    const replayedMs = performance.now();
    const packages = await takeBlocks(anew, stored.blocks());
    return { startMs, packages, perSecond: (packages * 1_000) / (performance.now() - replayedMs) };
  } finally {
    await anew.close();
    await stored.close();
  }
}

function trieRows(): BenchRow[] {
  const { insertsPerSecond, updateMs } = benchTrie(100_000);
  return [
    { name: "trie, inserts in batches of 10,000 up to 100,000 keys", unit: "1/s", value: insertsPerSecond, reference: 200_000, ratio: insertsPerSecond / 200_000 },
    { name: "trie in memory, 1,000 updates on 100,000 keys", unit: "ms", value: updateMs },
  ];
}

async function storedTrieRows(keys: number, onProgress: OnProgress): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "grid-bench-trie-"));
  try {
    const { updateMs, cacheBytes, residentBytes } = await benchStoredTrie(folder, keys, (done) => onProgress({ what: "keys in a stored trie", done, total: keys }));
    return [
      { name: `trie in a store, 1,000 updates on ${keys} keys`, unit: "ms", value: updateMs, reference: 30, ratio: updateMs / 30 },
      { name: `trie in a store, resident memory of the process with a cache of ${cacheBytes / MEBIBYTE} MiB`, unit: "MiB", value: residentBytes / MEBIBYTE },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
