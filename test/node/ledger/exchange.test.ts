import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block } from "../../../node/ledger/block.ts";
import { encodeBlock } from "../../../node/ledger/block-codec.ts";
import { encodeMessage, MAX_PATH } from "../../../node/ledger/exchange/messages.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimNetwork } from "../../sim/network.ts";
import { SeededRandom } from "../../sim/random.ts";
import { ALICE, transfer } from "../../sim/node.ts";
import { headOf, join, stop, TOPIC, Wires, type Joinable, type Member } from "./exchange-members.ts";

test("in a line of nodes a package from one end gets into a block of the leader at the other end, and its block comes back", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  wires.link("a", "b");
  wires.link("b", "c");
  const [a, b, c] = [await join(wires, clock, "a", { mines: true }), await join(wires, clock, "b", { mines: false }), await join(wires, clock, "c", { mines: false })];
  await clock.advance(1_000);
  assert.is(c.node.chain.head().keyHeight, 1n, "the key block was passed on");
  wires.sent.length = 0;
  const { facts } = c.node.feed.pool.add(transfer(1));
  await clock.advance(3_000);
  assert.is(c.node.receipts.find(facts.packageId)?.receipt.outcome.kind, "done");
  assert.equal(new Set([a, b, c].map(headOf)).size, 1);
  assert.equal(wires.of("packages").map(({ from, to }) => `${from}${to}`).sort(), ["ab", "ba", "bc", "cb"], "told once on each side of each link, so it ends");
  await stop(a, b, c);
});

test("who comes late brings all blocks from height 0, each once although three have them, and is in step only then", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  for (const [one, other] of ["ab", "ac", "bc"] as const) wires.link(one as string, other as string);
  const members = [await join(wires, clock, "a", { mines: true }), await join(wires, clock, "b", { mines: false }), await join(wires, clock, "c", { mines: false })];
  for (let nonce = 1; nonce <= 40; nonce++) {
    members[0]?.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_500);
  }
  const { height } = (members[0] as Member).node.chain.head();
  assert.ok(height > 40n);
  wires.sent.length = 0;
  const late = await join(wires, clock, "late", { mines: false });
  let heightInStep: bigint | undefined;
  void late.exchange.inStep(15_000).then(() => (heightInStep = late.node.chain.head().height));
  for (const { name, exchange } of members) {
    wires.link("late", name);
    exchange.greet("late");
  }
  await clock.advance(2_000);
  assert.is(headOf(late), headOf(members[0] as Member));
  assert.is(heightInStep, late.node.chain.head().height);
  const blocks = wires.of("block").filter(({ to }) => to === "late").length;
  assert.ok(blocks <= Number(late.node.chain.head().height) + 1, `${blocks} blocks; one may have been announced while it was asked for`);
  assert.is(late.exchange.heightOf("a"), (members[0] as Member).node.chain.head().height);
  await stop(...members, late);
});

test("a way that is longer than one answer is asked for piece by piece", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const a = await join(wires, clock, "a", { mines: true });
  for (let nonce = 1; nonce <= 270; nonce++) {
    a.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_000);
  }
  assert.ok(a.node.chain.head().height > BigInt(MAX_PATH));
  const late = await join(wires, clock, "late", { mines: false });
  wires.link("a", "late");
  a.exchange.greet("late");
  await clock.advance(2_000);
  assert.is(headOf(late), headOf(a));
  assert.equal([wires.of("locate").length, wires.of("path").length], [2, 2]);
  await stop(a, late);
});

test("who comes late on links that lose four messages of ten has a hundred blocks within minutes all the same", async () => {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SeededRandom(1), { leastMs: 10, mostMs: 900, lossPercent: 40, doublePercent: 5, damagePermille: 0 });
  const wires: Joinable = { port: (name) => network.port(name) };
  const a = await join(wires, clock, "a", { mines: true });
  for (let nonce = 1; nonce <= 100; nonce++) {
    a.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_000);
  }
  const { height } = a.node.chain.head();
  assert.ok(height > 100n);
  const late = await join(wires, clock, "late", { mines: false });
  const beganMs = clock.nowMs();
  while (late.node.chain.head().height < height && clock.nowMs() - beganMs < 600_000) await clock.advance(1_000);
  assert.ok(clock.nowMs() - beganMs <= 180_000, `${(clock.nowMs() - beganMs) / 1_000} s`);
  await stop(a, late);
});

