import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bigEndian, compareBytes } from "../../../lang/base/bytes.ts";
import { ed25519PublicKey, isUsablePublicKey, signEd25519, verifyEd25519 } from "../../../node/crypto/ed25519.ts";
import { fastestScheme } from "../../../node/crypto/sodium-scheme.ts";
import { decodeBlock, encodeBlock } from "../../../node/ledger/block-codec.ts";
import type { Block } from "../../../node/ledger/block.ts";
import type { Chain } from "../../../node/ledger/chain.ts";
import { ChainStore } from "../../../node/ledger/chain-store.ts";
import { draftDataBlock, draftKeyBlock } from "../../../node/ledger/draft-block.ts";
import { chainIdOf, type Genesis } from "../../../node/ledger/genesis.ts";
import { dataBlockMessage, workSeal } from "../../../node/ledger/header-codec.ts";
import { smallFile } from "../../../node/ledger/head-marker.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { paramsOf, UNITS_PER_COIN, type LedgerParams } from "../../../node/ledger/params.ts";
import { startPool, type PoolFeed } from "../../../node/ledger/pool-feed.ts";
import { RealmStates, type RealmState } from "../../../node/ledger/realm-states.ts";
import { searchNonce } from "../../../node/ledger/work-search.ts";
import { LEDGER_CACHE_BYTES, ledgerPoolLimits, WorkerPool } from "../../../node/machines/pool.ts";
import type { WorkerData } from "../../../node/machines/worker.ts";
import { PackageExecutor } from "../../../node/package/package-executor.ts";
import type { Clock, Disk } from "../../../node/ports.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { EMPTY_BASE, type RealmBase } from "../../../node/state/base-state.ts";
import { applyToState } from "../../../node/state/realm-root.ts";
import { Realm } from "../../../node/state/realm.ts";
import { createStateReader, type StateReader } from "../../../node/state/versioned.ts";
import { openStore } from "../../../node/store/open-store.ts";
import { account, bystander, type Account } from "./transfers.ts";

/** A chain on a real store in a folder, with its workers, as a node runs it; the clock is moved by hand. */
export interface BenchChain {
  readonly chain: Chain<RealmState>;
  readonly pool: PoolFeed;
  readonly clock: HandClock;
  readonly disk: Disk;
  /** Resolves when a worker has loaded its code. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchWorld {
  readonly genesis: Genesis;
  readonly params: LedgerParams;
  readonly senders: readonly Account[];
  readonly receivers: Addresses;
  /** Have coins before the genesis, which names the senders alone: a genesis of a million lines would be the benchmark. */
  readonly bystanders?: Addresses;
}
/** A list of addresses, or whatever can be asked for them one by one. */
type Addresses = Pick<readonly Uint8Array[], "length" | "at">;

/** Of the key that leads the whole chain. */
export const LEADER_SEED = new Uint8Array(32).fill(77);
const START_MS = 1_700_000_000_000;
/** Of the main thread, which runs no blocks. */
const MAIN_CACHE_BYTES = 32 << 20;
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "../../../node/machines/worker.ts" : "../../../node/machines/worker.js", import.meta.url);
const FUNDS_UNITS = 100n * UNITS_PER_COIN;

/** `domains` with coins, of which `senders` have keys. */
export function benchWorld(options: { readonly domains: number; readonly senders: number }): BenchWorld {
  const senders = Array.from({ length: options.senders }, (_, index) => account(index));
  // Made when they are asked for: a million arrays would be what the collector works on while transfers are timed.
  const others: Addresses = { length: Math.max(0, options.domains - options.senders), at: bystander };
  const receivers: Addresses = { length: senders.length + others.length, at: (index) => senders[index]?.domain ?? bystander(index - senders.length) };
  const allocations = senders.map(({ domain }) => ({ domain, units: FUNDS_UNITS })).sort((a, b) => compareBytes(a.domain, b.domain));
  const genesis: Genesis = { preset: "devnet", salt: new Uint8Array(32).fill(1), timeMs: BigInt(START_MS - 1), allocations };
  // Caps of mainnet with the easy work of a devnet.
  const { dataBlockSizeBytes, dataBlockErg, dataBlockCodeErg, dataBlockPackages } = paramsOf("mainnet");
  const params = { ...paramsOf("devnet"), dataBlockSizeBytes, dataBlockErg, dataBlockCodeErg, dataBlockPackages };
  return { genesis, params, senders, receivers, bystanders: others };
}

