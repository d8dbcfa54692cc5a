import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { SimClock } from "../../sim/clock.ts";
import { ALICE, BOB, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";

test("a clock that was set back stops nothing for good: blocks go on when it has caught up", async () => {
  const clock = new SimClock();
  const first = await SimNode.start({ clock, name: "a" });
  await clock.advance(61_000);
  await first.stop();
  const earlier = new SimClock(clock.nowMs() - 600_000);
  const again = await SimNode.start({ clock: earlier, name: "a", remains: { disk: first.disk, marker: first.marker } });
  again.feed.pool.add(transfer(1));
  await earlier.advance(300_000);
  assert.is(again.feed.pool.count(), 1);
  await earlier.advance(400_000);
  assert.is(again.feed.pool.count(), 0);
  assert.ok(again.chain.head().keyHeight > 3n);
  await again.stop();
});

test("a node that does not mine makes no blocks, and one that lost its epoch signs none", async () => {
  const clock = new SimClock();
  const miner = await SimNode.start({ clock, name: "a" });
  const other = await SimNode.start({ clock, name: "b", mines: false });
  await clock.advance(100);
  for (const block of miner.blocks) await other.chain.submit(block);
  other.feed.pool.add(transfer(1));
  await clock.advance(20_000);
  assert.is(other.chain.head().height, 1n);
  assert.is(other.feed.pool.count(), 1);
  await miner.stop();
  await other.stop();
});

test("a block holds no more ERG than its cap; the rest comes in the next ones", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a", params: { ...SIM_PARAMS, dataBlockErg: 250n, packageErg: 100n } });
  await clock.advance(10);
  for (let nonce = 1; nonce <= 7; nonce++) node.feed.pool.add(transfer(nonce));
  await clock.advance(10_000);
  assert.is(node.feed.pool.count(), 0);
  assert.ok(node.blocks.filter((block) => "packages" in block).every((block) => "packages" in block && block.packages.length <= 2));
  assert.equal(node.refused, []);
  await node.stop();
});

test("a block holds no more code than its cap, to the last ERG, whatever its packages pay for being there", async () => {
  for (const [dataBlockCodeErg, most] of [[299n, 2], [300n, 3]] as const) {
    const clock = new SimClock();
    const node = await SimNode.start({ clock, name: "a", params: { ...SIM_PARAMS, dataBlockCodeErg, packageErg: 100n } });
    await clock.advance(10);
    for (let nonce = 1; nonce <= 7; nonce++) node.feed.pool.add(transfer(nonce));
    await clock.advance(10_000);
    assert.is(node.feed.pool.count(), 0);
    assert.is(Math.max(...node.blocks.map((block) => ("packages" in block ? block.packages.length : 0))), most);
    assert.equal(node.refused, []);
    await node.stop();
  }
});

test("an idle devnet makes no key blocks once all is final and paid, and wakes with the next package", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  node.feed.pool.add(transfer(1));
  await clock.advance(3_600_000);
  const { keyHeight } = node.chain.head();
  assert.ok(keyHeight > SIM_PARAMS.maturityKeyBlocks && keyHeight < SIM_PARAMS.maturityKeyBlocks + 6n, String(keyHeight));
  assert.is(clock.pendingTimers(), 0, "it sleeps");
  const { facts } = node.feed.pool.add(transfer(2));
  await clock.advance(600_000);
  assert.is(node.receipts.find(facts.packageId)?.stage, "final");
  assert.equal([node.refused, node.failures], [[], []]);
  await node.stop();
});

/** Traffic, stalls and kills from a seed; what must hold at the end whatever happened. */
async function liveThrough(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const clock = new SimClock();
  let node = await SimNode.start({ clock, name: "a" });
  const nonces = new Map([[ALICE, 0], [BOB, 0]]);
  const sent: Uint8Array[] = [];
  for (let step = 0; step < 40; step++) {
    const from = random.pick([ALICE, BOB]);
    const nonce = (nonces.get(from) ?? 0) + 1;
    nonces.set(from, nonce);
    try {
      sent.push(node.feed.pool.add(transfer(nonce, { from, to: from === ALICE ? BOB : ALICE, units: BigInt(random.below(1_000)) })).facts.packageId);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      nonces.set(from, nonce - 1);
    }
    await clock.advance(random.pick([1, 300, 1_500, 20_000]));
    if (random.below(8) > 0) continue;
    await node.feed.flushed();
    const remains = { disk: node.disk, marker: node.marker };
    await node.stop();
    node = await SimNode.start({ clock, name: "a", remains });
  }
  await clock.advance(5_000);
  for (const packageId of sent) assert.ok(node.receipts.find(packageId) !== undefined, `seed ${seed}: ${toHex(packageId)}`);
  const replay = await SimNode.start({ clock, name: "b", passive: true });
  const { store } = node.chain.machine;
  for (let height = 1n; height <= node.chain.head().height; height++) {
    const entry = store.entry(store.idAt(height) ?? new Uint8Array(0));
    const block = entry === undefined ? undefined : store.block(entry);
    assert.ok(block !== undefined);
    assert.is((await replay.chain.submit(block)).kind, "appended");
  }
  assert.is(replay.root(), node.root(), `seed ${seed}`);
  await node.stop();
}

test("over random days every package gets its receipt and a fresh replay has the same root", async () => {
  const seeds = process.env["SEED"] === undefined ? [1, 2, 3, 4, 5, 6] : [Number(process.env["SEED"])];
  for (const seed of seeds) await liveThrough(seed);
});

test.run();
