import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ClassicLevel } from "classic-level";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bigEndian, fromUtf8, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { openDisk } from "../../node/store/level-disk.ts";
import { createMemoryDisk } from "../../node/store/memory-disk.ts";
import type { Disk } from "../../node/ports.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gridshell-store-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
  return "none";
}

async function texts(disk: Disk, range: { start: string; end: string; limit?: number; reverse?: boolean }): Promise<string[]> {
  const found: string[] = [];
  for await (const [key, value] of disk.entries({ ...range, start: utf8(range.start), end: utf8(range.end) })) {
    found.push(`${fromUtf8(key)}=${fromUtf8(value)}`);
  }
  return found;
}

const put = (key: string, value: string) => ({ type: "put", key: utf8(key), value: utf8(value) }) as const;

/** The port's suite: the real and the in-memory store give the same answers. */
async function checkDisk(disk: Disk): Promise<void> {
  assert.is(disk.getSync(utf8("a")), undefined);
  await disk.batch([put("a", "1"), put("c", "3"), put("b", "2"), put("empty", "")], { sync: true });
  assert.is(fromUtf8(disk.getSync(utf8("b")) as Uint8Array), "2");
  assert.is((disk.getSync(utf8("empty")) as Uint8Array).length, 0);
  await disk.batch([{ type: "del", key: utf8("b") }, put("a", "4"), { type: "del", key: utf8("none") }], { sync: false });
  assert.is(disk.getSync(utf8("b")), undefined);
  assert.equal(await texts(disk, { start: "a", end: "d" }), ["a=4", "c=3"]);
  assert.equal(await texts(disk, { start: "a", end: "c" }), ["a=4"]);
  assert.equal(await texts(disk, { start: "a", end: "f", reverse: true, limit: 2 }), ["empty=", "c=3"]);
  await disk.batch([put("same", "first"), put("same", "second")], { sync: false });
  assert.is(fromUtf8(disk.getSync(utf8("same")) as Uint8Array), "second");
  await disk.batch([{ type: "put", key: Uint8Array.of(0xff, 0), value: Uint8Array.of(0, 0xff) }], { sync: true });
  assert.equal(disk.getSync(Uint8Array.of(0xff, 0)), Uint8Array.of(0, 0xff));
}

test("the store in memory answers like the port says", async () => {
  const disk = createMemoryDisk();
  await checkDisk(disk);
  await disk.close();
});

test("the store in LevelDB answers like the port says", () => inFolder(async (folder) => {
  const disk = await openDisk(folder);
  await checkDisk(disk);
  await disk.close();
}));

test("what was written is there after a restart", () => inFolder(async (folder) => {
  const first = await openDisk(folder);
  await first.batch([put("a", "1")], { sync: true });
  await first.close();
  const second = await openDisk(folder);
  assert.is(fromUtf8(second.getSync(utf8("a")) as Uint8Array), "1");
  await second.close();
}));

test("a store that was closed after much was written has no log to read back, and all of it", () => inFolder(async (folder) => {
  const disk = await openDisk(folder);
  for (let i = 0; i < 20; i++) await disk.batch([{ type: "put", key: utf8(`k${i}`), value: new Uint8Array(1 << 20).fill(i) }], { sync: false });
  await disk.close();
  const logs = (await readdir(folder)).filter((name) => name.endsWith(".log"));
  assert.equal(await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size)), [0]);
  const again = await openDisk(folder);
  for (let i = 0; i < 20; i++) assert.is(again.getSync(utf8(`k${i}`))?.[99], i);
  await again.close();
}));

test("a worker opens the same store and sees what was written after it opened", () => inFolder(async (folder) => {
  const disk = await openDisk(folder);
  const worker = new Worker(new URL("./store-worker.ts", import.meta.url), { workerData: { folder } });
  const answer = () => new Promise<string>((resolve, reject) => { worker.once("message", resolve); worker.once("error", reject); });
  assert.is(await answer(), "open");
  await disk.batch([put("late", "seen")], { sync: true });
  const read = answer();
  worker.postMessage("late");
  assert.is(await read, "seen");
  await worker.terminate();
  await disk.close();
}));

test("a store held by somebody else is refused as locked", () => inFolder(async (folder) => {
  const holder = new ClassicLevel(folder);
  await holder.open();
  assert.is(await faultOf(openDisk(folder)), "STORE_LOCKED");
  await holder.close();
}));

test("a store of a newer or an older layout is refused by name, and not called damaged", () => inFolder(async (folder) => {
  for (const [version, code] of [[99n, "STORE_NEWER"], [1n, "STORE_OLDER"]] as const) {
    const other = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: "view", valueEncoding: "view" });
    await other.put(utf8("m/schema"), bigEndian(version, 4));
    await other.close();
    assert.is(await faultOf(openDisk(folder)), code);
  }
}));

test("a database of something else is refused", () => inFolder(async (folder) => {
  const other = new ClassicLevel(folder);
  await other.put("x", "y");
  await other.close();
  assert.is(await faultOf(openDisk(folder)), "STORE_UNREADABLE");
}));

test("a file where the folder should be is refused", () => inFolder(async (folder) => {
  const file = join(folder, "file");
  await writeFile(file, "not a store");
  assert.is(await faultOf(openDisk(file)), "STORE_UNREADABLE");
}));

test("a store that may not be made is refused when it is not there", () => inFolder(async (folder) => {
  assert.is(await faultOf(openDisk(join(folder, "none"), { create: false })), "STORE_UNREADABLE");
}));

test.run();
