import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { LocalExplorer } from "../../../node/explorer/local-explorer.ts";
import { livenessOf } from "../../../node/explorer/figures.ts";
import type { Page, PageRequest } from "../../../node/explorer/views.ts";
import { EvictionBook } from "../../../node/ledger/evictions.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { decodeDomain } from "../../../node/state/records-codec.ts";
import { sacrificeOf } from "../../../node/state/sacrifice.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimFile } from "../../sim/disk.ts";
import { testKey } from "../../sim/keys.ts";
import { ALICE, BOB, SimNode, SIM_PARAMS, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { BURN } from "../../sim/transfers.ts";

const SEEDS = process.env["SEED"] === undefined ? [1, 2, 3] : [Number(process.env["SEED"])];

function explorerOf(node: SimNode, clock: SimClock): LocalExplorer {
  const nothing = (): never => assert.unreachable("no thread and no worker is asked") as never;
  return new LocalExplorer({
    chain: node.chain, pool: node.feed.pool, receipts: node.receipts, disk: node.checked, clock, reader: createStateReader(node.checked, { cacheBytes: 1 << 20, folder: "sim" }),
    workers: { run: nothing, forget: nothing }, peers: () => ({ rows: [] }), homeOf: nothing,
  });
}

/** A chain long enough that epochs mature, with packages that fail among those that do not. */
async function grown(seed: number, keyBlocks = 16): Promise<{ readonly clock: SimClock; readonly node: SimNode; readonly explorer: LocalExplorer }> {
  const random = new SeededRandom(seed);
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  const nonces = { alice: 0, bob: 0 };
  for (let i = 0; i < keyBlocks; i++) {
    await clock.advance(100);
    for (let count = random.below(4); count > 0; count--) {
      const units = BigInt(random.below(1_000_000));
      if (random.below(3) === 0) node.feed.pool.add(transfer(++nonces.bob, { from: BOB, to: ALICE, units: random.below(3) === 0 ? 10n ** 30n : units }));
      else node.feed.pool.add(transfer(++nonces.alice, { units, ...(units % 4n === 0n && { to: BURN }) }));
    }
    await clock.advance(29_890);
  }
  return { clock, node, explorer: explorerOf(node, clock) };
}

async function all<Row>(list: (request: PageRequest) => Promise<Page<Row>> | Page<Row>, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (let page = await list({ count }); ; page = await list({ count, from: page.next as string })) {
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
  }
}

test("supply is the sum of all balances, whatever matured, was locked or failed", async () => {
  for (const seed of SEEDS) {
    const { node, explorer } = await grown(seed);
    let [held, burnt] = [0n, 0n];
    for (const [, value] of node.states.begin(node.chain.head()).realm.base.stateTrie().entries()) {
      const record = decodeDomain(value);
      [held, burnt] = [held + record.balanceUnits, burnt + sacrificeOf(record).burntUnits];
    }
    const supply = explorer.supply();
    assert.equal([supply.circulatingUnits, supply.burntUnits], [held, burnt], `seed ${seed}`);
    assert.ok(burnt > 0n);
    assert.is(supply.circulatingUnits, supply.genesisUnits + supply.coinbaseUnits - supply.lockedUnits - supply.destroyedUnits - supply.burntUnits);
    assert.ok(supply.coinbaseUnits > 0n);
    await node.stop();
  }
});

test("blocks and packages are those of the ledger, and their sums are the chain's", async () => {
  for (const seed of SEEDS) {
    const { node, explorer } = await grown(seed);
    const { store } = node.chain.machine;
    const blocks = await all((page) => explorer.blocks(page), 7);
    assert.is(blocks.length, Number(node.chain.head().height) + 1);
    for (const row of blocks) {
      const results = store.executed(row.blockId)?.results ?? [];
      assert.equal([row.packages, row.feesUnits, toHex(row.blockId)], [results.length, results.reduce((sum, { feeUnits }) => sum + feeUnits, 0n), toHex(store.idAt(row.height) as Uint8Array)]);
    }
    const packages = await all((page) => explorer.packages(page), 3);
    const { packages: counted, packagesLastDay, height } = await explorer.chain();
    assert.is(BigInt(packages.length), counted);
    assert.is(packagesLastDay, counted);
    assert.is(height, node.chain.head().height);
    for (const row of packages) assert.equal(node.receipts.find(row.packageId)?.receipt.outcome, row.outcome);
    await node.stop();
  }
});

test("a history ends with the balance, for whoever signs, receives or leads", async () => {
  for (const seed of SEEDS) {
    const { node, explorer } = await grown(seed);
    for (const domain of [ALICE, BOB, testKey("leader a").domain]) {
      const rows = await all((page) => explorer.history(domain, page), 4);
      assert.is(rows.reduce((sum, { deltaUnits }) => sum + deltaUnits, 0n), node.balance(domain), `seed ${seed}`);
      assert.is((await explorer.domain(domain)).balanceUnits, node.balance(domain));
    }
    await node.stop();
  }
});

test("pages do not move while blocks arrive", async () => {
  const { clock, node, explorer } = await grown(5);
  const first = { blocks: await explorer.blocks({ count: 4 }), packages: await explorer.packages({ count: 2 }), history: await explorer.history(ALICE, { count: 2 }), search: await explorer.search({ text: "pays", count: 2 }) };
  const rest = async () => ({
    blocks: await explorer.blocks({ from: first.blocks.next as string, count: 4 }), packages: await explorer.packages({ from: first.packages.next as string, count: 2 }),
    history: await explorer.history(ALICE, { from: first.history.next as string, count: 2 }), search: await explorer.search({ text: "pays", from: first.search.next as string, count: 2 }),
  });
  const before = await rest();
  const nonce = Number(node.states.begin(node.chain.head()).nonceOf(ALICE));
  for (let i = 1; i <= 3; i++) node.feed.pool.add(transfer(nonce + i));
  await clock.advance(60_000);
  assert.not.equal(await explorer.blocks({ count: 4 }), first.blocks);
  assert.not.equal(await explorer.packages({ count: 2 }), first.packages);
  assert.equal(await rest(), before);
  assert.ok(before.search.rows.length > 0);
  await node.stop();
});

test("ids and addresses may be cut short while they are unique; else all that begin so are named", async () => {
  const { node, explorer } = await grown(6);
  const [row] = (await explorer.packages({ count: 1 })).rows;
  const id = toHex(row?.packageId ?? new Uint8Array());
  const fate = await explorer.package(id.slice(0, 9));
  assert.is(fate.kind === "included" && toHex(fate.receipt.packageId), id);
  const head = await explorer.block("head");
  assert.equal(await explorer.block(toHex(head.blockId).slice(0, 10)), head);
  assert.is(toHex(await explorer.domainNamed({} as never, encodeAddress(ALICE).slice(0, 14))), toHex(ALICE));
  await refused(explorer.block("999999"), "EXPLORER_NO_SUCH");
  await refused(explorer.package("12"), "EXPLORER_NO_SUCH");
  await refused(explorer.blocks({ from: "x" }), "EXPLORER_BAD_PAGE");
  await refused(explorer.blocks({ count: 0 }), "EXPLORER_BAD_PAGE");
  await refused(explorer.search({ text: "x" }), "EXPLORER_SHORT_SEARCH");
  await node.stop();
});

test("search finds a block by height, a package by id, and deeds by their words, within the heights asked for", async () => {
  const { node, explorer } = await grown(2);
  const [newest] = (await explorer.packages({ count: 1 })).rows;
  assert.ok(newest !== undefined);
  assert.equal((await explorer.search({ text: "3", kind: "block" })).rows.map(({ kind, height }) => [kind, height]), [["block", 3n]]);
  assert.equal((await explorer.search({ text: toHex(newest.packageId).slice(0, 8), kind: "package" })).rows.map(({ text }) => text), [toHex(newest.packageId)]);
  const bob = await all((page) => explorer.search({ text: encodeAddress(BOB), kind: "effect", ...page }), 5);
  const touched = (await all((page) => explorer.packages(page), 50)).filter(({ sentences }) => sentences.some((one) => one.includes(encodeAddress(BOB))));
  assert.equal(bob.map(({ packageId }) => toHex(packageId as Uint8Array)), touched.map(({ packageId }) => toHex(packageId)));
  const low = await all((page) => explorer.search({ text: "pays", toHeight: newest.height - 1n, fromHeight: 5n, ...page }), 5);
  assert.ok(low.length > 0 && low.every(({ height }) => height < newest.height && height >= 5n));
  await node.stop();
});

test("a package with a gap before it waits, one that is replaced is told so, and both can be asked for later", async () => {
  const { clock, node, explorer } = await grown(3, 12);
  const nonce = Number(node.states.begin(node.chain.head()).nonceOf(ALICE));
  const gap = node.feed.pool.add(transfer(nonce + 3));
  const replaced = node.feed.pool.add(transfer(nonce + 4));
  node.feed.pool.add(transfer(nonce + 4, { ergPriceUnits: 20n }));
  assert.equal(explorer.waiting({}).rows.map((row) => [row.nonce, row.missingNonces]), [[BigInt(nonce + 3), 2n], [BigInt(nonce + 4), 2n]]);
  assert.equal(explorer.evicted({}).rows.map(({ reason, packageId }) => [reason, toHex(packageId)]), [["replaced", toHex(replaced.facts.packageId)]]);
  const waits = await explorer.package(toHex(gap.facts.packageId));
  assert.is(waits.kind, "waiting");
  await node.stop();
  const again = await SimNode.start({ clock, name: "a", mines: false, remains: { disk: node.disk, marker: node.marker } });
  const later = await explorerOf(again, clock).package(toHex(replaced.facts.packageId));
  assert.is(later.kind === "evicted" && later.row.reason, "replaced");
  assert.is(explorerOf(again, clock).waiting({}).rows.length, 2);
  await again.stop();
});

test("a package that waited when the node stopped, and can wait no more when it starts, gets its notice then", async () => {
  const { clock, node } = await grown(8, 6);
  const nonce = Number(node.states.begin(node.chain.head()).nonceOf(ALICE));
  const waited = node.feed.pool.add(transfer(nonce + 2, { units: 5n }));
  await node.stop();
  const remains = { disk: node.disk, marker: node.marker };
  const other = await SimNode.start({ clock, name: "a", remains: { disk: node.disk.crash("kill"), marker: new SimFile(node.marker.bytes) } });
  other.feed.pool.evict(waited.facts.packageId, "expired");
  for (let i = 1; i <= 2; i++) other.feed.pool.add(transfer(nonce + i, { units: 9n }));
  const known = other.blocks.length;
  await clock.advance(31_000);
  await other.stop();
  const asleep = await SimNode.start({ clock, name: "a", passive: true, remains: { disk: remains.disk.crash("kill"), marker: remains.marker } });
  for (const block of other.blocks.slice(known)) await asleep.chain.submit(block);
  const again = await SimNode.start({ clock, name: "a", mines: false, remains: { disk: asleep.disk, marker: asleep.marker } });
  assert.is(again.chain.head().height, other.chain.head().height);
  const fate = await explorerOf(again, clock).package(toHex(waited.facts.packageId));
  assert.is(fate.kind === "evicted" && fate.row.reason, "nonce-used");
  assert.is(again.feed.pool.count(), 0);
  await again.stop();
});

test("a package has a receipt or a notice, never both: a block that brings an evicted package takes the notice back", async () => {
  const { clock, node, explorer } = await grown(4, 12);
  const nonce = Number(node.states.begin(node.chain.head()).nonceOf(ALICE));
  const cheap = node.feed.pool.add(transfer(nonce + 1, { units: 1n }));
  const bytes = cheap.bytes;
  node.feed.pool.evict(cheap.facts.packageId, "crowded-out");
  assert.is((await explorer.package(toHex(cheap.facts.packageId))).kind, "evicted");
  node.feed.pool.add(bytes);
  await clock.advance(31_000);
  assert.is((await explorer.package(toHex(cheap.facts.packageId))).kind, "included");
  assert.equal(explorer.evicted({}).rows, []);
  await node.stop();
});

test("what is pruned is said to be: an old package cannot be replayed, its receipt still stands", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a", params: { ...SIM_PARAMS, historyBlocks: 12n } });
  await clock.advance(100);
  const entry = node.feed.pool.add(transfer(1));
  await clock.advance(30_000 * 30);
  const explorer = explorerOf(node, clock);
  assert.ok((await explorer.chain()).stateFrom > 2n);
  const fate = await explorer.package(toHex(entry.facts.packageId));
  assert.is(fate.kind === "included" && fate.stage, "final");
  await refused(explorer.replay(entry.facts.packageId), "STATE_BASE_PRUNED");
  await node.stop();
});

test("notices are bounded: the oldest goes", () => {
  const book = new EvictionBook();
  const notice = (index: number) => ({ packageId: new Uint8Array(Buffer.from(index.toString(16).padStart(64, "0"), "hex")), domain: ALICE, nonce: 1n, reason: "expired" as const, height: 1n });
  for (let i = 0; i < 8_192; i++) assert.is(book.add(notice(i)).dropped, undefined);
  assert.is(book.add(notice(9_000)).dropped?.order, 0);
  assert.is([...book.all()].length, 8_192);
});

test("the age of the last key block has the classes of GRIDNET's explorer", () => {
  const minutes = (count: number): bigint => BigInt(count) * 60_000n;
  assert.equal([9, 10, 29, 30, 179, 180].map((age) => livenessOf(minutes(age))), ["high", "medium", "medium", "low", "low", "none"]);
  assert.is(SIM_PARAMS.preset, "devnet");
});

async function refused(call: Promise<unknown>, code: string): Promise<void> {
  const found = await call.then(() => "done", (error: { fault?: { code: string } }) => error.fault?.code ?? String(error));
  assert.is(found, code);
}

test.run();
