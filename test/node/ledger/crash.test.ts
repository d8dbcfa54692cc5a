import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../../lang/base/fault.ts";
import type { StoreFault } from "../../../node/fault.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import type { Block, DataBlock } from "../../../node/ledger/block.ts";
import { chainIdOf } from "../../../node/ledger/genesis.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { SignJournal } from "../../../node/ledger/sign-journal.ts";
import { checkedDisk } from "../../../node/store/checked-disk.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimDisk, SimFile } from "../../sim/disk.ts";
import { testKey } from "../../sim/keys.ts";
import { SIM_GENESIS, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";

const isData = (block: Block): block is DataBlock => "packages" in block;

interface Life {
  readonly clock: SimClock;
  readonly node: SimNode;
  /** Block by package, as the chain's listeners were told. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly died: boolean;
}

/** Runs a node with a package every few seconds and kills it at its `dieAt`-th edge of a write: just before it, or just after. */
async function livesUntil(dieAt: number, seed: number): Promise<Life> {
  const random = new SeededRandom(seed);
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  const acknowledged = new Map<string, string>();
  node.chain.listen({
    connected: ({ entry, results }) => results.forEach(({ packageId }) => acknowledged.set(toHex(packageId), toHex(entry.id))),
    disconnected: () => assert.unreachable("one miner alone never reorganises"), moved: () => undefined,
  });
  let edges = 0;
  let died = false;
  const edge = (): void => {
    died ||= ++edges >= dieAt;
    if (died) throw new Error("killed");
  };
  node.disk.onBatch = edge;
  node.disk.afterBatch = edge;
  node.marker.onWrite = edge;
  for (let nonce = 1; nonce <= 14 && !died; nonce++) {
    node.feed.pool.add(transfer(nonce, { units: BigInt(seed) }));
    await clock.advance(500 + random.below(9_000));
  }
  return { clock, node, acknowledged, died };
}

/** A process that is killed leaves what it wrote; a power cut leaves what was synced. Both in turn. */
const causeOf = (dieAt: number) => (dieAt % 2 === 0 ? "kill" : "power cut");

test("killed at each of more than 100 edges of writes, a node starts with every acknowledged receipt and goes on", async () => {
  let points = 0;
  for (let dieAt = 1; dieAt < 400; dieAt++) {
    const { clock, node, acknowledged, died } = await livesUntil(dieAt, 100 + dieAt);
    if (!died) break;
    points++;
    const remains = node.kill(causeOf(dieAt));
    await node.feed.flushed();
    const again = await SimNode.start({ clock, name: "a", remains });
    for (const [packageId, blockId] of acknowledged) {
      const found = again.receipts.find(Buffer.from(packageId, "hex"));
      assert.is(toHex(found?.receipt.blockId ?? new Uint8Array(0)), blockId, `killed at edge ${dieAt}`);
    }
    assert.is(toHex(again.states.rootOf(again.chain.head().height) ?? new Uint8Array(0)), again.root(), "the root is that of the last full block");
    await clock.advance(3_000);
    assert.is(again.feed.pool.count(), 0, "what waited got in after the restart");
    await again.stop();
  }
  assert.ok(points > 100, `${points} edges`);
});

test("an honest leader never signs two blocks on one parent, wherever it is killed", async () => {
  for (let dieAt = 1; dieAt < 400; dieAt += 2) {
    const { clock, node, died } = await livesUntil(dieAt, 7);
    if (!died) break;
    const remains = node.kill(causeOf((dieAt + 1) / 2));
    await node.feed.flushed();
    const again = await SimNode.start({ clock, name: "a", remains });
    again.feed.pool.add(transfer(16, { units: 999n }));
    await clock.advance(4_000);
    const journal = new SignJournal(again.checked, SIM_PARAMS, "sim");
    for (const block of [...node.blocks, ...again.blocks].filter(isData)) {
      const signed = journal.find(testKey("leader a").publicKey, block.header.parentId);
      assert.ok(signed !== undefined, "what was signed is in the journal");
      assert.is(toHex(headerId({ ...signed.header, signature: block.header.signature })), toHex(headerId(block.header)), `killed at edge ${dieAt}`);
    }
    await again.stop();
  }
});

test("a full disk stops the node with its fault, and nothing acknowledged is lost once there is room", async () => {
  for (let fullAt = 4; fullAt < 30; fullAt += 3) {
    const clock = new SimClock();
    const node = await SimNode.start({ clock, name: "a" });
    let batches = 0;
    node.disk.onBatch = () => {
      if (++batches >= fullAt) throw new FaultError<StoreFault>({ code: "STORE_DISK_FULL", folder: "sim" });
    };
    const acknowledged: Uint8Array[] = [];
    node.chain.listen({ connected: ({ results }) => acknowledged.push(...results.map(({ packageId }) => packageId)), disconnected: () => undefined, moved: () => undefined });
    for (let nonce = 1; nonce <= 8 && node.failures.length === 0; nonce++) {
      node.feed.pool.add(transfer(nonce));
      await clock.advance(3_000);
    }
    assert.ok(node.failures.length > 0 && node.failures.every((error) => isFaultError(error) && error.fault.code === "STORE_DISK_FULL"));
    node.disk.onBatch = () => undefined;
    const again = await SimNode.start({ clock, name: "a", remains: node.kill("kill") });
    for (const id of acknowledged) assert.ok(again.receipts.find(id) !== undefined);
    await again.stop();
  }
});

test("a block that was signed and not stored is signed again, the same bytes, though the pool has changed", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  let after = 0;
  node.disk.onBatch = () => {
    // First batch: the pool's; second: the journal's; third: the block's.
    if (++after === 3) throw new Error("killed between journal and store");
  };
  node.feed.pool.add(transfer(1));
  await clock.advance(10);
  assert.is(node.failures.length, 1);
  const parentId = node.chain.head().id;
  const remains = node.kill();
  const promised = new SignJournal(checkedDisk(remains.disk, "sim"), SIM_PARAMS, "sim").find(testKey("leader a").publicKey, parentId);
  const again = await SimNode.start({ clock, name: "a", remains });
  again.feed.pool.add(transfer(1, { ergPriceUnits: 1_000n }));
  await clock.advance(5_000);
  const made = again.blocks.filter(isData)[0];
  assert.ok(promised !== undefined && made !== undefined);
  assert.equal(made.packages.map(toHex), promised.packages.map(toHex));
  assert.equal({ ...made.header, signature: 0 }, { ...promised.header, signature: 0 });
  await again.stop();
});

test("a restart continues the same chain with the same root, and packages that waited wait again", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  node.feed.pool.add(transfer(1));
  node.feed.pool.add(transfer(3));
  await clock.advance(2_000);
  await node.stop();
  const again = await SimNode.start({ clock, name: "a", remains: { disk: node.disk, marker: node.marker } });
  assert.is(again.root(), node.root());
  assert.is(again.feed.pool.count(), 1);
  again.feed.pool.add(transfer(2));
  await clock.advance(5_000);
  assert.is(again.feed.pool.count(), 0);
  await again.stop();
});

