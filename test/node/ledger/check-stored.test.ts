import { test } from "uvu";
import * as assert from "uvu/assert";
import { bigEndian, concatBytes, utf8 } from "../../../lang/base/bytes.ts";
import { encodeRlp } from "../../../lang/base/rlp.ts";
import { numberItem } from "../../../lang/base/rlp-fields.ts";
import { planBlock, planResults } from "../../../node/ledger/chain-plans.ts";
import type { ChainEntry } from "../../../node/ledger/chain-view.ts";
import { encodeHeadMark } from "../../../node/ledger/head-marker.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { epochFees, runKeyBlock } from "../../../node/ledger/run-block.ts";
import type { KeyValueOperation } from "../../../node/ports.ts";
import { nodeStateKey } from "../../../node/state/state-keys.ts";
import { checkedDisk } from "../../../node/store/checked-disk.ts";
import type { SimClock } from "../../sim/clock.ts";
import { SimDisk, SimFile } from "../../sim/disk.ts";
import { testKey } from "../../sim/keys.ts";
import { SIM_PARAMS, SimNode } from "../../sim/node.ts";
import { advanceAndSubmit, keyBlock, resign, world } from "./fraud-samples.ts";

/**
 * Every record with a right checksum and yet not what it was: a start names each. The chain is key block, data block,
 * key block, key block; beside it stand a twin of the data block and a key block on that.
 */
async function forked(): Promise<{ readonly node: SimNode; readonly clock: SimClock; readonly aside: { readonly data: Uint8Array; readonly key: Uint8Array; readonly tip: Uint8Array } }> {
  const { clock, node, block } = await world();
  const before = node.chain.head();
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  const twin = resign(block, { receiptsRoot: new Uint8Array(32).fill(1) });
  assert.is(await advanceAndSubmit(clock, node, twin), "side");
  const twinEntry = node.chain.machine.store.entry(headerId(twin.header)) as ChainEntry;
  const onTwin = keyBlock(node, [], { stateRoot: before.stateRoot }, twinEntry);
  assert.is(await advanceAndSubmit(clock, node, onTwin), "side");
  const parent = node.chain.head();
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  const tip = keyBlock(node, [], { rewardDomain: testKey("other").domain, stateRoot: parent.stateRoot }, parent);
  assert.is(await advanceAndSubmit(clock, node, tip), "side");
  await node.chain.idle();
  return { node, clock, aside: { data: twinEntry.id, key: headerId(onTwin.header), tip: headerId(tip.header) } };
}

/** What a start on these records says is damaged; "sound" if nothing. */
async function startSays({ node, clock }: { readonly node: SimNode; readonly clock: SimClock }, operations: readonly KeyValueOperation[], mark = node.marker.bytes): Promise<string> {
  const disk = new SimDisk(node.disk.records());
  await checkedDisk(disk, "sim").batch(operations, { sync: true });
  const start = SimNode.start({ clock, name: "b", passive: true, remains: { disk, marker: new SimFile(mark) } });
  return start.then(() => "sound", (error: { fault?: { what: string } }) => error.fault?.what ?? String(error));
}

const heightKey = (height: bigint): Uint8Array => concatBytes(utf8("l/n"), bigEndian(height, 8));
const put = (key: Uint8Array, value: Uint8Array): KeyValueOperation => ({ type: "put", key, value: encodeRlp(value) });

test("rule head: the newest block is the one at the greatest height of the main chain, and its state is there", async () => {
  const chain = await forked();
  const { node, aside } = chain;
  assert.is(await startSays(chain, []), "sound");
  assert.is(await startSays(chain, [put(utf8("l/head"), aside.tip)]), "the head");
  assert.is(await startSays(chain, [put(heightKey(5n), node.chain.head().id)]), "the head: there is a block at height 5");
  assert.match(await startSays(chain, [{ type: "del", key: nodeStateKey(new Uint8Array(0), new Uint8Array(0)) }]), /state/);
});

