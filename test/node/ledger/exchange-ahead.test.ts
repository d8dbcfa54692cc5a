import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block, DataBlock, DataBlockHeader } from "../../../node/ledger/block.ts";
import { encodeBlock } from "../../../node/ledger/block-codec.ts";
import type { Submission } from "../../../node/ledger/chain.ts";
import { encodeMessage } from "../../../node/ledger/exchange/messages.ts";
import { dataBlockMessage, headerId } from "../../../node/ledger/header-codec.ts";
import { SimClock } from "../../sim/clock.ts";
import { testKey } from "../../sim/keys.ts";
import { transfer } from "../../sim/node.ts";
import { headOf, join, stop, TOPIC, Wires, type Member } from "./exchange-members.ts";

// Blocks that are handed in before those below them are answered.

interface Catching {
  readonly clock: SimClock;
  readonly wires: Wires;
  readonly leader: Member;
  readonly late: Member;
  /** The leader's, which mines no second key block meanwhile. */
  readonly blocks: readonly Block[];
}

async function catching(use: (catching: Catching) => Promise<void>): Promise<void> {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const leader = await join(wires, clock, "a", { mines: true });
  await clock.advance(1_000);
  for (let nonce = 1; nonce <= 8; nonce++) {
    leader.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_500);
  }
  const late = await join(wires, clock, "late", { mines: false });
  wires.link("late", "peer");
  const blocks = [...leader.node.blocks];
  assert.equal(blocks.map(({ header }) => header.kind), ["key", ...Array.from({ length: 8 }, () => "data")]);
  await use({ clock, wires, leader, late, blocks });
  await stop(leader, late);
}

/** Withholds the chain's answers until it is opened; counts what is handed in. */
function withholding({ node: { chain } }: Member): { readonly handedIn: bigint[]; open(): void } {
  const submit = chain.submit.bind(chain);
  const { promise, resolve } = Promise.withResolvers<void>();
  const handedIn: bigint[] = [];
  chain.submit = async (block, hints) => {
    handedIn.push(block.header.height);
    const answer = await submit(block, hints);
    await promise;
    return answer;
  };
  return { handedIn, open: resolve };
}

/** As the leader signs it; blocks on it do not stand on the original. */
function resigned({ header, packages }: DataBlock, changes: Partial<DataBlockHeader>): DataBlock {
  const changed = { ...header, ...changes };
  return { header: { ...changed, signature: testKey("leader a").sign(dataBlockMessage(changed)) }, packages };
}

/** All at once, as a peer sends what it was asked for. */
function sendAs({ wires }: Catching, blocks: readonly Block[]): void {
  for (const block of blocks) void wires.port("peer").send("late", TOPIC, encodeMessage({ kind: "block", block: encodeBlock(block) }));
}

test("three blocks that stand on each other are handed in before the first is answered, the fourth and one on another parent are not", () =>
  catching(async (all) => {
    const { clock, late, blocks } = all;
    const { handedIn, open } = withholding(late);
    sendAs(all, blocks);
    await clock.advance(100);
    assert.equal(handedIn, [1n, 2n, 3n]);
    open();
    await clock.advance(100);
    assert.equal(handedIn, blocks.map(({ header }) => header.height), "each once, in order");
    assert.is(headOf(late), headOf(all.leader));
  }));

test("blocks that do not stand on what was handed in wait for its answer", () =>
  catching(async (all) => {
    const { clock, late, blocks } = all;
    const { handedIn, open } = withholding(late);
    sendAs(all, [...blocks.slice(0, 1), ...blocks.slice(2)]);
    await clock.advance(100);
    assert.equal(handedIn, [1n]);
    sendAs(all, blocks.slice(1, 2));
    open();
    await clock.advance(100);
    assert.is(headOf(late), headOf(all.leader), "the orphans followed the one that was missing");
  }));

