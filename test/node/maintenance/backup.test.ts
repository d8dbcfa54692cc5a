import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bigEndian, toHex, utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { backUp } from "../../../node/maintenance/backup.ts";
import { checkFolder } from "../../../node/maintenance/check-folder.ts";
import { checkWhole } from "../../../node/maintenance/check-whole.ts";
import { withFolder } from "../../../node/maintenance/open-folder.ts";
import { restore } from "../../../node/maintenance/restore.ts";
import type { Disk } from "../../../node/ports.ts";
import { undoKey } from "../../../node/state/state-keys.ts";
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
  for (let i = 0; i < 60; i++) {
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

test("executing the whole chain anew gives the same records; a wrong one of any family is named", async () => {
  const report = await checkWhole(folder);
  assert.ok(report.packages >= 5 && report.records > 50, JSON.stringify(report, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
  for (const [family, code] of [["s/\x01", "is not what"], ["s/\x02", "is not what"], ["s/\x03", "is not what"], ["l/r", "is not what"], ["c/", "is not what"]] as const) {
    assert.match((await damagedWhole((disk) => spoil(disk, family))).what ?? "", code, family);
  }
  assert.match((await damagedWhole((disk) => disk.batch([{ type: "del", key: undoKey(2n) }], { sync: true }))).what ?? "", /reverse diff/);
  assert.match((await damagedWhole((disk) => disk.batch([{ type: "put", key: utf8("l/n00000099"), value: bigEndian(1n, 33) }], { sync: true }))).what ?? "", /no block wrote/);
});

/** What the full check says of a copy that `spoils` changed behind LevelDB's checksums and ours. */
async function damagedWhole(spoils: (disk: Disk) => Promise<void>): Promise<{ readonly what?: string }> {
  const copy = `${folder}-spoiled`;
  cpSync(folder, copy, { recursive: true });
  try {
    await withFolder(copy, ({ disk }) => spoils(disk));
    const fault = await faultOf(checkWhole(copy));
    assert.is(fault.code, "STORE_DAMAGED");
    assert.not.ok(existsSync(join(copy, "checking")));
    return fault;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Changes the last byte of the last record of a family. */
async function spoil(disk: Disk, family: string): Promise<void> {
  const start = Buffer.from(family, "latin1");
  const end = Buffer.from(start);
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  for await (const [key, value] of disk.entries({ start, end, limit: 1, reverse: true })) {
    const changed = value.slice();
    changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
    await disk.batch([{ type: "put", key, value: changed }], { sync: true });
    return;
  }
  assert.unreachable(`no record of ${family}`);
}

test.run();
