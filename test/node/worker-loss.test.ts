// time-out: 60 s
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Identity, LineOutcome, ThreadApi } from "../../node/api.ts";
import { startNode } from "../../node/node.ts";
import { systemClock, systemRandom } from "../../src/system-ports.ts";

const alice: Identity = { level: "claimed", sshUser: "alice", sourceAddress: "127.0.0.1" };

test("workers that die under a session take nothing with them: its threads go on in new ones", async () => {
  const workers = new Set<Worker>();
  process.on("worker", (worker) => {
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });
  const folder = mkdtempSync(join(tmpdir(), "grid-worker-"));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const node = await startNode({ folder, outsideWords: [], miningPercent: 50 }, { clock: systemClock, random: systemRandom, log, onFailure: (error) => { throw error; } });
  const session = await node.api.openThread(alice);
  const threads = node.api.threadsOf(session);
  let out = "";
  const run = (thread: ThreadApi, source: string): Promise<LineOutcome> =>
    thread.run(source, { mode: "shell", sourceName: "prompt", write: (bytes) => void (out += Buffer.from(bytes).toString()), columns: 80, interactive: false });
  try {
    assert.is((await run(session, "42 value answer  touch there")).kind, "done");
    const died = [...workers].map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
    for (const worker of workers) worker.postMessage({ kind: "link" }); // a job without a thread: a mistake of ours, of which a worker dies
    await Promise.all(died);
    assert.ok(died.length > 0, "there were workers");
    out = "";
    const after = await run(session, "answer . ls");
    assert.is(after.kind, "done", JSON.stringify(after));
    assert.is(out, "42 there\n", "what the thread had is there");
    await threads.start({ name: "two" });
    out = "";
    assert.is((await run(session, "1 2 + .")).kind, "done");
    assert.is(out, "3 ");
  } finally {
    session.close();
    await node.stop();
    rmSync(folder, { recursive: true });
  }
});

test("a node that stops interrupts endless programs and forces no worker, also one that still loads", async () => {
  let forced = 0;
  const onWorker = (worker: Worker): void => {
    worker.terminate = () => {
      forced++;
      return Promise.resolve(1); // by force the whole process may end
    };
  };
  process.on("worker", onWorker);
  const folder = mkdtempSync(join(tmpdir(), "grid-worker-"));
  const options = { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false } as const;
  const outcomes: string[] = [];
  for (const isBusy of [false, true]) {
    const node = await startNode({ folder, outsideWords: [], miningPercent: 0 }, { clock: systemClock, random: systemRandom, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, onFailure: (error) => { throw error; } });
    const lines: Promise<void>[] = [];
    for (const sshUser of isBusy ? ["one", "two", "three"] : []) {
      const session = await node.api.openThread({ ...alice, sshUser, sourceAddress: sshUser });
      lines.push(session.run(": endless begin 1 drop again ; endless", options).then((outcome) => void outcomes.push(outcome.kind === "fault" ? outcome.report.fault.code : outcome.kind)));
    }
    await node.stop();
    await Promise.all(lines);
  }
  process.off("worker", onWorker);
  rmSync(folder, { recursive: true });
  assert.is(forced, 0);
  assert.is(outcomes.length, 3);
  assert.ok(outcomes.every((code) => code === "LANG_ABORT" || code === "THREAD_LOST"), outcomes.join(" "));
});

test.run();
