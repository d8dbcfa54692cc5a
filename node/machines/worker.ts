import { parentPort, workerData } from "node:worker_threads";
import { isFaultError } from "../../lang/base/fault.ts";
import type { OutsideWordSpec } from "../../lang/machine/run-result.ts";
import { warmUp, WARM_UP_STEPS } from "../../lang/machine/warm-up.ts";
import { installedLibrary } from "../library/installed.ts";
import { createStateReader } from "../state/versioned.ts";
import { aheadDisk } from "../store/ahead-disk.ts";
import { openDisk } from "../store/level-disk.ts";
import type { LedgerParams } from "../ledger/params.ts";
import type { CloseNotice } from "./end-worker.ts";
import { createJobRunner } from "./job-runner.ts";
import type { BlockReply, ForgetNotice, Job } from "./jobs.ts";
import type { WorkerMessage } from "./pool.ts";

/** What a worker is started with. It opens the store beside the main thread and only reads. */
export interface WorkerData {
  readonly storeFolder: string;
  readonly cacheBytes: number;
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
  readonly outsideWords: readonly OutsideWordSpec[];
}

/** A worker that is used at once is warm by then; one that waits so long has time. */
const FIRST_PAUSE_MS = 500;
const PAUSE_MS = 20;

const port = parentPort;
if (port === null) throw new Error("this file runs as a worker of the pool");
const data = workerData as WorkerData;
const disk = aheadDisk(await openDisk(data.storeFolder));
const reader = createStateReader(disk, { cacheBytes: data.cacheBytes, folder: data.storeFolder });
const send = (message: WorkerMessage): void => port.postMessage(message);
const runner = createJobRunner({ ...data, reader, disk, library: installedLibrary(), note: (note) => send({ kind: "note", note }) });

port.on("message", (job: Job | ForgetNotice | CloseNotice) => {
  if (job.kind === "close") return void disk.close().then(() => port.close());
  if (job.kind === "forget") return reader.forget();
  try {
    const reply = runner.run(job);
    port.postMessage({ kind: "reply", reply } satisfies WorkerMessage, transferOfReply(reply));
  } catch (error) {
    // A fault is an answer; anything else is our own mistake, and this worker's state is not to be trusted.
    if (isFaultError(error)) send({ kind: "fault", fault: error.fault });
    else throw error;
  }
});
send({ kind: "ready" });
warmUpFrom(0);

/** One step in each pause, so that no line waits for more than one of them. */
function warmUpFrom(step: number): void {
  if (step === WARM_UP_STEPS) return;
  setTimeout(() => {
    warmUp(step);
    warmUpFrom(step + 1);
  }, step === 0 ? FIRST_PAUSE_MS : PAUSE_MS).unref();
}

/** What a block writes is megabytes, which need not be copied. */
function transferOfReply(reply: unknown): ArrayBuffer[] {
  return typeof reply === "object" && reply !== null && "operations" in reply ? [(reply as BlockReply).operations.buffer] : [];
}
