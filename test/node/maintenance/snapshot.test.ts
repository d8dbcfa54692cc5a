// time-out: 300 s
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import { checkFolder } from "../../../node/maintenance/check-folder.ts";
import { checkWhole } from "../../../node/maintenance/check-whole.ts";
import type { StoreFault } from "../../../node/fault.ts";
import { planBlock, planResults } from "../../../node/ledger/chain-plans.ts";
import type { ChainEntry } from "../../../node/ledger/chain-view.ts";
import { withFolder, type OpenFolder } from "../../../node/maintenance/open-folder.ts";
import { prune } from "../../../node/maintenance/prune.ts";
import type { KeyValueOperation } from "../../../node/ports.ts";
import { decodeDomain, encodeDomain } from "../../../node/state/records-codec.ts";
import { domainStateKey } from "../../../node/state/state-keys.ts";
import { decodeVersioned, encodeVersioned } from "../../../node/state/versioned-record.ts";
import { totalsAt } from "../../../node/explorer/index-plan.ts";
import { openBenchChain } from "../../../src/bench/ledger/bench-chain.ts";
import { createContainer, readContainer, type ContainerRecord } from "../../../node/maintenance/container.ts";
import { SNAPSHOT, SNAPSHOT_LINE } from "../../../node/maintenance/snapshot/format.ts";
import { takeSnapshot, type SnapshotOptions } from "../../../node/maintenance/snapshot/read-snapshot.ts";
import { writeSnapshot, type SnapshotReport } from "../../../node/maintenance/snapshot/write-snapshot.ts";
import { SeededRandom } from "../../sim/random.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { ALICE_KEY, commitAll, newFolder, quickClock, startDevnet } from "./devnet.ts";

// A real devnet under a clock that goes a hundred times as fast, until its first packages are final.

const folder = newFolder();
const home = dirname(folder);
const path = join(home, "chain.snapshot");
const clock = quickClock(100);
let report: SnapshotReport;
let options: SnapshotOptions;

test.before(async () => {
  const node = await startDevnet(folder, {}, clock);
  try {
    await commitAll(node, ["mkdir docs\necho one > docs/a\necho two > docs/b"]);
    await commitAll(node, ["echo three > c", "burn 2\nnick snap"], { stage: "final" });
    await commitAll(node, ["echo four > d"], { stage: "final" });
  } finally {
    await node.stop();
  }
  report = await writeSnapshot(folder, path);
  options = { clock, checkpoint: report.blockId };
});
test.after(() => rmSync(home, { recursive: true }));

let takes = 0;
async function faultOf(file: string, given: SnapshotOptions = options): Promise<{ readonly code: string; readonly reason?: string }> {
  const place = join(home, `taken-${takes++}`);
  try {
    await takeSnapshot(file, place, given);
  } catch (error) {
    if (!isFaultError(error)) throw error;
    assert.not.ok(existsSync(place) || existsSync(`${place}.restoring`), "nothing was put in place");
    return error.fault;
  }
  rmSync(place, { recursive: true });
  return { code: "none" };
}

test("a node that begins with a snapshot has its root, goes on with the chain, and is sound", async () => {
  const place = join(home, "began");
  const taken = await takeSnapshot(path, place, { clock, minWork: report.work });
  assert.equal([toHex(taken.stateRoot), taken.height], [toHex(report.stateRoot), report.height]);
  assert.is(toHex((await checkFolder(place)).stateRoot), toHex(report.stateRoot));
  const resting = await startDevnet(place, { miningPercent: 0 }, clock);
  const head = resting.api.head();
  await resting.stop();
  assert.equal([toHex(head.stateRoot), head.height], [toHex(report.stateRoot), report.height]);
  const mining = await startDevnet(place, {}, clock);
  try {
    await commitAll(mining, ["cat docs/a > copy"], { funded: true });
  } finally {
    await mining.stop();
  }
  const { height } = await checkFolder(place);
  assert.ok(height > report.height);
  const whole = await checkWhole(place);
  assert.equal([whole.from, whole.blocks], [report.height, Number(height - report.height)]);
});

