import { sha256 } from "../../lang/base/hash.ts";
import { encodeResult } from "../../node/ledger/block-codec.ts";
import type { Batch, BatchOutcome, BatchVerdict } from "../../node/ledger/executor.ts";
import type { RealmStates } from "../../node/ledger/realm-states.ts";
import { readTransfer, TransferExecutor } from "./transfers.ts";

/** Runs blocks of transfers at once, as workers do: the next may be handed in while the last is still being written. */
export class BatchTransferExecutor extends TransferExecutor {
  readonly #states: RealmStates;

  constructor(states: RealmStates) {
    super();
    this.#states = states;
  }

  idOf(bytes: Uint8Array): Uint8Array {
    return sha256(bytes);
  }

  /** A worker knows the state that it made; here all of it is on the disk, so its writing is waited for. */
  async runBatch({ packages, context, base, unwritten, fill }: Batch): Promise<BatchOutcome> {
    await unwritten;
    const state = this.#states.begin(base);
    const stuck = new Set<string>();
    const verdicts: BatchVerdict[] = [];
    for (const bytes of packages) {
      const domain = Buffer.from(readTransfer(bytes).from).toString("hex");
      const verdict: BatchVerdict = stuck.has(domain) ? { kind: "left-out" } : await this.execute(bytes, context, state);
      verdicts.push(verdict);
      if (verdict.kind === "refused" && fill === undefined) break;
      if (verdict.kind !== "executed") stuck.add(domain);
    }
    const encodedResults = verdicts.flatMap((verdict) => (verdict.kind === "executed" ? [encodeResult(verdict.result).slice()] : []));
    return { verdicts, encodedResults, ...state.finish(context.height) };
  }
}
