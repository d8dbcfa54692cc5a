import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../../lang/base/bytes.ts";
import { placesIn } from "../data-folder.ts";
import { keyBlockAt, type ChainEntry } from "../ledger/chain-view.ts";
import { planDropBodies } from "../ledger/chain-plans.ts";
import { checkStored } from "../ledger/check-stored.ts";
import { planForgetSigned } from "../ledger/sign-journal.ts";
import { planPrune } from "../state/version-plans.ts";
import { stateFloor } from "../state/versioned.ts";
import { compactStore } from "../store/compact-store.ts";
import type { Progress } from "./check-folder.ts";
import { requireNodeFolder, withFolder, type OpenFolder } from "./open-folder.ts";

/**
 * Drops how state was before a height (G59), and the journal of blocks signed on parents that no reorganisation can
 * reach. The newest state, its root and every proof of it stay as they are, and so do headers and receipts. Blocks stay
 * too, unless their bodies are to go: of those only what a reorganisation or a proof of fraud may need is kept then. The
 * node goes on, and can write snapshots; it cannot show old packages any more, nor hand old blocks to peers.
 */
export interface PruneReport {
  /** Lowest height at which state can be read, before and now. */
  readonly floorBefore: bigint;
  readonly floor: bigint;
  readonly sizeBytesBefore: number;
  readonly sizeBytes: number;
  readonly journalEntries: number;
  /** Data blocks whose packages were dropped, and the height from which on all are here. */
  readonly bodies: number;
  readonly keptFrom: bigint;
}
export interface PruneOptions {
  /** Blocks of history that stay; what the preset says if undefined. */
  readonly keepBlocks?: bigint | undefined;
  /** Drops bodies of blocks as well. */
  readonly bodies?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** Reverse diffs of so many blocks go in one batch. */
const BATCH_BLOCKS = 64n;

/** Keeps at least `keepBlocks` blocks of history, and always what a reorganisation may need. Faults: STORE_*, KEY_*, LEDGER_*. */
export async function prune(folder: string, { keepBlocks, bodies = false, onProgress = () => undefined }: PruneOptions = {}): Promise<PruneReport> {
  requireNodeFolder(folder);
  const sizeBytesBefore = storeSize(folder);
  const cut = await withFolder(folder, async (open) => {
    const history = await cutHistory(open, keepBlocks, onProgress);
    return { ...history, bodies: bodies ? await dropBodies(open, keepBlocks, onProgress) : 0, keptFrom: open.store.keptFrom() };
  });
  await compactStore(placesIn(folder).store);
  return { ...cut, sizeBytesBefore, sizeBytes: storeSize(folder) };
}

async function cutHistory(open: OpenFolder, keepBlocks: bigint | undefined, onProgress: (progress: Progress) => void): Promise<Pick<PruneReport, "floorBefore" | "floor" | "journalEntries">> {
  const { head } = checkStored(open, open.marker.read());
  const floorBefore = stateFloor(open.disk);
  const bound = reorganisationBound(head, open);
  const aim = lowestToKeep(head, keepBlocks, open);
  for (let floor = floorBefore; floor < aim; ) {
    floor = floor + BATCH_BLOCKS < aim ? floor + BATCH_BLOCKS : aim;
    await open.disk.batch(planPrune(open.disk, floor), { sync: floor === aim });
    onProgress({ what: "blocks", done: Number(floor - floorBefore), total: Number(aim - floorBefore) });
  }
  const journal = await planForgetSigned(open.disk, (parentId) => isDeeperThan(bound, parentId, open));
  await open.disk.batch(journal, { sync: true });
  open.states.forget();
  const root = open.states.rootOf(head.height);
  if (root === undefined || !equalBytes(root, head.stateRoot)) throw open.store.damaged(`the state at height ${head.height}`);
  return { floorBefore, floor: stateFloor(open.disk), journalEntries: journal.length };
}

/** Each batch says first up to where bodies are gone, so a crash in between leaves nothing that looks lost. */
async function dropBodies(open: OpenFolder, keepBlocks: bigint | undefined, onProgress: (progress: Progress) => void): Promise<number> {
  const { store, disk } = open;
  const head = store.entry(store.headId() ?? new Uint8Array(0));
  const from = store.keptFrom();
  const aim = head === undefined ? from : lowestToKeep(head, keepBlocks, open);
  let dropped = 0;
  for (let at = from; at < aim; ) {
    const next = at + BATCH_BLOCKS < aim ? at + BATCH_BLOCKS : aim;
    const ids: Uint8Array[] = [];
    for (let height = at; height < next; height++) {
      const id = store.idAt(height);
      if (id !== undefined && store.entry(id)?.header?.kind === "data") ids.push(id);
    }
    await disk.batch(planDropBodies(ids, next), { sync: next === aim });
    dropped += ids.length;
    at = next;
    onProgress({ what: "blocks", done: Number(at - from), total: Number(aim - from) });
  }
  return dropped;
}

/** What lies below is history that the operator does not want and nobody needs. */
function lowestToKeep(head: ChainEntry, keepBlocks: bigint | undefined, open: OpenFolder): bigint {
  const bound = reorganisationBound(head, open);
  const wanted = head.height - (keepBlocks ?? open.params.historyBlocks);
  return wanted < bound ? wanted : bound;
}

/** The lowest height that a reorganisation may go back to, or a proof of fraud speak of. */
function reorganisationBound(head: ChainEntry, { params, store }: OpenFolder): bigint {
  const window = params.reorgKeyBlocks > params.fraudKeyBlocks ? params.reorgKeyBlocks : params.fraudKeyBlocks;
  const keyHeight = head.keyHeight - window - 1n;
  return keyHeight < 1n ? 0n : keyBlockAt(keyHeight, head, store).height;
}

function isDeeperThan(bound: bigint, blockId: Uint8Array, { store }: OpenFolder): boolean {
  const entry = store.entry(blockId);
  return entry !== undefined && entry.height < bound;
}

function storeSize(folder: string): number {
  const { store } = placesIn(folder);
  return readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
}
