import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { isUsablePublicKey, verifyEd25519 } from "../crypto/ed25519.ts";
import { fastestScheme } from "../crypto/sodium-scheme.ts";
import { placesIn } from "../data-folder.ts";
import { totalsAt } from "../explorer/index-plan.ts";
import type { StoreFault } from "../fault.ts";
import type { Block } from "../ledger/block.ts";
import type { Chain } from "../ledger/chain.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import { smallFile, type SmallFile } from "../ledger/head-marker.ts";
import { openChain } from "../ledger/open-chain.ts";
import { RealmStates, type RealmState } from "../ledger/realm-states.ts";
import { LEDGER_CACHE_BYTES, ledgerPoolLimits, WorkerPool } from "../machines/pool.ts";
import type { WorkerData } from "../machines/worker.ts";
import { PackageExecutor } from "../package/package-executor.ts";
import type { Clock, Disk } from "../ports.ts";
import { BaseState } from "../state/base-state.ts";
import { createStateReader, stateFloor, type StateReader } from "../state/versioned.ts";
import { openDisk } from "../store/level-disk.ts";
import type { Progress } from "./check-folder.ts";
import { checkSums } from "./check-sums.ts";
import { compareStores } from "./compare-stores.ts";
import { withFolder, type OpenFolder } from "./open-folder.ts";
import { takeSnapshot } from "./snapshot/read-snapshot.ts";
import { writeSnapshotOf } from "./snapshot/write-snapshot.ts";

/**
 * `grid check --full`: the chain is built anew from the genesis in an empty store, as by a stranger who gets its
 * blocks one by one: every rule, signature, execution and root. Then the two stores are compared record by record:
 * state, trie nodes, reverse diffs, receipts and indexes. It takes the room of a second store beside the first.
 *
 * A node without its oldest blocks is built anew from the first key block from which it has all: from there a snapshot
 * is written and taken as a stranger's would be, every header from the genesis judged, the state against its root. Where
 * that is not the snapshot that the node itself began with, of the records the state is compared.
 */
export interface WholeReport {
  /** Blocks above this height were executed: 0, or where the snapshot stands. */
  readonly from: bigint;
  readonly blocks: number;
  readonly packages: number;
  /** Compared with those of the execution. */
  readonly records: number;
}
export interface WholeOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/** Blocks handed in at a time: one is run while another is written and the next is read. */
const UNDERWAY = 3;
const WORKERS = Math.min(Math.max(availableParallelism(), 2), 8);
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "../machines/worker.ts" : "../machines/worker.js", import.meta.url);

/** Faults: STORE_DAMAGED, which names the first block or record that is not what the chain gives. */
export function checkWhole(folder: string, { onProgress = () => undefined }: WholeOptions = {}): Promise<WholeReport> {
  return withFolder(folder, async (open) => {
    const scratch = join(folder, "checking");
    const copy = `${scratch}.snapshot`;
    const clear = (): void => [scratch, copy].forEach((path) => rmSync(path, { recursive: true, force: true }));
    clear();
    try {
      const from = open.store.keptFrom() === 0n ? undefined : wholeFrom(open);
      if (from !== undefined) await beginAt(from, { scratch, copy }, open, onProgress);
      return await checkIn(scratch, open, from?.height ?? 0n, onProgress);
    } finally {
      clear();
    }
  });
}

/** The first key block from which on every block and the state are here. Faults: STORE_NOTHING_FINAL. */
function wholeFrom({ store, disk }: OpenFolder): ChainEntry {
  const [kept, floor] = [store.keptFrom(), stateFloor(disk)];
  for (let height = kept > floor ? kept : floor; ; height++) {
    const id = store.idAt(height);
    const entry = id === undefined ? undefined : store.entry(id);
    if (entry === undefined) throw new FaultError<StoreFault>({ code: "STORE_NOTHING_FINAL", keyBlocks: 1n });
    if (entry.header?.kind === "key") return entry;
  }
}

/** Puts the state after a block into the scratch folder, through a snapshot that is believed in nothing. */
async function beginAt(from: ChainEntry, { scratch, copy }: { readonly scratch: string; readonly copy: string }, open: OpenFolder, onProgress: (progress: Progress) => void): Promise<void> {
  await writeSnapshotOf(from, open, copy, onProgress);
  try {
    await takeSnapshot(copy, scratch, { clock: LATE_CLOCK, checkpoint: from.id, genesis: open.genesis, onProgress });
  } catch (error) {
    const fault = isFaultError(error) ? (error.fault as StoreFault) : undefined;
    throw fault?.code === "STORE_BAD_COPY" ? damaged(open, `what is kept at height ${from.height}: ${fault.reason}`) : error;
  }
}