test("of a run of blocks with a wrong one in it those before it count, it alone is blamed on the peer, and the right ones are taken afterwards", () =>
  catching(async (all) => {
    const { clock, wires, late, blocks } = all;
    const wrong = blocks.slice(3, 6) as DataBlock[];
    let parentId = headerId((blocks[2] as Block).header);
    const forked = wrong.map((block, index) => {
      const signed = resigned(block, { parentId, ...(index === 0 && { stateRoot: new Uint8Array(32).fill(7) }) });
      parentId = headerId(signed.header);
      return signed;
    });
    const { handedIn, open } = withholding(late);
    sendAs(all, blocks.slice(0, 2));
    await clock.advance(100);
    sendAs(all, [...blocks.slice(2, 3), ...forked]);
    await clock.advance(100);
    assert.equal(handedIn, [1n, 2n, 3n]);
    open();
    await clock.advance(100);
    assert.equal(handedIn, [1n, 2n, 3n, 4n, 5n, 6n]);
    assert.equal(late.blamed.splice(0), ["peer LEDGER_ROOT"]);
    assert.is(late.node.chain.head().height, 3n);
    wires.link("late", "a");
    all.leader.exchange.greet("late");
    await clock.advance(20_000);
    assert.is(headOf(late), headOf(all.leader));
  }));

test("a block that was handed in behind a parent which is taken at a second attempt only is not lost", () =>
  catching(async (all) => {
    const { clock, late, leader, blocks } = all;
    for (let i = 0; i < 100 && leader.node.chain.head().keyHeight < 2n; i++) await clock.advance(10_000);
    const key = leader.node.blocks.find(({ header }) => header.kind === "key" && header.keyHeight === 2n) as Block;
    sendAs(all, [...blocks.slice(0, 7), key, blocks[8] as Block]);
    await clock.advance(100);
    const submit = late.node.chain.submit.bind(late.node.chain);
    const surplus = headerId((blocks[7] as Block).header);
    const answers: Submission["kind"][] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    late.node.chain.submit = async (block, hints) => {
      const isSurplus = Buffer.compare(headerId(block.header), surplus) === 0 && hints?.wanted !== true;
      const answer: Submission = isSurplus ? { kind: "surplus" } : await submit(block, hints);
      answers.push(answer.kind);
      if (isSurplus) await promise;
      return answer;
    };
    sendAs(all, blocks.slice(7, 9));
    await clock.advance(100);
    assert.equal(answers, ["surplus", "orphan"]);
    resolve();
    await clock.advance(100);
    assert.equal(answers, ["surplus", "orphan", "appended", "appended", "appended", "known"]);
    assert.is(late.node.chain.head().keyHeight, 2n);
  }));

test("a proof of fraud is told again to whoever was away when it was found", () =>
  catching(async (all) => {
    const { clock, wires, leader, late, blocks } = all;
    sendAs(all, blocks);
    await clock.advance(100);
    await leader.exchange.stop();
    sendAs(all, [resigned(blocks[8] as DataBlock, { timeMs: (blocks[8] as Block).header.timeMs + 1n })]);
    await clock.advance(10_000);
    wires.link("late", "away");
    await clock.advance(10_000);
    assert.is(wires.of("evidence").filter(({ from, to }) => from === "late" && to === "away").length, 1);
    assert.is(late.node.chain.head().height, (blocks[8] as Block).header.height);
  }));

test("who catches up over a slow link asks for the next blocks while it still writes the last", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock, 40);
  const a = await join(wires, clock, "a", { mines: true });
  for (let nonce = 1; nonce <= 100; nonce++) {
    a.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_000);
  }
  const late = await join(wires, clock, "late", { mines: false });
  late.node.disk.pause = () => new Promise((resolve) => void clock.after(5, resolve));
  wires.link("a", "late");
  a.exchange.greet("late");
  const beganMs = clock.nowMs();
  while (headOf(late) !== headOf(a) && clock.nowMs() - beganMs < 10_000) await clock.advance(5);
  const tookMs = clock.nowMs() - beganMs;
  assert.ok(tookMs < 850, `${tookMs} ms for ${late.node.chain.head().height} blocks of 5 ms, over links of 40 ms`);
  late.node.disk.pause = undefined;
  await stop(a, late);
});

test.run();
