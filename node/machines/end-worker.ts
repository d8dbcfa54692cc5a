import type { Worker } from "node:worker_threads";

/** Asks a worker to give back what it holds and to end by itself. */
export interface CloseNotice {
  readonly kind: "close";
}

/**
 * A worker that was asked ends within a job's length: programs of sessions are interrupted, blocks waited for. On a busy
 * machine one that still loads its code takes seconds for that alone.
 */
const PATIENCE_MS = 10_000;

/**
 * Ends a worker by asking it. Ending it by force while it loads its code or is inside LevelDB brings down
 * the whole process (V8 of Node 24 aborts: seen in 3 of 20 stops right after the start, and in one of three on a
 * busy machine with endless programs), so that is left for a worker that does not answer at all.
 */
export async function endWorker(worker: Worker): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => void worker.terminate().then(() => resolve()), PATIENCE_MS);
    worker.once("exit", () => (clearTimeout(timer), resolve()));
    const notice: CloseNotice = { kind: "close" };
    worker.postMessage(notice);
  });
}
