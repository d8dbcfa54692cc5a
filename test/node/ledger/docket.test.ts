import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import type { DataBlock, DataBlockHeader, Evidence } from "../../../node/ledger/block.ts";
import { Docket } from "../../../node/ledger/docket.ts";
import { EvidenceBook } from "../../../node/ledger/evidence-book.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimDisk } from "../../sim/disk.ts";
import { testKey } from "../../sim/keys.ts";
import { SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { advanceAndSubmit, keyBlock, resign, twins, world } from "./fraud-samples.ts";

const fail = (error: unknown): void => assert.unreachable(String(error));
const open = (node: SimNode): Promise<EvidenceBook> => EvidenceBook.open(node.chain, node.checked, fail);
/** How many records of the docket are in the store. */
async function filed(node: SimNode): Promise<number> {
  let count = 0;
  for await (const _ of node.checked.entries({ start: utf8("l/d"), end: utf8("l/e") })) count++;
  return count;
}

/** The node is killed and started again; what was under way is lost. */
async function again(node: SimNode, clock: SimClock): Promise<{ readonly node: SimNode; readonly book: EvidenceBook }> {
  const next = await SimNode.start({ clock, name: "a", passive: true, remains: node.kill() });
  const book = await open(next);
  await clock.advance(1);
  return { node: next, book };
}

/** A second key block on the head, beside another: the reporter leads both epochs. */
async function forked(): Promise<{ readonly clock: SimClock; readonly node: SimNode; readonly block: DataBlock; readonly side: ReturnType<typeof keyBlock> }> {
  const { clock, node, block } = await world();
  const [main, side] = [keyBlock(node, []), keyBlock(node, [], { rewardDomain: testKey("other").domain })];
  assert.is(await advanceAndSubmit(clock, node, main), "appended");
  assert.is(await advanceAndSubmit(clock, node, side), "side");
  return { clock, node, block, side };
}

/** Makes the branch of `side` the heavier one. */
async function turnTo(side: ReturnType<typeof keyBlock>, node: SimNode, clock: SimClock): Promise<void> {
  const parent = node.chain.machine.store.entry(headerId(side.header));
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [], { stateRoot: side.header.stateRoot }, parent)), "reorganised");
}

const FLAWS: readonly [string, Partial<DataBlockHeader>][] = [
  ["LEDGER_ERG_CAP", { ergUsed: SIM_PARAMS.dataBlockErg + 1n }],
  ["LEDGER_MALFORMED size differs from the header's", { sizeBytes: 5 }],
];

test("an invalid block beside the chain is judged once its parent is on the chain, over a kill too", async () => {
  for (const [flaw, changes] of FLAWS) {
    const { clock, node, block, side } = await forked();
    const sideId = headerId(side.header);
    const bad = resign(block, { parentId: sideId, keyBlockId: sideId, height: side.header.height + 1n, timeMs: side.header.timeMs + 1n, ...changes }, "reporter");
    const book = await open(node);
    assert.is(await advanceAndSubmit(clock, node, bad), flaw);
    await clock.advance(1);
    assert.equal(book.entries(), [], "nothing can be said about it yet");
    const after = await again(node, clock);
    assert.equal(after.book.entries(), [], flaw);
    await turnTo(side, after.node, clock);
    await clock.advance(1);
    const evidence = after.book.forBlock(after.node.chain.head());
    assert.equal(evidence.map(({ kind }) => kind), ["invalid"], flaw);
    assert.is(await filed(after.node), 1, "the header alone is left: another one would be a twin");
    assert.is(await advanceAndSubmit(clock, after.node, keyBlock(after.node, evidence)), "appended");
  }
});

test("an accusation by a peer that cannot be judged on this branch is kept as well", async () => {
  const { clock, node, block, side } = await forked();
  const sideId = headerId(side.header);
  const { header } = resign(block, { parentId: sideId, keyBlockId: sideId, height: side.header.height + 1n, timeMs: 1n }, "reporter");
  const book = await open(node);
  const told: Evidence = { kind: "invalid", header, packageIds: [], packages: [] };
  assert.equal(await book.add(told), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "other-branch" } });
  await turnTo(side, node, clock);
  await clock.advance(1);
  assert.equal(book.entries(), [told]);
});