async function grown(): Promise<SimNode> {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  for (let nonce = 1; nonce <= 4; nonce++) {
    await clock.advance(15_500);
    node.feed.pool.add(transfer(nonce));
  }
  await clock.advance(2_000);
  node.feed.pool.add(transfer(9)); // waits for ever
  await node.stop();
  await node.disk.batch([], { sync: true });
  return node;
}

/** The code of the fault when a node is started on these remains; "ok" when it starts. */
async function startsWith(disk: SimDisk, marker: SimFile): Promise<string> {
  try {
    const node = await SimNode.start({ clock: new SimClock(1_700_000_100_000), name: "a", mines: false, remains: { disk, marker } });
    await node.stop();
    return "ok";
  } catch (error) {
    return (error as { fault?: { code: string } }).fault?.code ?? String(error);
  }
}

test("a store behind its head marker is refused, one ahead of it is sound", async () => {
  const node = await grown();
  const older = node.disk.crash();
  const records = older.records();
  const olderMark = new SimFile(node.marker.bytes);
  const again = await SimNode.start({ clock: new SimClock(1_700_000_100_000), name: "a", remains: { disk: older, marker: olderMark } });
  const before = { records: new Map(records), mark: olderMark.bytes };
  await again.stop();
  const later = await grownFurther(older, olderMark);
  assert.is(await startsWith(new SimDisk(later.records), new SimFile(later.mark)), "ok");
  assert.is(await startsWith(new SimDisk(later.records), new SimFile(before.mark)), "ok");
  assert.is(await startsWith(new SimDisk(before.records), new SimFile(later.mark)), "STORE_DAMAGED");
});

