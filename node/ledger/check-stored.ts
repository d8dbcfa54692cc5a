import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { childEntry, type ChainEntry } from "./chain-view.ts";
import { receiptsRootOf } from "./checks.ts";
import { accusedEpoch } from "./fraud-codec.ts";
import type { ChainStore, ExecutedRecord } from "./chain-store.ts";
import type { BlockState } from "./executor.ts";
import { decodeHeadMark, type BlockPlace, type HeadMark } from "./head-marker.ts";
import type { LedgerMachine } from "./run-block.ts";

/**
 * What a node checks of its store at start: the headers from the last checkpoint to the head hang together,
 * what follows from each is right, every receipts root fits and every receipt is found, the state is that of
 * the head, and the store holds the block that was last acknowledged. Up to the checkpoint this was done
 * before, and since then the checksums of the files hold; `grid check` goes from the genesis. Bodies are
 * checked when they are read. A store that fails is refused by name with STORE_DAMAGED and left as it is.
 */
export interface CheckedChain {
  readonly head: ChainEntry;
  readonly checked: BlockPlace;
}
export interface StoredCheck {
  /** From the first block on, whatever was checked before. */
  readonly whole?: boolean;
  readonly onBlock?: (height: bigint, head: bigint) => void;
}

/** Faults: STORE_DAMAGED. */
export function checkStored<S extends BlockState>(machine: Pick<LedgerMachine<S>, "store" | "states" | "chainId">, markBytes: Uint8Array | undefined, { whole = false, onBlock }: StoredCheck = {}): CheckedChain {
  const { store } = machine;
  const head = storedHead(store);
  const mark = checkMark(markBytes, head, store);
  const genesis = entryAt(0n, store.idAt(0n), store);
  if (!equalBytes(genesis.id, machine.chainId) || executedAt(genesis, store).epochFeesUnits !== 0n) throw store.damaged("the genesis");
  const first = { height: 0n, blockId: genesis.id };
  const checked = mark?.checked ?? first;
  const base = store.baseHeight();
  let parent = whole ? genesis : checkpointEntry(checked, head, store);
  for (let height = parent.height + 1n; height <= head.height; height++) {
    parent = checkLink(height, parent, store);
    // Up to a snapshot there are headers alone, and what payouts need.
    if (height >= base) checkExecuted(parent, store);
    onBlock?.(height, head.height);
  }
  if (!equalBytes(parent.id, head.id)) throw store.damaged("the head");
  if (store.idAt(head.height + 1n) !== undefined) throw store.damaged(`the head: there is a block at height ${head.height + 1n}`);
  const root = machine.states.rootOf(head.height);
  if (root === undefined || !equalBytes(root, head.stateRoot)) throw store.damaged(`the state at height ${head.height}`);
  return { head, checked };
}

/** A checkpoint was on the main chain when it was set, and goes back with it. */
function checkpointEntry({ height, blockId }: BlockPlace, head: ChainEntry, store: ChainStore): ChainEntry {
  const entry = entryAt(height, store.idAt(height), store);
  if (height > head.height || !equalBytes(entry.id, blockId)) throw store.damaged(`the checkpoint at height ${height}`);
  return entry;
}

function storedHead(store: ChainStore): ChainEntry {
  const id = store.headId();
  const head = id === undefined ? undefined : store.entry(id);
  if (head === undefined) throw store.damaged("the head");
  return head;
}

/** The store may be ahead of the marker by what was not acknowledged yet, never behind it. */
function checkMark(bytes: Uint8Array | undefined, head: ChainEntry, store: ChainStore): HeadMark | undefined {
  if (bytes === undefined) {
    // A crash between the first batch and the first marker leaves just the genesis.
    if (head.height > 0n) throw store.damaged("the head marker is missing");
    return undefined;
  }
  const mark = decodeHeadMark(bytes);
  if (mark === undefined) throw store.damaged("the head marker");
  const held = store.idAt(mark.height);
  if (head.height >= mark.height && held !== undefined && equalBytes(held, mark.blockId)) return mark;
  throw store.damaged(`block ${toHex(mark.blockId)} at height ${mark.height} was acknowledged and is gone`);
}

/** The block at `height` of the main chain, checked against its parent. */
function checkLink(height: bigint, parent: ChainEntry, store: ChainStore): ChainEntry {
  const entry = entryAt(height, store.idAt(height), store);
  if (entry.header === undefined || !equalBytes(entry.parentId, parent.id)) throw store.damaged(`the block at height ${height}`);
  const derived = childEntry(entry.id, entry.header, parent);
  if (derived.height !== height || derived.totalWork !== entry.totalWork || derived.keyHeight !== entry.keyHeight
    || derived.lastDataTimeMs !== entry.lastDataTimeMs || !equalBytes(derived.keyBlockId, entry.keyBlockId)) throw store.damaged(`the block at height ${height}`);
  return entry;
}

/** Results, fees and punishments of a block of the main chain. */
function checkExecuted(entry: ChainEntry, store: ChainStore): void {
  const executed = executedAt(entry, store);
  if (entry.header?.kind !== "data") {
    checkPunishments(entry, store);
    if (executed.results.length > 0 || executed.epochFeesUnits !== 0n) throw store.damaged(`receipts at height ${entry.height}`);
    return;
  }
  if (!store.dataChildren(entry.parentId).some((id) => equalBytes(id, entry.id))) throw store.damaged(`children at height ${entry.height - 1n}`);
  if (!equalBytes(receiptsRootOf(executed.results), entry.header.receiptsRoot)) throw store.damaged(`receipts at height ${entry.height}`);
  executed.results.forEach(({ packageId }, index) => checkPlace(packageId, entry, index, store));
  const fees = executed.results.reduce((sum, result) => sum + result.feeUnits, executedAt(entryAt(entry.height - 1n, entry.parentId, store), store).epochFeesUnits);
  if (fees !== executed.epochFeesUnits) throw store.damaged(`fees at height ${entry.height}`);
}

/** Whoever cheated in this epoch, and whoever this key block accuses, stands in the record. */
function checkPunishments(entry: ChainEntry, store: ChainStore): void {
  store.punishment(entry.id);
  const block = store.block(entry);
  if (block === undefined || "packages" in block) return;
  for (const one of block.evidence) {
    const punished = store.punishment(accusedEpoch(one));
    if (punished === undefined || !equalBytes(punished.blockId, entry.id)) throw store.damaged(`punishment at height ${entry.height}`);
  }
}

function checkPlace(packageId: Uint8Array, entry: ChainEntry, index: number, store: ChainStore): void {
  const place = store.place(packageId);
  if (place === undefined || place.index !== index || !equalBytes(place.blockId, entry.id)) throw store.damaged(`receipt of ${toHex(packageId)}`);
}

function executedAt(entry: ChainEntry, store: ChainStore): ExecutedRecord {
  const executed = store.executed(entry.id);
  if (executed === undefined) throw store.damaged(`receipts at height ${entry.height}`);
  return executed;
}

function entryAt(height: bigint, id: Uint8Array | undefined, store: ChainStore): ChainEntry {
  const entry = id === undefined ? undefined : store.entry(id);
  if (entry === undefined || entry.height !== height) throw store.damaged(`the block at height ${height}`);
  return entry;
}