test("wherever the power is cut, of two blocks on one parent either the second is unknown or the proof is found", async () => {
  let found = 0;
  for (let batches = 0; batches <= 3; batches++) {
    const { clock, node, block } = await world();
    await EvidenceBook.open(node.chain, node.checked, () => undefined);
    const second = resign(block, { timeMs: block.header.timeMs + 1n });
    const dieAt = node.disk.batches + batches;
    node.disk.onBatch = (count) => {
      if (count > dieAt) throw new Error("the power is cut");
    };
    await advanceAndSubmit(clock, node, second).catch(() => "down");
    const after = await again(node, clock);
    if (after.node.chain.machine.store.entry(headerId(second.header)) === undefined) continue;
    assert.is(after.book.entries().length, 1, `after ${batches} batches`);
    found++;
  }
  assert.ok(found >= 2);
});

test("the header of a refused block is one half of a proof, and a kill does not lose it", async () => {
  const { clock, node, block } = await world();
  const there = { height: block.header.height + 1n, parentId: headerId(block.header), timeMs: block.header.timeMs + 5_000n };
  const spoiled = (laterMs: bigint): DataBlock => ({ ...resign(block, { ...there, timeMs: there.timeMs + laterMs }), packages: [transfer(2)] });
  assert.is(await advanceAndSubmit(clock, node, spoiled(0n)), "LEDGER_ROOT");
  const after = await again(node, clock);
  assert.is(await advanceAndSubmit(clock, after.node, spoiled(0n)), "LEDGER_ROOT");
  await clock.advance(1);
  assert.equal(after.book.entries(), [], "the same header twice is no proof");
  assert.is(await advanceAndSubmit(clock, after.node, spoiled(1n)), "LEDGER_ROOT");
  await clock.advance(1);
  assert.equal(after.book.entries(), [twins(spoiled(0n).header, spoiled(1n).header)]);
});

test("two blocks that wait for their parent or their time are a proof, also with a kill between them", async () => {
  for (const changes of [{ height: 9n, parentId: new Uint8Array(32).fill(4) }, { height: 3n, timeMs: 1_900_000_000_000n }]) {
    const { clock, node, block } = await world();
    const first = resign(block, { parentId: headerId(block.header), ...changes });
    const answer = (await node.chain.submit(first)).kind;
    assert.ok(answer === "orphan" || answer === "early", answer);
    const after = await again(node, clock);
    assert.is((await after.node.chain.submit(resign(first, { sizeBytes: 7 }))).kind, answer);
    await clock.advance(1);
    assert.is(after.book.entries().length, 1, answer);
  }
});

test("a block that is stored after all leaves no header behind", async () => {
  const { clock, node, block } = await world();
  const side = resign(block, { timeMs: BigInt(clock.nowMs()) + SIM_PARAMS.futureLimitMs + 500n });
  assert.is((await node.chain.submit(side)).kind, "early");
  assert.is(await filed(node), 2, "half a proof, and the whole of one with the block on the chain");
  await open(node);
  await clock.advance(600);
  assert.is((await node.chain.submit(side)).kind, "side");
  assert.is(await filed(node), 0);
});

test("strangers fill nothing, and who repeats a leader's misdeed costs no further write", async () => {
  const { clock, node, block } = await world();
  await open(node);
  for (const changes of [{ ergUsed: SIM_PARAMS.dataBlockErg + 1n }, { timeMs: 1n }, { height: 9n }, { parentId: new Uint8Array(32).fill(4) }, { keyBlockId: node.chain.machine.chainId }]) {
    await node.chain.submit(resign(block, changes, "stranger"));
  }
  assert.is(await filed(node), 0);
  const bad = resign(block, { ergUsed: SIM_PARAMS.dataBlockErg + 1n });
  assert.is(await advanceAndSubmit(clock, node, bad), "LEDGER_ERG_CAP");
  await clock.advance(1);
  const { batches } = node.disk;
  for (let i = 0; i < 3; i++) assert.is(await advanceAndSubmit(clock, node, bad), "LEDGER_ERG_CAP");
  await clock.advance(1);
  assert.is(node.disk.batches, batches);
});