async function grownFurther(disk: SimDisk, marker: SimFile): Promise<{ records: Map<string, Uint8Array>; mark: Uint8Array | undefined }> {
  const clock = new SimClock(1_700_000_300_000);
  const node = await SimNode.start({ clock, name: "a", remains: { disk: disk.crash(), marker } });
  await clock.advance(61_000);
  await node.stop();
  return { records: node.disk.crash().records(), mark: marker.bytes };
}

test("a missing or changed marker is named, and a lost chain id is not taken for a new store", async () => {
  const node = await grown();
  assert.is(await startsWith(node.disk.crash(), new SimFile()), "STORE_DAMAGED");
  const mark = node.marker.bytes ?? new Uint8Array(0);
  for (let i = 0; i < mark.length; i++) {
    const changed = mark.slice();
    changed[i] = (changed[i] as number) ^ 4;
    assert.is(await startsWith(node.disk.crash(), new SimFile(changed)), "STORE_DAMAGED", `byte ${i}`);
  }
  assert.is(await startsWith(new SimDisk(), node.marker), "STORE_DAMAGED");
});

test("every ledger record but a body that is lost is noticed at start", async () => {
  const node = await grown();
  const lost: string[] = [];
  for (const name of node.disk.records().keys()) {
    const key = Buffer.from(name, "hex").toString("latin1");
    if (!/^l\/(h|x|n|r|head|chain)/.test(key)) continue;
    const records = new Map(node.disk.records());
    records.delete(name);
    if (await startsWith(new SimDisk(records), new SimFile(node.marker.bytes)) !== "STORE_DAMAGED") lost.push(key.slice(0, 6));
  }
  assert.equal(lost, []);
});

test("a flipped byte in any ledger record is found at start, or by the read that meets it", async () => {
  const node = await grown();
  const random = new SeededRandom(9);
  for (const [name, value] of node.disk.records()) {
    const key = Buffer.from(name, "hex").toString("latin1");
    if (!key.startsWith("l/") || key.startsWith("l/s")) continue;
    const changed = value.slice();
    const at = random.below(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << random.below(8));
    const records = new Map(node.disk.records()).set(name, changed);
    if (key.startsWith("l/b")) {
      const started = await SimNode.start({ clock: new SimClock(1_700_000_100_000), name: "a", passive: true, remains: { disk: new SimDisk(records), marker: new SimFile(node.marker.bytes) } });
      assert.throws(() => started.chain.machine.store.dataBlock(Buffer.from(name, "hex").subarray(3)), (error: { fault?: { code: string } }) => error.fault?.code === "STORE_DAMAGED");
    } else assert.is(await startsWith(new SimDisk(records), new SimFile(node.marker.bytes)), "STORE_DAMAGED", key.slice(0, 6));
  }
});

test("another genesis than the store's is refused", async () => {
  const node = await grown();
  const genesis = { ...SIM_GENESIS, salt: new Uint8Array(32) };
  assert.is.not(toHex(chainIdOf(genesis)), toHex(chainIdOf(SIM_GENESIS)));
  const { machine } = node.chain;
  try {
    await openChain({ genesis, ports: { clock: new SimClock(), disk: node.checked, marker: node.marker }, states: machine.states, executor: machine.executor, rule: { verify: () => true, isUsableKey: () => true }, folder: "sim", params: SIM_PARAMS });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { fault?: { code: string } }).fault?.code, "LEDGER_OTHER_GENESIS");
  }
});

test.run();
