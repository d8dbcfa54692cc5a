import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fastestScheme } from "../../node/crypto/sodium-scheme.ts";
import { benchWorld, makeDataBlock, makeKeyBlock, openBenchChain, takeBlock, type BenchChain, type BenchWorld } from "./ledger/bench-chain.ts";
import { benchTrie } from "./ledger/bench-trie.ts";
import { bareVerificationRate } from "./ledger/bench-verify.ts";
import { transferPackage } from "./ledger/transfers.ts";
import type { BenchRow } from "./vm/bench-vm.ts";

export interface BenchLedgerOptions {
  /** Signed transfers that are timed; as many again warm up. */
  readonly transfers?: number;
  /** Domains with coins before the first block. */
  readonly domains?: number;
  /** Also a million domains and a trie of a million keys: minutes, and gigabytes of memory. */
  readonly million?: boolean;
}

const DEFAULT_TRANSFERS = 10_000;
const DEFAULT_DOMAINS = 20_000;
const VERIFY_MS = 2_000;
/** Threads that check signatures, as in a node. */
const WORKERS = Math.min(Math.max(availableParallelism(), 2), 8);

/**
 * The ledger's numbers, each against what bounds it: transfers against bare signature checks of the same
 * run, the trie against its targets. Transfers go the whole way: a block of a stranger's is decoded, its
 * signatures checked, its bytecode run, effects compared, the trie's root computed, everything synced.
 */
export async function benchLedger(options: BenchLedgerOptions = {}): Promise<BenchRow[]> {
  const transfers = options.transfers ?? DEFAULT_TRANSFERS;
  const bare = await bareVerificationRate(WORKERS, VERIFY_MS);
  const rows: BenchRow[] = [{ name: `bare verification, ${fastestScheme.name}, ${WORKERS} threads`, unit: "1/s", value: bare }];
  const sizes = options.million === true ? [1_000, 100_000, 1_000_000] : [1_000, options.domains ?? DEFAULT_DOMAINS];
  for (const domains of sizes) rows.push(...(await transferRows(domains, transfers, bare)));
  rows.push(...trieRows(options.million === true));
  return rows;
}

async function transferRows(domains: number, transfers: number, bare: number): Promise<BenchRow[]> {
  const world = benchWorld({ domains: Math.max(domains, transfers), senders: transfers });
  const folders = [mkdtempSync(join(tmpdir(), "grid-bench-")), mkdtempSync(join(tmpdir(), "grid-bench-"))] as const;
  try {
    const blocks = await madeBlocks(folders[0], world);
    const times = await timeTaken(folders[1], world, blocks);
    const name = `transfers, ${Math.max(domains, transfers)} domains`;
    const perSecond = (transfers * 1_000) / times.wallMs;
    const checkUs = (1e6 * WORKERS) / bare;
    const cpuUs = times.cpuUs / transfers;
    return [
      { name, unit: "1/s", value: perSecond, reference: bare, ratio: perSecond / bare },
      { name: `${name}: processor time each`, unit: "µs", value: cpuUs },
      { name: `${name}: outside signature checks`, unit: "%", value: Math.max(0, (100 * (cpuUs - checkUs)) / cpuUs), reference: 40 },
      { name: `${name}: cold start`, unit: "ms", value: times.startMs },
    ];
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

interface MadeBlocks {
  readonly warmUp: readonly Uint8Array[];
  readonly timed: readonly Uint8Array[];
}

/** Two rounds of packages by every sender: the first is for the compilers of the language and of the engine. */
async function madeBlocks(folder: string, world: BenchWorld): Promise<MadeBlocks> {
  const maker = await openBenchChain(folder, world, WORKERS);
  try {
    const warmUp = [await makeKeyBlock(maker), ...(await blocksOfRound(maker, world, 1n))];
    return { warmUp, timed: await blocksOfRound(maker, world, 2n) };
  } finally {
    await maker.close();
  }
}

async function blocksOfRound(maker: BenchChain, { senders, receivers }: BenchWorld, nonce: bigint): Promise<Uint8Array[]> {
  const { pool } = maker.pool;
  const { chainId } = maker.chain.machine;
  for (const [index, sender] of senders.entries()) pool.add(transferPackage(sender, receivers[(index * 7_919 + 13) % receivers.length] as Uint8Array, { chainId, nonce }));
  const blocks: Uint8Array[] = [];
  while (pool.count() > 0) blocks.push(await makeDataBlock(maker));
  return blocks;
}

async function timeTaken(folder: string, world: BenchWorld, blocks: MadeBlocks): Promise<{ readonly wallMs: number; readonly cpuUs: number; readonly startMs: number }> {
  const taker = await openBenchChain(folder, world, WORKERS);
  let [wallMs, cpuUs] = [0, 0];
  try {
    for (const block of blocks.warmUp) await takeBlock(taker, block);
    const [cpuBefore, startedMs] = [process.cpuUsage(), performance.now()];
    for (const block of blocks.timed) await takeBlock(taker, block);
    wallMs = performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    cpuUs = cpu.user + cpu.system;
  } finally {
    await taker.close();
  }
  const startedMs = performance.now();
  const again = await openBenchChain(folder, world, WORKERS);
  const startMs = performance.now() - startedMs;
  await again.close();
  return { wallMs, cpuUs, startMs };
}

function trieRows(million: boolean): BenchRow[] {
  const small = benchTrie(100_000);
  const rows: BenchRow[] = [
    { name: "trie, inserts in batches of 10,000 up to 100,000 keys", unit: "1/s", value: small.insertsPerSecond, reference: 200_000, ratio: small.insertsPerSecond / 200_000 },
    { name: "trie, 1,000 updates on 100,000 keys", unit: "ms", value: small.updateMs },
  ];
  if (!million) return rows;
  const large = benchTrie(1_000_000);
  return [...rows, { name: "trie, 1,000 updates on 1,000,000 keys", unit: "ms", value: large.updateMs, reference: 30, ratio: large.updateMs / 30 }];
}
