import { Worker } from "node:worker_threads";
import { bigEndian } from "../../lang/base/bytes.ts";

/** A search for a nonce: `seal` is 32 bytes from `workSeal`; see `workInput`. */
export interface WorkOrder {
  readonly seal: Uint8Array;
  readonly target: bigint;
  readonly firstNonce: bigint;
  /** Gives up after so many hashes, so that the header's time and parent can be renewed. */
  readonly hashes: number;
}

/** Finds nonces off the main loop. One order at a time. */
export interface Miner {
  /** The nonce, or undefined when none was found within the order's hashes or the search was cancelled. */
  search(order: WorkOrder, signal: AbortSignal): Promise<bigint | undefined>;
  close(): Promise<void>;
}

export type OrderMessage = { readonly seal: Uint8Array; readonly target: Uint8Array; readonly firstNonce: bigint; readonly hashes: number };
export type FoundMessage = { readonly nonce: bigint | undefined };
export interface MinerSetup {
  /** One cell; anything but 0 cancels the running order. */
  readonly cancel: SharedArrayBuffer;
  /** Share of one core that the worker may use. */
  readonly percent: number;
}

/** Same ending as this file's: .ts when run from source, .js when built. */
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./miner-worker.ts" : "./miner-worker.js", import.meta.url);
/** The worker needs a few megabytes. */
const HEAP_MIB = 32;

/** A miner in one worker thread, bounded to a share of one core. A worker that dies ends its order without a nonce. */
export function startMiner(options: { readonly percent: number }): Miner {
  const cancel = new SharedArrayBuffer(4);
  const setup: MinerSetup = { cancel, percent: options.percent };
  const worker = new Worker(WORKER_FILE, { workerData: setup, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
  let waiting: ((nonce: bigint | undefined) => void) | undefined;
  const answer = (nonce: bigint | undefined): void => {
    const tell = waiting;
    waiting = undefined;
    tell?.(nonce);
  };
  worker.on("message", (message: FoundMessage) => answer(message.nonce));
  worker.on("error", () => answer(undefined));
  worker.on("exit", () => answer(undefined));

  return {
    search(order, signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      const flag = new Int32Array(cancel);
      Atomics.store(flag, 0, 0);
      const stop = (): void => void (Atomics.store(flag, 0, 1), Atomics.notify(flag, 0));
      signal.addEventListener("abort", stop, { once: true });
      return new Promise<bigint | undefined>((resolve) => {
        waiting = resolve;
        const message: OrderMessage = { seal: order.seal, target: bigEndian(order.target, 32), firstNonce: order.firstNonce, hashes: order.hashes };
        worker.postMessage(message);
      }).finally(() => signal.removeEventListener("abort", stop));
    },
    async close() {
      Atomics.store(new Int32Array(cancel), 0, 1);
      Atomics.notify(new Int32Array(cancel), 0);
      await worker.terminate();
    },
  };
}
