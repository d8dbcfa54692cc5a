import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../lang/base/fault.ts";
import { WorkerLost, WorkerPool, type PoolLimits } from "../../node/machines/pool.ts";
import type { TestJob } from "./pool-worker.ts";

const ENTRY = new URL(import.meta.url.endsWith(".ts") ? "./pool-worker.ts" : "./pool-worker.js", import.meta.url);
const LIMITS: PoolLimits = { warmWorkers: 1, mostWorkers: 3, mostPerIdentity: 2, patienceMs: 1, heapMiB: 64 };

async function withPool(use: (pool: WorkerPool) => Promise<void>): Promise<void> {
  const pool = new WorkerPool(ENTRY, undefined, LIMITS);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

function job(pool: WorkerPool, body: TestJob, identity = "alice", affinity?: string): Promise<unknown> {
  return pool.run({ identity, message: () => ({ body }), ...(affinity === undefined ? {} : { affinity }) });
}

function latch(): { readonly buffer: SharedArrayBuffer; open(): void } {
  const buffer = new SharedArrayBuffer(4);
  const cell = new Int32Array(buffer);
  return { buffer, open: () => (Atomics.store(cell, 0, 1), void Atomics.notify(cell, 0)) };
}

test("a long job keeps its worker, and another identity's job is done meanwhile on a worker started for it", () =>
  withPool(async (pool) => {
    const gate = latch();
    const long = job(pool, { does: "hold", value: 1, latch: gate.buffer });
    assert.is(await job(pool, { does: "echo", value: 2 }, "bob"), 2);
    gate.open();
    assert.is(await long, 1);
  }));

test("one identity never takes every worker: what exceeds its share waits, others do not", () =>
  withPool(async (pool) => {
    const gate = latch();
    const held = [1, 2].map((value) => job(pool, { does: "hold", value, latch: gate.buffer }));
    const third = job(pool, { does: "echo", value: 3 });
    let thirdIsDone = false;
    void third.then(() => (thirdIsDone = true));
    assert.is(await job(pool, { does: "echo", value: 4 }, "bob"), 4);
    assert.not.ok(thirdIsDone);
    gate.open();
    assert.equal(await Promise.all([...held, third]), [1, 2, 3]);
  }));

test("a job goes to the worker that did the last one of its affinity, if that is free", () =>
  withPool(async (pool) => {
    const seen: number[] = [];
    const run = (affinity: string, identity: string, body: TestJob): Promise<unknown> =>
      pool.run({ identity, affinity, message: (worker) => (seen.push(worker.index), { body }) });
    const gate = latch();
    const long = run("x", "alice", { does: "hold", latch: gate.buffer });
    await run("y", "bob", { does: "echo" });
    gate.open();
    await long;
    await run("y", "bob", { does: "echo" });
    await run("x", "alice", { does: "echo" });
    assert.equal(seen, [0, 1, 1, 0]);
  }));

test("notes arrive before the reply, and a fault is a refusal with its code", () =>
  withPool(async (pool) => {
    const notes: unknown[] = [];
    await pool.run({ identity: "alice", message: () => ({ body: { does: "note", value: 7 } }), onNote: (note) => notes.push(note) });
    assert.equal(notes, [7]);
    const refused = await job(pool, { does: "refuse" }).catch((error: unknown) => error);
    assert.ok(isFaultError(refused) && refused.fault.code === "TEST_REFUSED");
  }));

test("a worker that dies loses its job and nothing else", () =>
  withPool(async (pool) => {
    const lost = await job(pool, { does: "die" }).catch((error: unknown) => error);
    assert.instance(lost, WorkerLost);
    assert.is(await job(pool, { does: "echo", value: 5 }), 5);
  }));

test("a closed pool refuses jobs, and those that waited are told", async () => {
  const pool = new WorkerPool(ENTRY, undefined, LIMITS);
  const gate = latch();
  const outcomes = [1, 2, 3].map((value) => job(pool, { does: "hold", value, latch: gate.buffer }).catch((error: unknown) => error));
  await pool.close();
  for (const outcome of await Promise.all([...outcomes, job(pool, { does: "echo" }).catch((error: unknown) => error)])) assert.instance(outcome, WorkerLost);
});

test.run();