test("what was filed goes when its window has closed on every branch", async () => {
  const { clock, node, block } = await world();
  await open(node);
  assert.is((await node.chain.submit(resign(block, { height: 9n, parentId: new Uint8Array(32).fill(4) }))).kind, "orphan");
  const blocks = SIM_PARAMS.fraudKeyBlocks + SIM_PARAMS.reorgKeyBlocks;
  for (let i = 0n; i < blocks; i++) await advanceAndSubmit(clock, node, keyBlock(node, []));
  assert.is(await filed(node), 1);
  await advanceAndSubmit(clock, node, keyBlock(node, []));
  assert.is(await filed(node), 0);
});

test("a docket is bounded for each epoch and in all, the oldest going first, and reads back the same", async () => {
  const { block } = await world();
  const disk = new SimDisk();
  const docket = await Docket.open(disk, SIM_PARAMS, { perEpoch: 2, suspicions: 4, headers: 3, sizeBytes: 1 << 20 });
  const at = (epoch: number, parent: number): DataBlockHeader => ({ ...block.header, keyBlockId: new Uint8Array(32).fill(epoch), parentId: new Uint8Array(32).fill(parent) });
  const suspicion = (epoch: number, parent: number): Evidence => ({ kind: "invalid", header: at(epoch, parent), packageIds: [], packages: [] });
  for (let epoch = 1; epoch <= 3; epoch++) {
    assert.equal([1, 2, 3].map((parent) => docket.file(suspicion(epoch, parent))), [true, true, false]);
    assert.is(docket.file(suspicion(epoch, 1)), false, "the same once more");
    for (const parent of [1, 2]) docket.fileHeader(at(epoch, parent));
  }
  await disk.batch(docket.takeUnwritten(), { sync: true });
  assert.equal(docket.takeUnwritten(), []);
  const reopened = await Docket.open(disk, SIM_PARAMS);
  for (const one of [docket, reopened]) {
    assert.equal(one.cases().map((each) => one.read(each)), [suspicion(2, 1), suspicion(2, 2), suspicion(3, 1), suspicion(3, 2)]);
    assert.equal([at(1, 2), at(2, 1), at(2, 2), at(3, 1)].map((header) => one.headerOn(header) !== undefined), [false, false, true, true]);
  }
  const whole = await Docket.open(new SimDisk(), SIM_PARAMS, { perEpoch: 2, suspicions: 4, headers: 3, sizeBytes: 1_000 });
  for (let epoch = 1; epoch <= 4; epoch++) whole.file(suspicion(epoch, 1));
  assert.ok(whole.cases().length < 4 && whole.cases().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= 1_000);
  assert.equal(whole.settle(suspicion(4, 1)).map(({ type }) => type), ["del"]);
  assert.is(whole.file(suspicion(4, 1)), false, "it was judged");
});

test("what was handed out for a batch is read from the docket until the disk has it", async () => {
  const { block } = await world();
  const clock = new SimClock();
  const disk = new SimDisk();
  disk.pause = () => new Promise((resolve) => void clock.after(100, resolve));
  const docket = await Docket.open(disk, SIM_PARAMS);
  const suspicion: Evidence = { kind: "invalid", header: block.header, packageIds: [], packages: [] };
  docket.fileHeader(block.header);
  docket.file(suspicion);
  const written = disk.batch(docket.takeUnwritten(), { sync: true });
  const read = (): unknown => [docket.headerOn(block.header), docket.cases().map((one) => docket.read(one))];
  assert.equal(read(), [block.header, [suspicion]]);
  assert.equal(docket.takeUnwritten(), []);
  assert.equal(read(), [block.header, [suspicion]]);
  await clock.advance(100);
  await written;
  assert.equal(docket.takeUnwritten(), []);
  assert.equal(read(), [block.header, [suspicion]]);
  docket.settle(suspicion);
  docket.dropHeader(block.header);
  assert.equal(read(), [undefined, []]);
});

test.run();
