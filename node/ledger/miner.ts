import { Worker } from "node:worker_threads";
import { endWorker } from "../machines/end-worker.ts";
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

/** Two threads of one order start this far apart; neither gets through it. */
const NONCE_STRIDE = 1n << 48n;

/**
 * A miner in as many worker threads as `percent` of one core needs, each bounded to its share; 250 is two and a
 * half cores in three threads. A thread that dies by itself rejects its order.
 */
export function startMiner({ percent }: { readonly percent: number }): Miner {
  const count = Math.ceil(percent / 100);
  const threads = Array.from({ length: count }, () => startThread({ percent: percent / count }));
  return {
    async search(order, signal) {
      const found = new AbortController();
      const either = AbortSignal.any([signal, found.signal]);
      const searches = threads.map(async (thread, index) => {
        const firstNonce = (order.firstNonce + BigInt(index) * NONCE_STRIDE) & ((1n << 63n) - 1n);
        const nonce = await thread.search({ ...order, firstNonce, hashes: Math.ceil(order.hashes / count) }, either);
        if (nonce !== undefined) found.abort();
        return nonce;
      });
      return (await Promise.all(searches)).find((nonce) => nonce !== undefined);
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  };
}

function startThread(options: { readonly percent: number }): Miner {
  const cancel = new SharedArrayBuffer(4);
  const flag = new Int32Array(cancel);
  const setup: MinerSetup = { cancel, percent: options.percent };
  const worker = new Worker(WORKER_FILE, { workerData: setup, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
  let waiting: PromiseWithResolvers<bigint | undefined> | undefined;
  let ended: "closed" | Error | undefined;
  const end = (cause: "closed" | Error): void => {
    ended ??= cause;
    if (ended === "closed") waiting?.resolve(undefined);
    else waiting?.reject(ended);
  };
  const stop = (): void => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
  worker.on("message", (message: FoundMessage) => waiting?.resolve(message.nonce));
  worker.on("error", (error) => end(error));
  worker.on("exit", () => end(new Error("the miner's thread ended")));

  return {
    async search(order, signal) {
      if (ended instanceof Error) throw ended;
      if (ended === "closed" || signal.aborted) return undefined;
      waiting = Promise.withResolvers();
      Atomics.store(flag, 0, 0);
      signal.addEventListener("abort", stop, { once: true });
      const message: OrderMessage = { seal: order.seal, target: bigEndian(order.target, 32), firstNonce: order.firstNonce, hashes: order.hashes };
      worker.postMessage(message);
      try {
        return await waiting.promise;
      } finally {
        signal.removeEventListener("abort", stop);
        waiting = undefined;
      }
    },
    async close() {
      end("closed");
      stop();
      await endWorker(worker);
    },
  };
}
