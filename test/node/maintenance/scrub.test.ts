import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { startScrub } from "../../../node/maintenance/scrub.ts";
import { compactStore } from "../../../node/store/compact-store.ts";
import { listStoreFiles } from "../../../node/store/files/store-files.ts";
import { openStore } from "../../../node/store/open-store.ts";
import { SimClock } from "../../sim/clock.ts";
import { SeededRandom } from "../../sim/random.ts";

async function filled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "grid-scrub-"));
  const random = new SeededRandom(1);
  const { disk } = await openStore(folder);
  await disk.batch(Array.from({ length: 600 }, (_, i) => ({ type: "put", key: utf8(`k${i}`), value: random.bytes(10_000) }) as const), { sync: true });
  await disk.close();
  await compactStore(folder);
  return folder;
}

test("what a start left unchecked of a large store is checked while it runs, and damage is named", async () => {
  const folder = await filled();
  const tables = listStoreFiles(folder)?.tables ?? [];
  assert.ok(tables.length >= 2);
  const { disk, uncheckedBytes } = await openStore(folder, { tableBytes: 1 });
  assert.ok(uncheckedBytes > 0);
  const clock = new SimClock();
  const found: unknown[] = [];
  startScrub({ folder, clock, onDamage: (error) => void found.push(error) });
  await clock.advance(500 * (tables.length + 2));
  assert.equal([found.length, clock.pendingTimers()], [0, 0], "sound, and it ends by itself");
  const oldest = join(folder, tables.at(-1)?.name ?? "");
  const bytes = readFileSync(oldest);
  bytes[1_000] = (bytes[1_000] as number) ^ 1;
  writeFileSync(oldest, bytes);
  startScrub({ folder, clock, onDamage: (error) => void found.push(error) });
  await clock.advance(500 * (tables.length + 5));
  assert.is(found.length, 1);
  assert.is(isFaultError(found[0]) && found[0].fault.code, "STORE_DAMAGED");
  await disk.close();
  rmSync(folder, { recursive: true });
});

test("a node that is stopped stops looking", async () => {
  const folder = await filled();
  const clock = new SimClock();
  startScrub({ folder, clock, onDamage: () => assert.unreachable() })();
  assert.is(clock.pendingTimers(), 0);
  rmSync(folder, { recursive: true });
});

test.run();
