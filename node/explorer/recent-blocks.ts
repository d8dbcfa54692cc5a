import { toHex } from "../../lang/base/bytes.ts";
import type { DataBlock, PackageResult } from "../ledger/block.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import type { ChainStore } from "../ledger/chain-store.ts";
import type { Disk } from "../ports.ts";
import type { BlockTrace } from "./block-trace.ts";
import { traceAt } from "./index-reader.ts";

/** A data block of the main chain with all that is known of its packages, in order. */
export interface ReadBlock {
  readonly block: DataBlock;
  readonly results: readonly PackageResult[];
  readonly trace: BlockTrace;
}

/** The rows of a page often stand in few blocks, and a full block takes a tenth of a second to read. */
const KEPT = 4;

/** Reads data blocks and keeps the last few. What a block did never changes, so ids are enough. */
export class RecentBlocks {
  readonly #store: ChainStore;
  readonly #disk: Disk;
  readonly #kept = new Map<string, ReadBlock>();

  constructor(store: ChainStore, disk: Disk) {
    this.#store = store;
    this.#disk = disk;
  }

  /** `entry` is of a data block of the main chain. Faults: EXPLORER_NOT_KEPT, STORE_DAMAGED. */
  read(entry: ChainEntry): ReadBlock {
    const id = toHex(entry.id);
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    if (!this.#store.isWhole(entry)) throw this.#store.absent(entry);
    const [block, executed, trace] = [this.#store.dataBlock(entry.id), this.#store.executed(entry.id), traceAt(this.#disk, entry.height)];
    if (block === undefined || executed === undefined || trace?.packages.length !== block.packages.length) throw this.#store.damaged(`data block ${id}`);
    const read = { block, results: executed.results, trace };
    this.#kept.set(id, read);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return read;
  }
}
