import { FaultError } from "../../lang/base/fault.ts";
import type { ReceiptStage } from "../api.ts";
import type { ExplorerFault } from "../fault.ts";
import type { Block } from "../ledger/block.ts";
import type { Chain } from "../ledger/chain.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import type { Pool } from "../ledger/pool.ts";
import type { RealmState } from "../ledger/realm-states.ts";
import { stageOf } from "../ledger/receipts.ts";
import type { Clock, Disk } from "../ports.ts";
import type { StateReader } from "../state/versioned.ts";
import type { Totals } from "./index-codec.ts";
import { totalsAt } from "./index-plan.ts";
import type { RecentBlocks } from "./recent-blocks.ts";

/** What the explorer reads. */
export interface ExplorerParts {
  readonly chain: Chain<RealmState>;
  readonly pool: Pool;
  readonly disk: Disk;
  readonly reader: StateReader;
  readonly clock: Clock;
  readonly blocks: RecentBlocks;
}

/** The block of the main chain at a height. Faults: EXPLORER_NO_SUCH above the head, EXPLORER_NOT_KEPT below what is kept. */
export function entryAt(parts: ExplorerParts, height: bigint): ChainEntry {
  const { store } = parts.chain.machine;
  const head = parts.chain.head().height;
  if (height < 0n || height > head) throw explorerFault({ code: "EXPLORER_NO_SUCH", what: "block", text: String(height) });
  const id = height > 0n && height < lowestKept(parts) ? undefined : store.idAt(height);
  const entry = id === undefined ? undefined : store.entry(id);
  if (entry === undefined) throw explorerFault({ code: "EXPLORER_NOT_KEPT", height, fromHeight: lowestKept(parts) });
  return entry;
}

/** Header and body; undefined for the genesis. Faults: EXPLORER_NOT_KEPT, STORE_DAMAGED. */
export function blockOf(parts: ExplorerParts, entry: ChainEntry): Block | undefined {
  return parts.chain.machine.store.block(entry);
}

/** The lowest height from which on every block is kept: 0, where a snapshot began, or up to where bodies were dropped. */
export function lowestKept({ chain }: ExplorerParts): bigint {
  return chain.machine.store.keptFrom();
}

/** Sums up to and with a height. Faults: EXPLORER_NOT_KEPT. */
export function totalsOf(parts: ExplorerParts, height: bigint): Totals {
  const totals = totalsAt(parts.disk, height);
  if (totals === undefined) throw explorerFault({ code: "EXPLORER_NOT_KEPT", height, fromHeight: lowestKept(parts) });
  return totals;
}

/** How sure a block is at the present head (R11). */
export function stageIn({ chain }: ExplorerParts, entry: ChainEntry): ReceiptStage {
  return stageOf(entry, chain.head(), chain.machine.params);
}

/** To be thrown. */
export function explorerFault(fault: ExplorerFault): FaultError<ExplorerFault> {
  return new FaultError<ExplorerFault>(fault);
}
