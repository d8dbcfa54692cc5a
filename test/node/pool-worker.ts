// What the pool's tests run in its workers: a job says what to do, and a latch holds it as long as the test wants.
import { parentPort } from "node:worker_threads";
import type { CloseNotice } from "../../node/machines/end-worker.ts";

export interface TestJob {
  readonly does: "echo" | "hold" | "note" | "refuse" | "die";
  readonly value?: number;
  readonly latch?: SharedArrayBuffer;
}

parentPort?.on("message", (job: TestJob | CloseNotice) => {
  if ("kind" in job) return parentPort?.close();
  if (job.does === "die") throw new Error("this worker was told to die");
  if (job.does === "refuse") return parentPort?.postMessage({ kind: "fault", fault: { code: "TEST_REFUSED" } });
  if (job.does === "note") parentPort?.postMessage({ kind: "note", note: job.value });
  if (job.latch !== undefined) Atomics.wait(new Int32Array(job.latch), 0, 0, 10_000);
  parentPort?.postMessage({ kind: "reply", reply: job.value });
});
