import { test } from "uvu";
import * as assert from "uvu/assert";
import { DeepBranches } from "../../../node/ledger/exchange/deep-branches.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { Branches } from "../../sim/branch.ts";
import { SimClock } from "../../sim/clock.ts";
import { SIM_PARAMS, transfer } from "../../sim/node.ts";
import { headOf, join, stop, Wires, type Member } from "./exchange-members.ts";

// Nodes that parted for longer than any of them may go back.

/** Each on its own until its branch is too deep to leave. */
async function part(clock: SimClock, members: readonly Member[], nonces: { next: number }): Promise<void> {
  while (members.some(({ node }) => node.chain.head().keyHeight <= SIM_PARAMS.reorgKeyBlocks + 1n)) {
    for (const { node } of members) node.feed.pool.add(transfer(nonces.next));
    nonces.next++;
    await clock.advance(5_000);
  }
}

test("two nodes that parted too deep learn it once, blame nobody, and then tell each other of new blocks and fetch none", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const members = [await join(wires, clock, "a", { mines: true }), await join(wires, clock, "b", { mines: true })] as const;
  const [a, b] = members;
  const nonces = { next: 1 };
  await part(clock, members, nonces);
  wires.link("a", "b");
  a.exchange.greet("b");
  b.exchange.greet("a");
  await clock.advance(30_000);
  const learnt = wires.sent.filter(({ message }) => ["locate", "path", "get"].includes(message.kind)).length;
  assert.ok(learnt > 0 && learnt <= 8, `${learnt} questions and answers`);
  wires.sent.length = 0;
  const before = members.map(({ node }) => node.chain.head().height);
  const half = 300_000;
  for (let passedMs = 0; passedMs < half; passedMs += 5_000) {
    for (const { node } of members) node.feed.pool.add(transfer(nonces.next));
    nonces.next++;
    await clock.advance(5_000);
  }
  const made = members.reduce((sum, { node }, index) => sum + Number(node.chain.head().height - (before[index] as bigint)), 0);
  assert.ok(made > 100, `${made} blocks`);
  assert.equal(["locate", "path", "get"].flatMap((kind) => wires.of(kind as "get")), []);
  assert.ok(wires.of("block").length + wires.of("header").length <= made + 2, "each block is announced once");
  assert.is.not(headOf(a), headOf(b));
  await clock.advance(1_200_000);
  const asked = wires.of("locate").length;
  assert.ok(asked > 0 && asked <= 4, `asked for the way ${asked} times in twenty minutes`);
  assert.equal(wires.of("get"), [], "and for no block");
  await stop(...members);
});

test("of two such nodes each goes on with those on its own branch, and one of the others that begins anew is heard again", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const members = [await join(wires, clock, "a", { mines: true }), await join(wires, clock, "b", { mines: true })] as const;
  const [a, b] = members;
  await part(clock, members, { next: 1 });
  const third = await join(wires, clock, "c", { mines: false });
  wires.link("a", "b");
  wires.link("a", "c");
  for (const name of ["b", "c"]) a.exchange.greet(name);
  b.exchange.greet("a");
  await clock.advance(61_000);
  assert.is(headOf(third), headOf(a));
  await stop(b);
  const anew = await join(wires, clock, "b", { mines: true });
  anew.exchange.greet("a");
  a.exchange.greet("b");
  await clock.advance(61_000);
  await stop(a);
  await clock.advance(200_000);
  assert.ok(anew.node.chain.head().keyHeight > a.node.chain.head().keyHeight, "it leads now");
  wires.link("b", "c");
  anew.exchange.greet("c");
  await clock.advance(61_000);
  assert.is(headOf(third), headOf(anew));
  await stop(anew, third);
});

test("what is remembered of a branch holds for all that stands on it, as long as its fork is too deep; of a peer until it is asked again", async () => {
  const clock = new SimClock();
  const branches = new Branches();
  const key = branches.addKey(branches.genesis);
  const first = branches.keyHeader(key);
  const second = branches.dataHeader(branches.add(first));
  const elsewhere = branches.dataHeader(key);
  let isTooDeep = true;
  const deep = new DeepBranches({ clock, isTooDeep: () => isTooDeep });
  assert.not.ok(deep.goOn(second), "of what is below it nothing is known yet");
  deep.begin(first);
  assert.equal([deep.goOn(second), deep.goOn(elsewhere)], [true, false]);
  assert.equal([first, second, elsewhere].map((header) => deep.has(headerId(header))), [true, true, false]);
  deep.follows("peer", headerId(first));
  assert.equal(["peer", "other"].map((peer) => deep.isFollowedBy(peer)), [true, false]);
  isTooDeep = false;
  assert.equal([deep.has(headerId(second)), deep.isFollowedBy("peer")], [false, false]);
  isTooDeep = true;
  assert.ok(deep.isFollowedBy("peer"));
  await clock.advance(600_000);
  assert.not.ok(deep.isFollowedBy("peer"));
  deep.follows("peer", headerId(first));
  deep.forget("peer");
  assert.not.ok(deep.isFollowedBy("peer"));
});

test.run();
