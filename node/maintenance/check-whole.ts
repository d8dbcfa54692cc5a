import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { FaultError } from "../../lang/base/fault.ts";
import { isUsablePublicKey, verifyEd25519 } from "../crypto/ed25519.ts";
import { fastestScheme } from "../crypto/sodium-scheme.ts";
import type { StoreFault } from "../fault.ts";
import type { Block } from "../ledger/block.ts";
import type { Chain } from "../ledger/chain.ts";
import type { SmallFile } from "../ledger/head-marker.ts";
import { openChain } from "../ledger/open-chain.ts";
import { RealmStates, type RealmState } from "../ledger/realm-states.ts";
import { ledgerPoolLimits, WorkerPool } from "../machines/pool.ts";
import type { WorkerData } from "../machines/worker.ts";
import { PackageExecutor } from "../package/package-executor.ts";
import type { Clock, Disk } from "../ports.ts";
import { createStateReader, stateFloor } from "../state/versioned.ts";
import { openDisk } from "../store/level-disk.ts";
import type { Progress } from "./check-folder.ts";
import { compareStores } from "./compare-stores.ts";
import { withFolder, type OpenFolder } from "./open-folder.ts";

/**
 * `grid check --full`: the chain is built anew from the genesis in an empty store, as by a stranger who gets its
 * blocks one by one: every rule, signature, execution and root. Then the two stores are compared record by record:
 * state, trie nodes, reverse diffs, receipts and indexes. It takes the room of a second store beside the first.
 */
export interface WholeReport {
  readonly blocks: number;
  readonly packages: number;
  /** Compared with those of the execution. */
  readonly records: number;
}
export interface WholeOptions {
  readonly onProgress?: (progress: Progress) => void;
}

const CACHE_BYTES = 64 << 20;
/** Blocks handed in at a time: one is run while another is written and the next is read. */
const UNDERWAY = 3;
const WORKERS = Math.min(Math.max(availableParallelism(), 2), 8);
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "../machines/worker.ts" : "../machines/worker.js", import.meta.url);

/** Faults: STORE_DAMAGED, which names the first block or record that is not what the chain gives. */
export function checkWhole(folder: string, { onProgress = () => undefined }: WholeOptions = {}): Promise<WholeReport> {
  return withFolder(folder, async (open) => {
    const baseHeight = open.store.baseHeight();
    if (baseHeight > 0n) throw new FaultError<StoreFault>({ code: "STORE_FROM_SNAPSHOT", baseHeight });
    const scratch = join(folder, "checking");
    rmSync(scratch, { recursive: true, force: true });
    try {
      return await checkIn(scratch, open, onProgress);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

async function checkIn(scratch: string, open: OpenFolder, onProgress: (progress: Progress) => void): Promise<WholeReport> {
  const anew = await openAnew(scratch, open);
  try {
    const replayed = await replay(open, anew.chain, onProgress);
    const records = await compareStores(open.disk, anew.disk, {
      floor: stateFloor(open.disk),
      damaged: (what) => damaged(open, what),
      onRecord: (done) => onProgress({ what: "records", done, total: done }),
    });
    return { ...replayed, records };
  } finally {
    await anew.close();
  }
}

interface Anew {
  readonly chain: Chain<RealmState>;
  readonly disk: Disk;
  close(): Promise<void>;
}

/** An empty chain of the same genesis, which keeps as much history as the store that it is to be compared with. */
async function openAnew(scratch: string, { genesis, chainId, params: chainParams, disk: checked }: OpenFolder): Promise<Anew> {
  const params = { ...chainParams, historyBlocks: stateFloor(checked) === 0n ? 1n << 62n : chainParams.historyBlocks };
  const disk = unsynced(await openDisk(scratch));
  const reader = createStateReader(disk, { cacheBytes: CACHE_BYTES, folder: scratch });
  const workerData: WorkerData = { storeFolder: scratch, cacheBytes: CACHE_BYTES, params, chainId, outsideWords: [] };
  const pool = new WorkerPool(WORKER_FILE, workerData, ledgerPoolLimits(WORKERS));
  const executor = new PackageExecutor({ pool, verifiers: WORKERS, reader, params, chainId });
  const rule = { verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => verifyEd25519(key, message, signature, fastestScheme), isUsableKey: isUsablePublicKey };
  const states = new RealmStates(disk, reader, params.historyBlocks);
  const chain = await openChain({ genesis, ports: { clock: LATE_CLOCK, disk, marker: forgetfulFile() }, states, executor, rule, folder: scratch, params });
  const close = async (): Promise<void> => {
    await pool.close();
    await disk.close();
  };
  return { chain, disk, close };
}

async function replay(open: OpenFolder, chain: Chain<RealmState>, onProgress: (progress: Progress) => void): Promise<Omit<WholeReport, "records">> {
  const head = open.store.headId();
  const height = (head === undefined ? undefined : open.store.entry(head))?.height ?? 0n;
  const underway: Promise<number>[] = [];
  let packages = 0;
  for (let next = 1n; next <= height; next++) {
    const id = open.store.idAt(next);
    const entry = id === undefined ? undefined : open.store.entry(id);
    const block = entry === undefined ? undefined : open.store.block(entry);
    if (block === undefined) throw damaged(open, `block at height ${next}`);
    underway.push(take(open, chain, block));
    if (underway.length === UNDERWAY) packages += (await underway.shift()) ?? 0;
    onProgress({ what: "blocks", done: Number(next), total: Number(height) });
  }
  for (const taken of await Promise.all(underway)) packages += taken;
  return { blocks: Number(height), packages };
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

function forgetfulFile(): SmallFile {
  let kept: Uint8Array | undefined;
  return { read: () => kept, write: async (bytes) => void (kept = bytes) };
}
