// time-out: 300 s
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bigEndian, toHex, utf8 } from "../../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../../lang/base/fault.ts";
import type { StoreFault } from "../../../node/fault.ts";
import { backUp } from "../../../node/maintenance/backup.ts";
import { checkFolder } from "../../../node/maintenance/check-folder.ts";
import { checkWhole } from "../../../node/maintenance/check-whole.ts";
import { planResults } from "../../../node/ledger/chain-plans.ts";
import { compareStores } from "../../../node/maintenance/compare-stores.ts";
import { withFolder } from "../../../node/maintenance/open-folder.ts";
import { restore } from "../../../node/maintenance/restore.ts";
import type { Disk } from "../../../node/ports.ts";
import { SeededRandom } from "../../sim/random.ts";
import { commitAll, newFolder, startDevnet } from "./devnet.ts";

// One real devnet, copied while it runs; what follows is about the copy and the stopped folder.

const folder = newFolder();
const backup = join(dirname(folder), "running.backup");
let rootAtBackup = "";

async function faultOf(work: Promise<unknown> | (() => unknown)): Promise<{ readonly code: string; readonly what?: string; readonly reason?: string }> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (isFaultError(error)) return error.fault;
    throw error;
  }
  return { code: "none" };
}

test.before(async () => {
  const node = await startDevnet(folder);
  try {
    await commitAll(node, ["mkdir docs\necho one > docs/a", "echo two > docs/b"]);
    rootAtBackup = toHex(node.api.head().stateRoot);
    backUp(folder, backup);
    await commitAll(node, ["rm docs/a\necho three > docs/b"]);
  } finally {
    await node.stop();
  }
});
test.after(() => rmSync(dirname(folder), { recursive: true }));

test("a backup of a running node restores to the state it had, and that node goes on with a new key", async () => {
  const place = join(dirname(folder), "restored");
  const report = await restore(backup, place, { sameKey: false });
  assert.is(toHex(report.stateRoot), rootAtBackup);
  assert.is(toHex(report.chainId), toHex((await checkFolder(folder)).chainId));
  const node = await startDevnet(place);
  assert.is(toHex(node.api.head().stateRoot), rootAtBackup);
  await commitAll(node, ["echo after > later"]);
  await node.stop();
  assert.is(readdirSync(join(place, "keys")).filter((name) => name.startsWith("epoch-before-")).length, 1);
  assert.is.not(readFileSync(join(place, "keys", "epoch.seed"), "utf8"), readFileSync(join(folder, "keys", "epoch.seed"), "utf8"));
});

test("with --same-key the keys are those of the backup", async () => {
  const place = join(dirname(folder), "same");
  await restore(backup, place, { sameKey: true });
  assert.is(readFileSync(join(place, "keys", "epoch.seed"), "utf8"), readFileSync(join(folder, "keys", "epoch.seed"), "utf8"));
});

test("each flipped byte and each cut of a backup is named, and nothing is put in place", async () => {
  const bytes = readFileSync(backup);
  const random = new SeededRandom(3);
  const spoiled = join(dirname(folder), "spoiled.backup");
  const place = join(dirname(folder), "spoiled");
  for (let i = 0; i < 30; i++) {
    const changed = Buffer.from(bytes);
    const at = random.below(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << random.below(8));
    writeFileSync(spoiled, i % 3 === 0 ? bytes.subarray(0, at) : changed);
    assert.is((await faultOf(restore(spoiled, place, { sameKey: true }))).code, "STORE_BAD_COPY", `byte ${at}`);
    assert.not.ok(existsSync(place) || existsSync(`${place}.restoring`));
  }
});

test("nothing is restored over a folder that holds something", async () => {
  assert.is((await faultOf(restore(backup, folder, { sameKey: true }))).code, "STORE_NOT_EMPTY");
});

test("executing the whole chain anew gives the same records", async () => {
  const report = await checkWhole(folder);
  assert.ok(report.packages >= 5 && report.records > 50, `${report.packages} packages, ${report.records} records`);
  assert.not.ok(existsSync(join(folder, "checking")));
});

test("a wrong, missing or surplus record is named by the comparison, whatever its family", async () => {
  const copy = `${folder}-spoiled`;
  cpSync(folder, copy, { recursive: true });
  await withFolder(folder, (sound) => withFolder(copy, async ({ disk }) => {
    const differs = async (spoils: () => Promise<void>): Promise<string> => {
      await spoils();
      return (await faultOf(compareStores(disk, sound.disk, { floor: 0n, damaged: (what) => new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what }) }))).what ?? "none";
    };
    assert.is(await differs(async () => undefined), "none");
    await differs(() => disk.batch([{ type: "put", key: utf8("l/p waits"), value: utf8("not the chain's") }], { sync: false }));
    for (const family of ["x/t", "u/", "s/\x03", "s/\x02", "s/\x01", "l/x", "l/r", "c/"]) {
      const [key, value] = await lastOf(disk, family);
      const changed = value.slice();
      changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
      assert.match(await differs(() => disk.batch([{ type: "put", key, value: changed }], { sync: false })), /is not what the blocks give/, family);
      assert.match(await differs(() => disk.batch([{ type: "del", key }], { sync: false })), /missing|is not what the blocks give/, family);
      assert.is(await differs(() => disk.batch([{ type: "put", key, value }], { sync: false })), "none", family);
    }
    assert.match(await differs(() => disk.batch([{ type: "put", key: utf8("l/n surplus"), value: bigEndian(1n, 33) }], { sync: false })), /no block wrote/);
  }));
});

/** The last record of a family. */
async function lastOf(disk: Disk, family: string): Promise<readonly [Uint8Array, Uint8Array]> {
  const start = Buffer.from(family, "latin1");
  const end = Buffer.from(start);
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  for await (const record of disk.entries({ start, end, limit: 1, reverse: true })) return record;
  throw new Error(`no record of ${family}`);
}

test("a check goes from the genesis: fees that do not fit their block are named, however old", async () => {
  const copy = `${folder}-fees`;
  cpSync(folder, copy, { recursive: true });
  await withFolder(copy, async ({ disk, store }) => {
    const entry = store.entry(store.idAt(1n) as Uint8Array);
    const executed = entry === undefined ? undefined : store.executed(entry.id);
    assert.ok(entry !== undefined && executed !== undefined);
    await disk.batch([planResults(entry, { ...executed, epochFeesUnits: executed.epochFeesUnits + 1n })], { sync: true });
  });
  assert.match((await faultOf(checkFolder(copy))).what ?? "", /at height 1$/);
});

test("the full check names the record that a damaged store holds", async () => {
  const copy = `${folder}-wrong`;
  cpSync(folder, copy, { recursive: true });
  await withFolder(copy, async ({ disk }) => {
    const [key, value] = await lastOf(disk, "s/\x02");
    await disk.batch([{ type: "put", key, value: value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte)) }], { sync: true });
  });
  const { code, what } = await faultOf(checkWhole(copy));
  assert.is(code, "STORE_DAMAGED");
  assert.match(what ?? "", /^a record is not what the blocks give: record s\//);
});

test.run();
