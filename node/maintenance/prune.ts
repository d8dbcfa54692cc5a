import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../../lang/base/bytes.ts";
import { placesIn } from "../data-folder.ts";
import { keyBlockAt, type ChainEntry } from "../ledger/chain-view.ts";
import { checkStored } from "../ledger/check-stored.ts";
import { planForgetSigned } from "../ledger/sign-journal.ts";
import { planPrune } from "../state/version-plans.ts";
import { stateFloor } from "../state/versioned.ts";
import { compactStore } from "../store/compact-store.ts";
import type { Progress } from "./check-folder.ts";
import { withFolder, type OpenFolder } from "./open-folder.ts";

/**
 * Drops how state was before a height (G59), and the journal of blocks signed on parents that no reorganisation can
 * reach. The newest state, its root and every proof of it stay as they are, and so do blocks and receipts.
 */
export interface PruneReport {
  /** Lowest height at which state can be read, before and now. */
  readonly floorBefore: bigint;
  readonly floor: bigint;
  readonly sizeBytesBefore: number;
  readonly sizeBytes: number;
  readonly journalEntries: number;
}

/** Reverse diffs of so many blocks go in one batch. */
const BATCH_BLOCKS = 64n;

/** Keeps at least `keepBlocks` blocks of history, and always what a reorganisation may need. Faults: STORE_*, KEY_*, LEDGER_*. */
export async function prune(folder: string, keepBlocks: bigint | undefined, onProgress: (progress: Progress) => void = () => undefined): Promise<PruneReport> {
  const sizeBytesBefore = storeSize(folder);
  const cut = await withFolder(folder, (open) => cutHistory(open, keepBlocks, onProgress));
  await compactStore(placesIn(folder).store);
  return { ...cut, sizeBytesBefore, sizeBytes: storeSize(folder) };
}

async function cutHistory(open: OpenFolder, keepBlocks: bigint | undefined, onProgress: (progress: Progress) => void): Promise<Omit<PruneReport, "sizeBytes" | "sizeBytesBefore">> {
  const { head } = checkStored(open, open.marker.read());
  const floorBefore = stateFloor(open.disk);
  const bound = reorganisationBound(head, open);
  const wanted = head.height - (keepBlocks ?? open.params.historyBlocks);
  const aim = wanted < bound ? wanted : bound;
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

/** The lowest height that a reorganisation may go back to. */
function reorganisationBound(head: ChainEntry, { params, store }: OpenFolder): bigint {
  const keyHeight = head.keyHeight - params.reorgKeyBlocks - 1n;
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