test("data blocks that are not kept without need are taken once a key block stands on them, however many lie between", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const b = await join(wires, clock, "b", { mines: true });
  await clock.advance(1_000);
  for (let nonce = 1; nonce <= 4; nonce++) {
    b.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_500);
  }
  for (let i = 0; i < 100 && b.node.chain.head().keyHeight < 2n; i++) await clock.advance(10_000);
  assert.ok(b.node.blocks.findIndex(({ header }) => header.kind === "key" && header.keyHeight === 2n) > 2, "more than one data block lies between");
  const a = await join(wires, clock, "a", { mines: false });
  const submit = a.node.chain.submit.bind(a.node.chain);
  a.node.chain.submit = async (block, hints) => {
    const isOrphan = a.node.chain.machine.store.entry(block.header.parentId) === undefined;
    return block.header.kind === "key" || isOrphan || hints?.wanted === true ? submit(block, hints) : { kind: "surplus" };
  };
  wires.link("a", "b");
  b.exchange.greet("a");
  await clock.advance(30_000);
  assert.ok(a.node.chain.head().keyHeight >= 2n);
  await stop(a, b);
});

test("two nodes that each led alone agree soon after they meet, long before the next key block would have been due (G69)", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const [a, b] = [await join(wires, clock, "a", { mines: true }), await join(wires, clock, "b", { mines: true })];
  await clock.advance(2_000);
  a.node.feed.pool.add(transfer(1));
  b.node.feed.pool.add(transfer(1, { units: 8n }));
  await clock.advance(2_000);
  assert.is.not(headOf(a), headOf(b));
  assert.equal([a.node.chain.head().keyHeight, b.node.chain.head().keyHeight], [1n, 1n]);
  wires.link("a", "b");
  a.exchange.greet("b");
  b.exchange.greet("a");
  await clock.advance(5_000);
  assert.is(headOf(a), headOf(b));
  assert.ok(a.node.chain.head().keyHeight >= 2n);
  const spent = a.node.balance(ALICE);
  assert.is(b.node.balance(ALICE), spent, "one of the two packages counts, everywhere the same");
  await stop(a, b);
});

test("a node that mines no more tells of its branch when another weighs the same, and those who mine decide at once", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const once = await join(wires, clock, "b", { mines: true });
  await clock.advance(100);
  await stop(once);
  const a = await join(wires, clock, "a", { mines: true });
  await clock.advance(100);
  a.node.feed.pool.add(transfer(1));
  await clock.advance(2_000);
  const b = await join(wires, clock, "b", { mines: false, remains: { disk: once.node.disk, marker: once.node.marker } });
  assert.equal([a.node.chain.head().height, b.node.chain.head().height], [2n, 1n]);
  wires.link("a", "b");
  a.exchange.greet("b");
  b.exchange.greet("a");
  await clock.advance(5_000);
  assert.is(headOf(a), headOf(b));
  await stop(a, b);
});

test("a node whose peers are silent counts as in step when its patience is over, and not before", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const alone = await join(wires, clock, "a", { mines: false });
  let isInStep = false;
  void alone.exchange.inStep(15_000).then(() => (isInStep = true));
  await clock.advance(14_000);
  assert.not.ok(isInStep);
  await clock.advance(2_000);
  assert.ok(isInStep);
  await stop(alone);
});

test("messages that no honest node sends are blamed on who sent them", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const a = await join(wires, clock, "a", { mines: true });
  await clock.advance(1_000);
  wires.link("a", "liar");
  const liar = wires.port("liar");
  const [key] = a.node.blocks;
  assert.ok(key !== undefined && key.header.kind === "key");
  if (key === undefined || key.header.kind !== "key") return;
  const forged: Block = { header: { ...key.header, stateRoot: new Uint8Array(32).fill(7) }, evidence: [] };
  for (const message of [encodeMessage({ kind: "block", block: encodeBlock(forged) }), encodeMessage({ kind: "packages", packages: [Uint8Array.of(1, 2, 3)] }), encodeMessage({ kind: "header", header: new Uint8Array(9) })]) void liar.send("a", TOPIC, message);
  await clock.advance(100);
  assert.is(a.blamed.length, 3, a.blamed.join());
  a.blamed.length = 0;
  await stop(a);
});

test.run();
