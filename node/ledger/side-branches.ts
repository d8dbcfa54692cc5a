import type { KeyValueOperation } from "../ports.ts";
import type { Block } from "./block.ts";
import type { ChainEntry } from "./chain-view.ts";
import { planForgetBlock } from "./chain-plans.ts";
import type { ChainStore } from "./chain-store.ts";
import { forkPoint, pathFrom } from "./fork-choice.ts";
import { toHex } from "../../lang/base/bytes.ts";
import type { LedgerParams } from "./params.ts";

/**
 * Bounds what a leader can make everybody keep. Key blocks cost work; data blocks of a side branch cost a
 * signature, so a leader who cheats anyway could sign thousands. A few on each parent are kept, and so
 * many in an epoch; one beyond that is taken only if a key block stands on it.
 */
export const SIBLINGS_KEPT = 4;
const SIDE_DATA_BLOCKS_PER_EPOCH = 256;

/** Counts data blocks of side branches, for each epoch. */
export class SideCounter {
  readonly #counts = new Map<string, number>();

  /** Whether there is room for one more data block aside; counts it then. */
  take(block: Block, siblings: number): boolean {
    if (!("packages" in block)) return true;
    const epoch = toHex(block.header.keyBlockId);
    const count = this.#counts.get(epoch) ?? 0;
    if (siblings >= SIBLINGS_KEPT || count >= SIDE_DATA_BLOCKS_PER_EPOCH) return false;
    this.#counts.set(epoch, count + 1);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > 64 && oldest !== undefined) this.#counts.delete(oldest);
    return true;
  }
}

/** The blocks of side branches that left the main chain too long ago to be chosen any more, and how to drop them. */
export async function tooOldSides(head: ChainEntry, store: ChainStore, params: LedgerParams): Promise<{ readonly ids: readonly Uint8Array[]; readonly operations: readonly KeyValueOperation[] }> {
  const gone = new Map<string, ChainEntry>();
  for (const id of await store.sideTips()) {
    const tip = store.entry(id);
    if (tip === undefined) continue;
    const fork = forkPoint(tip, head, store);
    if (head.keyHeight - fork.keyHeight <= params.reorgKeyBlocks) continue;
    for (const entry of pathFrom(fork, tip, store)) gone.set(toHex(entry.id), entry);
  }
  const entries = [...gone.values()];
  return { ids: entries.map(({ id }) => id), operations: entries.flatMap(planForgetBlock) };
}