class HandClock implements Clock {
  #nowMs = START_MS;
  nowMs(): number {
    return this.#nowMs;
  }
  after(): () => void {
    return () => undefined;
  }
  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

export interface BenchChainOptions {
  readonly workers: number;
  /** What each keeps of the state. */
  readonly cacheBytes?: number | undefined;
  /** What stands between the chain and its store. */
  readonly through?: (disk: Disk) => Disk;
  /** So many bystanders have their coins; so many packages are in blocks since it was opened. */
  readonly onFilled?: (domains: number) => void;
  readonly onPackages?: (packages: number) => void;
}

export async function openBenchChain(folder: string, { genesis, params, bystanders = [] }: BenchWorld, { workers, cacheBytes = LEDGER_CACHE_BYTES, through = (disk) => disk, onFilled, onPackages }: BenchChainOptions): Promise<BenchChain> {
  const clock = new HandClock();
  const storeFolder = join(folder, "store");
  mkdirSync(folder, { recursive: true });
  const isNew = !existsSync(storeFolder);
  const { disk: opened } = await openStore(storeFolder);
  const disk = through(opened);
  const reader = createStateReader(disk, { cacheBytes: MAIN_CACHE_BYTES, folder });
  const chainId = chainIdOf(genesis);
  const workerData: WorkerData = { storeFolder, cacheBytes, params, chainId, outsideWords: [] };
  const workerPool = new WorkerPool(WORKER_FILE, workerData, ledgerPoolLimits(workers));
  const executor = new PackageExecutor({ pool: workerPool, verifiers: workers, reader, params, chainId });
  const rule = { verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => verifyEd25519(key, message, signature, fastestScheme), isUsableKey: isUsablePublicKey };
  const states = isNew ? standingOn(await fill(disk, reader, bystanders, onFilled), disk, reader, params) : new RealmStates(disk, reader, params.historyBlocks);
  const fail = (error: unknown): never => {
    throw error;
  };
  const chain = await openChain({ genesis, ports: { clock, disk, marker: smallFile(join(folder, "head")) }, states, executor, rule, folder, params });
  let packages = 0;
  chain.listen({ connected: ({ results }) => onPackages?.((packages += results.length)), disconnected: () => undefined, moved: () => undefined });
  const pool = await startPool({ chain, disk, limits: { sizeBytes: 1 << 30, perDomain: 64 }, onFailure: fail });
  const close = async (): Promise<void> => {
    await pool.flushed();
    pool.close();
    await chain.idle();
    await workerPool.close();
    await disk.close();
  };
  return { chain, pool, clock, disk, warm: () => workerPool.warm(), close };
}

/** Makes a key block and submits it. Its bytes. */
export async function makeKeyBlock({ chain, clock }: BenchChain): Promise<Uint8Array> {
  clock.pass(30_000);
  const publicKey = ed25519PublicKey(LEADER_SEED);
  const draft = draftKeyBlock(chain.head(), { publicKey, rewardDomain: domainOfKey(publicKey) }, clock.nowMs(), chain.machine);
  const workNonce = searchNonce(workSeal(draft), bigEndian(draft.target, 32), 0n, 1 << 22);
  if (workNonce === undefined) throw new Error("no nonce was found in four million hashes");
  return submitted(chain, { header: { ...draft, workNonce }, evidence: [] });
}

/** Makes a data block of what waits in the pool and submits it. Its bytes. */
export async function makeDataBlock({ chain, clock, pool }: BenchChain): Promise<Uint8Array> {
  clock.pass(1_000);
  const drafted = await draftDataBlock(chain.head(), pool.pool, clock.nowMs(), chain.machine);
  if (drafted === undefined) throw new Error("the pool has nothing ready");
  const { header, packages, run } = drafted;
  return submitted(chain, { header: { ...header, signature: signEd25519(LEADER_SEED, dataBlockMessage(header)) }, packages }, { run });
}

async function submitted(chain: Chain<RealmState>, block: Block, hints: Parameters<typeof chain.submit>[1] = {}): Promise<Uint8Array> {
  const answer = await chain.submit(block, hints);
  if (answer.kind !== "appended") throw new Error(`own block: ${JSON.stringify(answer, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))}`);
  return encodeBlock(block);
}

/** Takes a block as from a peer: decoded, judged and run. How many packages it has. */
export function takeBlock(taker: BenchChain, bytes: Uint8Array): Promise<number> {
  return take(taker, decodeBlock(bytes, taker.chain.machine.params));
}

async function take({ chain, clock }: BenchChain, block: Block): Promise<number> {
  clock.pass(30_000);
  await submitted(chain, block);
  return "packages" in block ? block.packages.length : 0;
}

/** Blocks handed in before the first of them is written: one is run while another is written and the next is read. */
const UNDERWAY = 3;

/** Takes blocks one after another, as fast as they go; encoded ones as from a peer. How many packages they have. */
export async function takeBlocks(taker: BenchChain, blocks: Iterable<Uint8Array | Block>): Promise<number> {
  const underway: Promise<number>[] = [];
  let packages = 0;
  for (const block of blocks) {
    underway.push(block instanceof Uint8Array ? takeBlock(taker, block) : take(taker, block));
    if (underway.length === UNDERWAY) packages += (await underway.shift()) ?? 0;
  }
  for (const taken of await Promise.all(underway)) packages += taken;
  return packages;
}

/** The blocks of a chain's folder that nobody holds, read as `grid check --full` reads them. */
export interface StoredChain {
  /** Those of the main chain, from the first on. */
  blocks(): Generator<Block>;
  close(): Promise<void>;
}

/** Looks at the files of the store first, as every start does. */
export async function openStoredChain(folder: string, { params }: BenchWorld): Promise<StoredChain> {
  const { disk } = await openStore(join(folder, "store"));
  const store = new ChainStore(disk, params, folder);
  return { blocks: () => blocksIn(store), close: () => disk.close() };
}

function* blocksIn(store: ChainStore): Generator<Block> {
  const head = store.entry(store.headId() ?? new Uint8Array(32));
  for (let height = 1n; head !== undefined && height <= head.height; height++) {
    const id = store.idAt(height);
    const entry = id === undefined ? undefined : store.entry(id);
    const block = entry === undefined ? undefined : store.block(entry);
    if (block === undefined) throw store.damaged(`block at height ${height}`);
    yield block;
  }
}

const FILL_BATCH = 20_000;

/** Gives the bystanders their coins, some thousands at a time. The state that they then stand in. */
async function fill(disk: Disk, reader: StateReader, bystanders: Addresses, onFilled: (domains: number) => void = () => undefined): Promise<RealmBase> {
  let base = EMPTY_BASE;
  for (let from = 0; from < bystanders.length; from += FILL_BATCH) {
    const realm = Realm.at(reader, base);
    const to = Math.min(from + FILL_BATCH, bystanders.length);
    for (let index = from; index < to; index++) realm.adjustBalance(bystanders.at(index) as Uint8Array, FUNDS_UNITS);
    const { root, operations } = applyToState(realm, 0n);
    await disk.batch(operations, { sync: false });
    // All of it is height 0, so what was read there is not so any more.
    reader.forget();
    base = { height: 0n, stateRoot: root };
    onFilled(to);
  }
  return base;
}

/** The states of a chain whose genesis is written on top of `base`. */
function standingOn(base: RealmBase, disk: Disk, reader: StateReader, params: LedgerParams): RealmStates {
  const states = new RealmStates(disk, reader, params.historyBlocks);
  const begin = states.begin.bind(states);
  states.begin = (on) => begin(on ?? base);
  return states;
}

/** For a chain that is thrown away: nothing waits for the disk. */
export function unsyncedDisk(disk: Disk): Disk {
  return { getSync: (key) => disk.getSync(key), entries: (range) => disk.entries(range), close: () => disk.close(), batch: (operations) => disk.batch(operations, { sync: false }) };
}
