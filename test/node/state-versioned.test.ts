import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { RecordCache, type CachedRecord } from "../../node/state/record-cache.ts";
import { planPrune, planRevert, planWrites } from "../../node/state/version-plans.ts";
import { createStateReader, type StateReader, type StateWrite } from "../../node/state/versioned.ts";
import { createMemoryDisk } from "../../node/store/memory-disk.ts";
import { seeded } from "./seeded.ts";

const key = (name: number): Uint8Array => utf8(`key${name}`);
const readerOf = (disk: ReturnType<typeof createMemoryDisk>, cacheBytes = 2_000): StateReader => createStateReader(disk, { cacheBytes, folder: "memory" });

function readAll(reader: StateReader, height: bigint): string {
  return Array.from({ length: 10 }, (_, i) => toHex(reader.get(key(i), height) ?? utf8("-"))).join(" ");
}

function randomWrites(random: (below: number) => number): StateWrite[] {
  const names = Array.from({ length: 10 }, (_, i) => i).filter(() => random(3) === 0);
  return names.map((name) => ({ key: key(name), value: random(4) === 0 ? undefined : utf8(`v${random(1000)}`) }));
}

test("state at every height reads as it was when that height was newest", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seeded(seed);
    const disk = createMemoryDisk();
    const cached = readerOf(disk);
    const seen: string[] = [];
    for (let height = 0n; height < 30n; height++) {
      await disk.batch(planWrites(readerOf(disk), height, randomWrites(random)), { sync: true });
      seen.push(readAll(readerOf(disk), height));
      for (let old = 0n; old <= height; old++) assert.is(readAll(cached, old), seen[Number(old)], `seed ${seed}, ${old} at ${height}`);
    }
  }
});

test("taking blocks back restores every key, and leaves no trace in the store", async () => {
  const random = seeded(5);
  const disk = createMemoryDisk();
  const dump = async (): Promise<string[]> => {
    const all: string[] = [];
    for await (const [name, value] of disk.entries({ start: new Uint8Array(0), end: Uint8Array.of(255) })) all.push(`${toHex(name)} ${toHex(value)}`);
    return all;
  };
  const dumps: string[][] = [];
  for (let height = 0n; height < 12n; height++) {
    await disk.batch(planWrites(readerOf(disk), height, randomWrites(random)), { sync: true });
    dumps.push(await dump());
  }
  await disk.batch(planRevert(disk, { tip: 11n, target: 4n }, "memory"), { sync: true });
  assert.equal(await dump(), dumps[4]);
});

test("a base below the kept history faults, and those above still read the same", async () => {
  const random = seeded(6);
  const disk = createMemoryDisk();
  const seen: string[] = [];
  for (let height = 0n; height < 20n; height++) {
    await disk.batch(planWrites(readerOf(disk), height, randomWrites(random)), { sync: true });
    seen.push(readAll(readerOf(disk), height));
  }
  await disk.batch(planPrune(disk, 9n), { sync: true });
  await disk.batch(planPrune(disk, 12n), { sync: true });
  for (let height = 12n; height < 20n; height++) assert.is(readAll(readerOf(disk), height), seen[Number(height)]);
  try {
    readAll(readerOf(disk), 11n);
    assert.unreachable();
  } catch (error) {
    assert.ok(isFaultError(error));
    assert.equal(error.fault, { code: "STATE_BASE_PRUNED", height: 11n });
  }
});

test("a reader that is told what each block wrote never reads the store again for it, and sees every height as it was", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seeded(seed);
    const disk = createMemoryDisk();
    const told = readerOf(disk, 1 << 20);
    const seen: string[] = [];
    for (let height = 0n; height < 20n; height++) {
      const writes = randomWrites(random);
      await disk.batch(planWrites(told, height, writes), { sync: true });
      // Now and then a block goes by without a word, as one that another worker ran.
      if (random(6) > 0) told.advance(height, writes);
      seen.push(readAll(readerOf(disk), height));
      for (let old = 0n; old <= height; old++) assert.is(readAll(told, old), seen[Number(old)], `seed ${seed}, ${old} at ${height}`);
    }
  }
});

test("the cache never holds more bytes than it may, nor anything that was not put there last", () => {
  const random = seeded(8);
  for (const limit of [0, 100, 1_000, 20_000]) {
    const cache = new RecordCache(limit);
    const last = new Map<number, string>();
    let hits = 0;
    for (let i = 0; i < 4_000; i++) {
      const name = random(60);
      const known = cache.get(key(name));
      if (known !== undefined) assert.is(shown(known), last.get(name), `limit ${limit} step ${i}`);
      hits += known === undefined ? 0 : 1;
      if (random(3) > 0) continue;
      const record = { height: BigInt(i), value: random(4) === 0 ? undefined : new Uint8Array(random(10) === 0 ? limit : random(40)).fill(i), until: BigInt(i + random(9)), line: random(3) - 1 };
      cache.set(key(name), record);
      last.set(name, shown(record));
      if (random(500) === 0) cache.clear();
      assert.ok(cache.usedBytes <= Math.max(limit, 128), `${cache.usedBytes} bytes of ${limit}`);
    }
    assert.is(hits > 0, limit >= 1_000, `${hits} hits of ${limit}`);
  }
});

function shown({ height, value, until, line }: CachedRecord): string {
  return `${height} ${until} ${line} ${value === undefined ? "gone" : toHex(value)}`;
}

test.run();