/** A copy of a folder in which `spoil` changed records, their checksums in order. */
async function spoiled(from: string, spoil: (open: OpenFolder) => KeyValueOperation[]): Promise<string> {
  const copy = join(home, `spoiled-${takes++}`);
  cpSync(from, copy, { recursive: true });
  await withFolder(copy, (open) => open.disk.batch(spoil(open), { sync: true }));
  return copy;
}

const damageOf = (work: Promise<unknown>): Promise<string> => work.then(() => "none", (error: unknown) => {
  if (!isFaultError(error)) throw error;
  const fault = error.fault as StoreFault;
  return "what" in fault ? fault.what : "reason" in fault ? fault.reason : fault.code;
});

test("snapshot, node, snapshot, node: each is sound to its last record, and a lie at any stage is named", async () => {
  const first = join(home, "first");
  await takeSnapshot(path, first, options);
  const same = join(home, "same.snapshot");
  await writeSnapshot(first, same);
  assert.ok(readFileSync(path).equals(readFileSync(same)), "a node that did nothing yet writes the snapshot it began with");
  const node = await startDevnet(first, {}, clock);
  try {
    await commitAll(node, ["echo of the first > docs/first"], { funded: true, stage: "settled" });
    await commitAll(node, ["echo more of it > docs/first"], { funded: true, stage: "final" });
  } finally {
    await node.stop();
  }
  const next = join(home, "next.snapshot");
  const later = await writeSnapshot(first, next);
  assert.ok(later.height > report.height);
  assert.is((await checkWhole(first)).from, report.height);
  const second = join(home, "second");
  await takeSnapshot(next, second, { clock, checkpoint: later.blockId });
  const follower = await startDevnet(second, {}, clock);
  try {
    await commitAll(follower, ["cat docs/first > docs/second"], { funded: true });
  } finally {
    await follower.stop();
  }
  assert.is((await checkWhole(second)).from, later.height);
  // Without the history at its beginning it is executed from the next key block on.
  const pruned = await spoiled(first, () => []);
  await prune(pruned, { keepBlocks: 0n });
  const report2 = await checkWhole(pruned);
  assert.ok(report2.from >= later.height && report2.blocks > 0 && report2.records > 10);

  const state = (open: OpenFolder): KeyValueOperation[] => {
    const key = domainStateKey(domainOfKey(ALICE_KEY));
    const record = open.disk.getSync(key) as Uint8Array;
    const { height, value } = decodeVersioned(record);
    const domain = decodeDomain(value as Uint8Array);
    return [{ type: "put", key, value: encodeVersioned({ height, value: encodeDomain({ ...domain, balanceUnits: domain.balanceUnits + 1n }) }) }];
  };
  assert.match(await damageOf(checkWhole(await spoiled(second, state))), /the domains have the root|is not what the blocks give/);
  assert.match(await damageOf(checkWhole(await spoiled(pruned, state))), /the domains have the root|is not what the blocks give/);
  const window = (open: OpenFolder): KeyValueOperation[] => {
    const entry = entryOf(open, (each) => each.header?.kind === "data" && each.height < later.height && (open.store.executed(each.id)?.results.length ?? 0) > 0);
    return [planResults(entry, { epochFeesUnits: 5n, results: [] })];
  };
  const badWindow = await spoiled(first, window);
  const lie = join(home, "window.snapshot");
  const told = damageOf(writeSnapshot(badWindow, lie).then(() => takeSnapshot(lie, join(home, "window"), { clock, checkpoint: later.blockId })));
  assert.match(await told, /^the results of block \d+ are not those of its header|^receipts at height/);
  const header = (open: OpenFolder): KeyValueOperation[] => {
    const entry = entryOf(open, (each) => each.height === 2n);
    return planBlock({ ...entry, totalWork: entry.totalWork + 1n }, undefined);
  };
  assert.is(await damageOf(checkFolder(await spoiled(second, header))), "the block at height 2");
});

/** The newest block of the main chain of which this is true. */
function entryOf({ store }: OpenFolder, isWanted: (entry: ChainEntry) => boolean): ChainEntry {
  for (let entry = store.entry(store.headId() as Uint8Array); entry !== undefined; entry = store.entry(entry.parentId)) if (isWanted(entry)) return entry;
  throw new Error("the chain has such a block");
}

