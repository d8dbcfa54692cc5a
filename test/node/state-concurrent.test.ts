import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EMPTY_BASE, type RealmBase } from "../../node/state/base-state.ts";
import { applyToState } from "../../node/state/realm-root.ts";
import { Realm } from "../../node/state/realm.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import { openDisk } from "../../node/store/level-disk.ts";
import { act, dump } from "./realm-actions.ts";
import { seeded } from "./seeded.ts";

test("a worker sees every base as it was, while the main thread writes block after block", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gridshell-state-"));
  const disk = await openDisk(folder);
  const worker = new Worker(new URL("./state-worker.ts", import.meta.url), { workerData: { folder } });
  try {
    await once(worker, "message");
    const answers = new Map<bigint, string[]>();
    worker.on("message", ({ height, shown }: { height: bigint; shown: string }) => answers.set(height, [...(answers.get(height) ?? []), shown]));
    const random = seeded(9);
    const reader = createStateReader(disk, { cacheBytes: 20_000, folder });
    const expected = new Map<bigint, string>();
    const bases: RealmBase[] = [];
    let base: RealmBase = EMPTY_BASE;
    for (let height = 1n; height <= 40n; height++) {
      const realm = Realm.at(reader, base);
      for (let i = 0; i < 8; i++) act(realm, random);
      expected.set(height, dump(realm));
      const { root, operations } = applyToState(realm, height);
      await disk.batch(operations, { sync: false });
      base = { height, stateRoot: root };
      bases.push(base);
      for (let i = 0; i < 3; i++) worker.postMessage(bases[random(bases.length)]);
    }
    const asked = 120;
    const count = (): number => [...answers.values()].reduce((sum, list) => sum + list.length, 0);
    while (count() < asked) await once(worker, "message");
    for (const [height, shown] of answers) assert.equal(new Set(shown), new Set([expected.get(height)]), `height ${height}`);
  } finally {
    await worker.terminate();
    await disk.close();
    await rm(folder, { recursive: true });
  }
});

test.run();
