import { toHex } from "../../lang/base/bytes.ts";
import type { ReceiptStage } from "../api.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../fault.ts";
import { encodeResult, packageLeaf } from "./block-codec.ts";
import type { BlockHeader, Receipt } from "./block.ts";
import type { Chain } from "./chain.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockState } from "./executor.ts";
import { proveInclusion, type InclusionProof } from "./merkle.ts";
import type { LedgerParams } from "./params.ts";
import type { Pool } from "./pool.ts";

/** How sure a receipt is (R11), by the key blocks above its block. */
export function stageOf(block: ChainEntry, head: ChainEntry, params: LedgerParams): ReceiptStage {
  const above = head.keyHeight - block.keyHeight;
  if (above > params.reorgKeyBlocks) return "final";
  return above >= params.settledKeyBlocks ? "settled" : "included";
}

export interface FoundReceipt {
  readonly receipt: Receipt;
  readonly stage: ReceiptStage;
}
/** Shows to anybody who has the header that a package is in the block and what came of it. */
export interface ReceiptProof {
  readonly header: BlockHeader;
  readonly signedPackage: Uint8Array;
  readonly packageProof: InclusionProof;
  readonly result: Uint8Array;
  readonly resultProof: InclusionProof;
}

const STAGES: readonly ReceiptStage[] = ["included", "settled", "final"];
const isAtLeast = (stage: ReceiptStage, wanted: ReceiptStage): boolean => STAGES.indexOf(stage) >= STAGES.indexOf(wanted);

interface Waiting {
  readonly packageId: Uint8Array;
  readonly stage: ReceiptStage;
  readonly done: (receipt: Receipt) => void;
  readonly failed: (error: unknown) => void;
}

/** Answers what became of a package, now or when it happens. */
export class Receipts<S extends BlockState = BlockState> {
  readonly #chain: Chain<S>;
  readonly #pool: Pool;
  readonly #waiting = new Set<Waiting>();
  readonly #close: readonly (() => void)[];

  constructor(chain: Chain<S>, pool: Pool) {
    this.#chain = chain;
    this.#pool = pool;
    this.#close = [
      chain.listen({ connected: () => undefined, disconnected: () => undefined, moved: () => this.#wake() }),
      pool.listen({ added: () => undefined, removed: (entry, reason) => reason !== undefined && this.#fail(entry.facts.packageId, { code: "PACKAGE_EVICTED", reason }) }),
    ];
  }

  /** The receipt on the main chain; undefined while there is none. */
  find(packageId: Uint8Array): FoundReceipt | undefined {
    const { store, params } = this.#chain.machine;
    const place = store.place(packageId);
    if (place === undefined) return undefined;
    const entry = store.entry(place.blockId);
    const result = store.executed(place.blockId)?.results[place.index];
    if (entry === undefined || result === undefined || toHex(result.packageId) !== toHex(packageId)) throw store.damaged(`receipt of ${toHex(packageId)}`);
    const receipt = { ...result, blockId: entry.id, height: entry.height, index: place.index, stateRoot: entry.stateRoot };
    return { receipt, stage: stageOf(entry, this.#chain.head(), params) };
  }

  /** Rejects with PACKAGE_EVICTED when the package leaves the pool without a block, or has left it before, and with the signal's reason. */
  until(packageId: Uint8Array, stage: ReceiptStage, signal: AbortSignal): Promise<Receipt> {
    const found = this.find(packageId);
    if (found !== undefined && isAtLeast(found.stage, stage)) return Promise.resolve(found.receipt);
    const evicted = found === undefined ? this.#pool.evictionOf(packageId) : undefined;
    if (evicted !== undefined) return Promise.reject(new FaultError<PackageFault>({ code: "PACKAGE_EVICTED", reason: evicted.reason }));
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener("abort", abort);
      };
      const abort = (): void => (leave(), reject(signal.reason));
      const waiting: Waiting = { packageId, stage, done: (receipt) => (leave(), resolve(receipt)), failed: (error) => (leave(), reject(error)) };
      signal.addEventListener("abort", abort);
      this.#waiting.add(waiting);
    });
  }

  /** Proof for a package of the main chain; undefined when it has no receipt. Faults: EXPLORER_NOT_KEPT, STORE_DAMAGED. */
  prove(packageId: Uint8Array): ReceiptProof | undefined {
    const { store, executor } = this.#chain.machine;
    const place = store.place(packageId);
    if (place === undefined) return undefined;
    const entry = store.entry(place.blockId);
    if (entry !== undefined && !store.isWhole(entry)) throw store.absent(entry);
    const block = store.dataBlock(place.blockId);
    const executed = store.executed(place.blockId);
    const signedPackage = block?.packages[place.index];
    if (block === undefined || executed === undefined || signedPackage === undefined) throw store.damaged(`block ${toHex(place.blockId)}`);
    const results = executed.results.map(encodeResult);
    const packages = block.packages.map((bytes) => packageLeaf(executor.facts(bytes).packageId, bytes));
    return {
      header: block.header, signedPackage, packageProof: proveInclusion(packages, place.index),
      result: results[place.index] as Uint8Array, resultProof: proveInclusion(results, place.index),
    };
  }

  /** Ends all waiting with the given reason. */
  close(reason: unknown): void {
    for (const close of this.#close) close();
    for (const waiting of [...this.#waiting]) waiting.failed(reason);
  }

  #wake(): void {
    for (const waiting of [...this.#waiting]) {
      const found = this.find(waiting.packageId);
      if (found !== undefined && isAtLeast(found.stage, waiting.stage)) waiting.done(found.receipt);
    }
  }

  #fail(packageId: Uint8Array, fault: PackageFault): void {
    for (const waiting of [...this.#waiting]) {
      if (toHex(waiting.packageId) === toHex(packageId)) waiting.failed(new FaultError<PackageFault>(fault));
    }
  }
}