test("a node that began with a snapshot takes what others made after it, payouts of epochs from before included", async () => {
  const node = await startDevnet(folder, {}, clock);
  try {
    await commitAll(node, ["echo five > e"], { stage: "final", funded: true });
  } finally {
    await node.stop();
  }
  const place = join(home, "follows");
  await takeSnapshot(path, place, options);
  await withFolder(folder, async ({ genesis, params, store, disk }) => {
    const follower = await openBenchChain(place, { genesis, params, senders: [], receivers: [] }, { workers: 2 });
    follower.clock.pass(clock.nowMs() - follower.clock.nowMs());
    const head = store.entry(store.headId() ?? genesis.salt);
    assert.ok(head !== undefined && head.keyHeight > params.maturityKeyBlocks + 1n);
    for (let height = report.height + 1n; height <= head.height; height++) {
      const block = store.block(store.entry(store.idAt(height) ?? head.id) ?? head);
      assert.is(block === undefined ? "none" : (await follower.chain.submit(block)).kind, "appended", `block ${height}`);
    }
    assert.equal(follower.chain.head().stateRoot, head.stateRoot);
    const [followed, own] = [totalsAt(follower.disk, head.height), totalsAt(disk, head.height)];
    assert.equal(followed, own, "the explorer's sums are the same");
    await follower.close();
  });
});

test("words that look back say what a node that began with a snapshot does not have", async () => {
  const place = join(home, "looks");
  await takeSnapshot(path, place, options);
  const node = await startDevnet(place, { miningPercent: 0 }, clock);
  try {
    const { explorer } = node.api;
    const code = await explorer.block("1").then(() => "none", (error: unknown) => (isFaultError(error) ? error.fault.code : String(error)));
    assert.is(code, "EXPLORER_NOT_KEPT");
    const fault = await explorer.package("feedbeef").then(() => undefined, (error: unknown) => (isFaultError(error) ? error.fault : error));
    assert.equal(fault, { code: "EXPLORER_NO_SUCH", what: "package", text: "feedbeef", keptFrom: report.height });
    for (const list of [await explorer.blocks({}), await explorer.packages({}), await explorer.history(new Uint8Array(20), {})]) assert.is(list.keptFrom, report.height);
    assert.is((await explorer.block(String(report.height))).height, report.height);
    assert.is((await explorer.block("genesis")).height, 0n);
    const supply = explorer.supply();
    assert.equal([supply.height, supply.burntUnits], [report.height, 2n * 10n ** 18n]);
    const { sacrifice } = await explorer.domain(domainOfKey(ALICE_KEY));
    assert.equal(sacrifice, { burntUnits: 2n * 10n ** 18n, usedUnits: 10n ** 18n, nick: "snap" });
    assert.is((await explorer.chain()).height, report.height);
    assert.is(explorer.difficulty().keyHeight > 0n, true);
  } finally {
    await node.stop();
  }
});

test("a snapshot that nobody vouches for is refused, and so is another than the one vouched for (R12)", async () => {
  assert.is((await faultOf(path, { clock })).code, "STORE_UNVOUCHED");
  assert.is((await faultOf(path, { clock, checkpoint: new Uint8Array(32) })).code, "STORE_OTHER_SNAPSHOT");
  assert.is((await faultOf(path, { clock, minWork: report.work + 1n })).code, "STORE_OTHER_SNAPSHOT");
  assert.is((await faultOf(path, { clock, minWork: report.work })).code, "none");
});

test("each flipped byte and each cut of a snapshot is named", async () => {
  const bytes = readFileSync(path);
  const random = new SeededRandom(5);
  const spoiled = join(home, "spoiled.snapshot");
  for (let i = 0; i < 24; i++) {
    const changed = Buffer.from(bytes);
    const at = random.below(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << random.below(8));
    writeFileSync(spoiled, i % 4 === 0 ? bytes.subarray(0, at) : changed);
    assert.is((await faultOf(spoiled)).code, "STORE_BAD_COPY", `byte ${at}`);
  }
});

