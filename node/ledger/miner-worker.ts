import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../lang/base/assert.ts";
import type { FoundMessage, MinerSetup, OrderMessage } from "./miner.ts";
import type { CloseNotice } from "../machines/end-worker.ts";
import { searchNonce } from "./work-search.ts";

/** The thread behind `startMiner`: hashes in slices, rests in between, and looks for a cancel after each. */

/** About 10 ms of hashing: short enough to cancel at once, long enough that looking costs nothing. */
const SLICE_HASHES = 4_096;
/** What a slice takes about; the rest after it follows from the share of the core. */
const SLICE_MS = 10;

const setup = workerData as MinerSetup;
const cancel = new Int32Array(setup.cancel);
const port = parentPort;
assert(port !== null, "the miner runs as a worker");
assert(setup.percent >= 1 && setup.percent <= 100, "a share of one core");
const restMs = (SLICE_MS * (100 - setup.percent)) / setup.percent;

port.on("message", (order: OrderMessage | CloseNotice) => {
  if ("kind" in order) return port.close();
  const found: FoundMessage = { nonce: search(order) };
  port.postMessage(found);
});

/** Begins after a part of a rest: nodes that begin at one moment, upon one block, would else hash at the same moments and find twins. */
function search(order: OrderMessage): bigint | undefined {
  if (restMs > 0) Atomics.wait(cancel, 0, 0, (restMs * Number(order.firstNonce % 1_024n)) / 1_024);
  for (let done = 0; done < order.hashes; done += SLICE_HASHES) {
    if (Atomics.load(cancel, 0) !== 0) return undefined;
    const nonce = searchNonce(order.seal, order.target, order.firstNonce + BigInt(done), Math.min(SLICE_HASHES, order.hashes - done));
    if (nonce !== undefined) return nonce;
    if (restMs > 0) Atomics.wait(cancel, 0, 0, restMs);
  }
  return undefined;
}
