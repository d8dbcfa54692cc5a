import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { BatchPart, Disk, KeyValueOperation } from "../../node/ports.ts";
import { checkedDisk } from "../../node/store/checked-disk.ts";
import { openDisk } from "../../node/store/level-disk.ts";
import { createMemoryDisk } from "../../node/store/memory-disk.ts";
import { packed, packOperations } from "../../node/store/packed-operations.ts";
import { SimDisk } from "../sim/disk.ts";
import { seeded } from "./seeded.ts";

const ALL = { start: utf8("k"), end: utf8("l") };

async function contents(disk: Disk): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const [key, value] of disk.entries(ALL)) found.set(toHex(key), toHex(value));
  return found;
}

/** Keys from few, so that many are written twice or taken out again; some values larger than the room that LevelDB's batches have for them. */
function randomOperations(random: (limit: number) => number, count: number): KeyValueOperation[] {
  return Array.from({ length: count }, (): KeyValueOperation => {
    const key = new Uint8Array([107, ...Array.from({ length: random(3) }, () => random(4)), ...new Uint8Array(random(50) === 0 ? 3_000 : 0)]);
    if (random(5) === 0) return { type: "del", key };
    return { type: "put", key, value: Uint8Array.from({ length: random(30) === 0 ? 2_000 + random(100) : random(90) }, () => random(256)) };
  });
}

/** Parts of the list as they are, parts packed. */
function mixed(operations: readonly KeyValueOperation[], random: (limit: number) => number): BatchPart[] {
  const parts: BatchPart[] = [];
  for (let at = 0; at < operations.length; ) {
    const some = operations.slice(at, (at += 1 + random(20)));
    if (random(2) === 0) parts.push(packed(packOperations(some)));
    else parts.push(...some);
  }
  return parts;
}

async function onEveryDisk(run: (name: string, disk: Disk) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gridshell-packed-"));
  try {
    const disks = { memory: createMemoryDisk(), checked: checkedDisk(createMemoryDisk(), "memory"), simulated: checkedDisk(new SimDisk(), "simulated"), level: await openDisk(folder) };
    for (const [name, disk] of Object.entries(disks)) {
      await run(name, disk);
      await disk.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a batch writes the same whether its operations are listed or packed, on every disk", () => onEveryDisk(async (name, disk) => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seeded(seed);
    const wanted = createMemoryDisk();
    for await (const [key, value] of disk.entries(ALL)) await wanted.batch([{ type: "put", key, value }], { sync: false });
    const operations = randomOperations(random, 150);
    await wanted.batch(operations, { sync: false });
    await disk.batch(mixed(operations, random), { sync: random(2) === 0 });
    assert.equal(await contents(disk), await contents(wanted), `${name}, seed ${seed}`);
    for (const { key } of operations) assert.equal(disk.getSync(key), wanted.getSync(key), `${name}, seed ${seed}`);
  }
}));

test("batches are written in the order of asking, however long the first takes to put together", () => onEveryDisk(async (name, disk) => {
  const [key, value] = [utf8("k same"), new Uint8Array(700)];
  const large = packOperations([{ type: "put", key, value: utf8("first") }, ...Array.from({ length: 3_000 }, (_, index): KeyValueOperation => ({ type: "put", key: utf8(`k${index}`), value }))]);
  const written: string[] = [];
  await Promise.all([
    disk.batch([packed(large)], { sync: false }).then(() => written.push("large")),
    disk.batch([{ type: "put", key, value: utf8("second") }], { sync: false }).then(() => written.push("small")),
  ]);
  assert.equal(disk.getSync(key), utf8("second"), name);
  assert.is(written.length, 2);
}));

test("each flipped bit of a packed record is found by the read that meets it", async () => {
  const below = createMemoryDisk();
  const disk = checkedDisk(below, "memory");
  const [key, value] = [utf8("k1"), utf8("some value")];
  await disk.batch([packed(packOperations([{ type: "del", key: utf8("k0") }, { type: "put", key, value }]))], { sync: true });
  assert.equal(disk.getSync(key), value);
  const record = below.getSync(key) ?? new Uint8Array(0);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const changed = record.slice();
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    await below.batch([{ type: "put", key, value: changed }], { sync: true });
    assert.throws(() => disk.getSync(key), (error: Error) => isFaultError(error) && error.fault.code === "STORE_DAMAGED");
  }
});

test("a batch handed in before the store is closed is written, and none after", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gridshell-packed-"));
  try {
    const disk = await openDisk(folder);
    const operations = Array.from({ length: 5_000 }, (_, index): KeyValueOperation => ({ type: "put", key: utf8(`k${index}`), value: new Uint8Array(500) }));
    const writing = disk.batch([packed(packOperations(operations))], { sync: true });
    await Promise.all([writing, disk.close()]);
    const late = await disk.batch([{ type: "put", key: utf8("k late"), value: utf8("x") }], { sync: false }).then(() => "written", () => "refused");
    assert.is(late, "refused");
    const again = await openDisk(folder);
    assert.is((await contents(again)).size, operations.length);
    await again.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