/** The snapshot with other records, its checksums in order again: what a liar would hand out. */
function lie(change: (records: ContainerRecord[]) => ContainerRecord[]): string {
  const file = join(home, "lie.snapshot");
  const writer = createContainer(file, SNAPSHOT_LINE);
  for (const { type, data } of change([...readContainer(path, SNAPSHOT_LINE)])) writer.write(type, data);
  writer.finish();
  return file;
}

/** Changes the items of the records of one type. */
function itemsOf(type: number, change: (items: RlpItem[]) => RlpItem[]): string {
  return lie((records) => records.map((record) => (record.type === type ? { type, data: encodeRlp(change([...(decodeRlp(record.data) as RlpItem[])])) } : record)));
}

test("every lie in a snapshot whose checksums are in order is named", async () => {
  const reason = async (file: string): Promise<string> => {
    const fault = await faultOf(file);
    assert.is(fault.code, "STORE_BAD_COPY");
    return fault.reason ?? "";
  };
  const without = (type: number): string => lie((records) => records.filter((record) => record.type !== type));
  assert.match(await reason(without(SNAPSHOT.about)), /does not say of what/);
  assert.match(await reason(without(SNAPSHOT.headers)), /headers end with another block/);
  assert.match(await reason(itemsOf(SNAPSHOT.headers, (items) => items.slice(0, -1))), /headers end with another block/);
  assert.match(await reason(itemsOf(SNAPSHOT.headers, (items) => items.slice(1))), /header 1 does not follow/);
  assert.match(await reason(without(SNAPSHOT.results)), /results .*missing/);
  assert.match(await reason(itemsOf(SNAPSHOT.results, ([height = new Uint8Array(0)]) => [height, []])), /results of block \d+ are not those of its header/);
  assert.match(await reason(without(SNAPSHOT.domains)), /domains have the root/);
  assert.match(await reason(itemsOf(SNAPSHOT.domains, (items) => items.slice(1))), /domains have the root/);
  assert.match(await reason(itemsOf(SNAPSHOT.domains, (items) => [...items].reverse())), /not in order/);
  assert.match(await reason(lie((records) => records.filter(({ type }) => type < SNAPSHOT.entries))), /files of a domain are missing/);
  assert.match(await reason(itemsOf(SNAPSHOT.entries, (items) => items.slice(1))), /another root than its record says|content that no file has/);
  assert.match(await reason(without(SNAPSHOT.content)), /content of a file is missing/);
  assert.match(await reason(lie((records) => [...records, { type: SNAPSHOT.content, data: new Uint8Array(5) }])), /content that no file has/);
  assert.match(await reason(itemsOf(SNAPSHOT.about, (items) => items.map((item, i) => (i === 4 ? Uint8Array.of(1) : item)))), /sums/);
  assert.match(await reason(itemsOf(SNAPSHOT.about, (items) => items.slice(0, 7))), /sums/, "what was burnt is left out");
  assert.match(await reason(itemsOf(SNAPSHOT.about, (items) => items.with(7, Uint8Array.of(1)))), /sums/, "and less of it");
  assert.match(await reason(lie((records) => [...records, { type: 99, data: new Uint8Array(0) }])), /type 99 is out of place/);
  assert.match(await reason(lie((records) => records.map((record) => ({ ...record, data: new Uint8Array([0xf9, 0xff, 0xff]) })))), /not well-formed/);
});

test("random records of a snapshot are refused by name and never taken", async () => {
  const random = new SeededRandom(11);
  for (let i = 0; i < 30; i++) {
    const file = lie((records) => {
      const at = random.below(records.length);
      const record = records[at] as ContainerRecord;
      const data = record.data.slice();
      for (let flips = random.below(3) + 1; flips > 0; flips--) data[random.below(data.length)] = random.below(256);
      return records.map((each, index) => (index === at ? { ...record, data } : each));
    });
    const { code } = await faultOf(file);
    if (code !== "none") assert.match(code, /^(STORE_BAD_COPY|STORE_OTHER_SNAPSHOT|LEDGER_GENESIS)$/, code);
  }
});

test.run();