async function checkIn(scratch: string, open: OpenFolder, from: bigint, onProgress: (progress: Progress) => void): Promise<WholeReport> {
  const anew = await openAnew(scratch, open);
  try {
    const replayed = await replay(open, anew.chain, onProgress);
    const records = await compareStores(open.disk, anew.disk, {
      floor: stateFloor(open.disk),
      ...(from > open.store.baseHeight() && { onlyStateFrom: from }),
      damaged: (what) => damaged(open, what),
      onRecord: (done) => onProgress({ what: "records", done, total: done }),
    });
    const wrong = sumsOf(anew);
    if (wrong !== undefined) throw damaged(open, wrong);
    return { ...replayed, from, records };
  } finally {
    await anew.close();
  }
}

/** Over the newest state of the store that was built anew: the other was found to be the same. */
function sumsOf({ chain, disk, reader }: Anew): string | undefined {
  const head = chain.head();
  const totals = totalsAt(disk, head.height);
  return totals === undefined ? "the explorer's sums" : checkSums(new BaseState(reader, head), totals);
}

interface Anew {
  readonly chain: Chain<RealmState>;
  readonly disk: Disk;
  readonly reader: StateReader;
  close(): Promise<void>;
}

/** A chain of the same genesis, empty or begun with a snapshot, which keeps as much history as the store that it is to be compared with. */
async function openAnew(scratch: string, { genesis, chainId, params: chainParams, disk: checked }: OpenFolder): Promise<Anew> {
  const params = { ...chainParams, historyBlocks: stateFloor(checked) === 0n ? 1n << 62n : chainParams.historyBlocks };
  const places = placesIn(scratch);
  mkdirSync(scratch, { recursive: true });
  const disk = unsynced(await openDisk(places.store));
  const reader = createStateReader(disk, { cacheBytes: LEDGER_CACHE_BYTES, folder: places.store });
  const workerData: WorkerData = { storeFolder: places.store, cacheBytes: LEDGER_CACHE_BYTES, params, chainId, outsideWords: [] };
  const pool = new WorkerPool(WORKER_FILE, workerData, ledgerPoolLimits(WORKERS));
  const executor = new PackageExecutor({ pool, verifiers: WORKERS, reader, params, chainId });
  const rule = { verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => verifyEd25519(key, message, signature, fastestScheme), isUsableKey: isUsablePublicKey };
  const states = new RealmStates(disk, reader, params.historyBlocks);
  const chain = await openChain({ genesis, ports: { clock: LATE_CLOCK, disk, marker: forgetfulFile(smallFile(places.head).read()) }, states, executor, rule, folder: places.store, params });
  const close = async (): Promise<void> => {
    await pool.close();
    await disk.close();
  };
  return { chain, disk, reader, close };
}

async function replay(open: OpenFolder, chain: Chain<RealmState>, onProgress: (progress: Progress) => void): Promise<Omit<WholeReport, "from" | "records">> {
  const head = open.store.headId();
  const height = (head === undefined ? undefined : open.store.entry(head))?.height ?? 0n;
  const first = chain.head().height;
  const underway: Promise<number>[] = [];
  let packages = 0;
  for (let next = first + 1n; next <= height; next++) {
    const id = open.store.idAt(next);
    const entry = id === undefined ? undefined : open.store.entry(id);
    const block = entry === undefined ? undefined : open.store.block(entry);
    if (block === undefined) throw damaged(open, `block at height ${next}`);
    underway.push(take(open, chain, block));
    if (underway.length === UNDERWAY) packages += (await underway.shift()) ?? 0;
    onProgress({ what: "blocks", done: Number(next), total: Number(height) });
  }
  for (const taken of await Promise.all(underway)) packages += taken;
  return { blocks: Number(height - first), packages };
}

/** How many packages the block has. */
async function take(open: OpenFolder, chain: Chain<RealmState>, block: Block): Promise<number> {
  const answer = await chain.submit(block);
  if (answer.kind !== "appended") throw damaged(open, `block at height ${block.header.height}: ${"fault" in answer ? answer.fault.code : answer.kind}`);
  return "packages" in block ? block.packages.length : 0;
}

function damaged({ folder }: OpenFolder, what: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what });
}

/** Blocks of the past are judged, so none comes from the future. */
const LATE_CLOCK: Clock = { nowMs: () => 2 ** 47, after: () => () => undefined };

/** What is thrown away in the end need not reach the disk. */
function unsynced(disk: Disk): Disk {
  return { getSync: (key) => disk.getSync(key), entries: (range) => disk.entries(range), close: () => disk.close(), batch: (operations) => disk.batch(operations, { sync: false }) };
}

function forgetfulFile(kept: Uint8Array | undefined): SmallFile {
  let held = kept;
  return { read: () => held, write: async (bytes) => void (held = bytes) };
}