test("rule checkpoint: it is a block of the main chain", async () => {
  const chain = await forked();
  const { id, height } = chain.node.chain.head();
  const marked = (checked: { readonly height: bigint; readonly blockId: Uint8Array }): Promise<string> => startSays(chain, [], encodeHeadMark({ height, blockId: id, checked }));
  assert.is(await marked({ height: 2n, blockId: chain.node.chain.machine.store.idAt(2n) ?? id }), "sound");
  assert.is(await marked({ height: 2n, blockId: chain.aside.data }), "the checkpoint at height 2");
  assert.is(await marked({ height: 9n, blockId: id }), "the block at height 9");
});

test("rule link: each block stands on the one below it, and what was derived from its header is right", async () => {
  const chain = await forked();
  const { store } = chain.node.chain.machine;
  assert.is(await startSays(chain, [put(heightKey(3n), chain.aside.key)]), "the block at height 3");
  const entry = store.entry(store.idAt(2n) as Uint8Array) as ChainEntry;
  const wrong: readonly Partial<ChainEntry>[] = [{ totalWork: entry.totalWork + 1n }, { keyHeight: 7n }, { lastDataTimeMs: 7n }, { keyBlockId: entry.id }];
  for (const changes of wrong) assert.is(await startSays(chain, planBlock({ ...entry, ...changes }, undefined)), "the block at height 2", Object.keys(changes)[0]);
});

test("rule executed: results, fees and children are those of the headers", async () => {
  const chain = await forked();
  const { store } = chain.node.chain.machine;
  const [data, key] = [2n, 3n].map((height) => store.entry(store.idAt(height) as Uint8Array) as ChainEntry) as [ChainEntry, ChainEntry];
  const executed = store.executed(data.id);
  assert.ok(executed !== undefined);
  const [result] = executed.results;
  assert.ok(result !== undefined);
  assert.is(await startSays(chain, [planResults(key, { epochFeesUnits: 5n, results: [] })]), "receipts at height 3");
  assert.is(await startSays(chain, [planResults(key, { epochFeesUnits: 0n, results: [result] })]), "receipts at height 3");
  assert.is(await startSays(chain, [planResults(data, { ...executed, results: [{ ...result, ergUsed: result.ergUsed + 1n }] })]), "receipts at height 2");
  assert.is(await startSays(chain, [planResults(data, { ...executed, epochFeesUnits: executed.epochFeesUnits + 1n })]), "fees at height 2");
  assert.is(await startSays(chain, [{ type: "put", key: concatBytes(utf8("l/r"), result.packageId), value: encodeRlp([data.id, numberItem(1)]) }]), `receipt of ${Buffer.from(result.packageId).toString("hex")}`);
  assert.is(await startSays(chain, [{ type: "del", key: concatBytes(utf8("l/c"), data.parentId) }]), "children at height 1");
});

test("rule fees: what an epoch earned is read or named as lost, never taken for nothing", async () => {
  const { node, block } = await world();
  const { machine } = node.chain;
  const lost = concatBytes(utf8("l/x"), headerId(block.header));
  const faultOf = (work: () => unknown): string => {
    try {
      return `no fault: ${String(work())}`;
    } catch (error) {
      return (error as { fault?: { what: string } }).fault?.what ?? String(error);
    }
  };
  const key = keyBlock(node, []);
  await node.chain.submit(key);
  await node.checked.batch([{ type: "del", key: lost }], { sync: true });
  const data = machine.store.entry(headerId(block.header)) as ChainEntry;
  assert.is(faultOf(() => epochFees(data, [], machine.store)), "results of block at height 2");
  const matures = { height: 9n, keyHeight: 1n + SIM_PARAMS.maturityKeyBlocks };
  assert.is(faultOf(() => runKeyBlock(matures, node.chain.head(), machine)), "fees of epoch 1");
});

test.run();
