import { test } from "uvu";
import * as assert from "uvu/assert";

import { dataBlockMessage, headerId } from "../../../node/ledger/header-codec.ts";
import type { Block, DataBlock, KeyBlock } from "../../../node/ledger/block.ts";
import type { Submission } from "../../../node/ledger/chain.ts";
import { planFloor } from "../../../node/state/version-plans.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimFile } from "../../sim/disk.ts";
import { NO_EVIDENCE_ROOT } from "../../../node/ledger/fraud-codec.ts";
import { mine } from "../../sim/branch.ts";
import { testKey } from "../../sim/keys.ts";
import { ALICE, BOB, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";

const isData = (block: Block): block is DataBlock => "packages" in block;

async function feed(node: SimNode, blocks: readonly Block[]): Promise<Submission[]> {
  const answers: Submission[] = [];
  for (const block of blocks) answers.push(await node.chain.submit(block));
  return answers;
}

/** Two nodes that never met: each with `keyBlocks` key blocks and a transfer of its own after each. */
async function apart(keyBlocks: { a: number; b: number }): Promise<{ clock: SimClock; a: SimNode; b: SimNode }> {
  const clock = new SimClock();
  const a = await SimNode.start({ clock, name: "a" });
  const b = await SimNode.start({ clock, name: "b" });
  for (let i = 0; i < Math.max(keyBlocks.a, keyBlocks.b); i++) {
    if (i === keyBlocks.a) await a.stop();
    if (i === keyBlocks.b) await b.stop();
    await clock.advance(100);
    if (i < keyBlocks.a) a.feed.pool.add(transfer(i + 1, { units: 100n }));
    if (i < keyBlocks.b) b.feed.pool.add(transfer(i + 1, { from: BOB, to: ALICE, units: 200n }));
    await clock.advance(29_890);
  }
  await Promise.all([a.stop(), b.stop()]);
  return { clock, a, b };
}

test("the branch with more work in key blocks wins, and its state is that of who saw nothing else", async () => {
  const { clock, a, b } = await apart({ a: 2, b: 4 });
  const answers = await feed(a, b.blocks);
  assert.is(a.root(), b.root());
  assert.is(answers.filter(({ kind }) => kind === "reorganised").length, 1);
  const fresh = await SimNode.start({ clock, name: "c", passive: true });
  await feed(fresh, b.blocks);
  assert.is(fresh.root(), a.root());
});

test("of equal branches the one seen first stays, and data blocks weigh nothing", async () => {
  const { a, b } = await apart({ a: 2, b: 2 });
  const roots = [a.root(), b.root()];
  const answers = await feed(a, b.blocks);
  await feed(b, a.blocks);
  assert.equal([a.root(), b.root()], roots);
  assert.ok(answers.every(({ kind }) => kind === "side"));
});

test("packages that a reorganisation drops wait again and get into the new branch", async () => {
  const { clock, a, b } = await apart({ a: 1, b: 3 });
  const dropped = a.blocks.filter(isData).flatMap((block) => block.packages);
  assert.is(dropped.length, 1);
  const remains = { disk: a.disk, marker: a.marker };
  // It would go on mining at the sight of a branch as heavy as its own.
  const onlooker = await SimNode.start({ clock, name: "a", mines: false, remains });
  await feed(onlooker, b.blocks);
  assert.is(onlooker.feed.pool.count(), 1);
  await onlooker.stop();
  const again = await SimNode.start({ clock, name: "a", remains });
  await clock.advance(31_000);
  const packageId = again.chain.machine.executor.facts(dropped[0] ?? new Uint8Array()).packageId;
  assert.equal(again.receipts.find(packageId)?.receipt.outcome, { kind: "done" });
  assert.is(again.feed.pool.count(), 0);
  await again.stop();
});

test("a key block that did not see the last data block drops it, as Bitcoin-NG has it", async () => {
  const { a } = await apart({ a: 2, b: 0 });
  const last = a.blocks.findLastIndex(isData);
  const key = keyBlockOn(a, a.blocks.slice(0, last));
  assert.equal(await a.chain.submit(key), { kind: "reorganised", droppedBlocks: 1 });
});

test("a heavier branch with a wrong block in it changes nothing, and its wrong block is refused from then on", async () => {
  const { a, b } = await apart({ a: 3, b: 4 });
  const root = a.root();
  const wrong = b.blocks.map((block) => block);
  const at = wrong.findIndex(isData);
  const bad = resign(wrong[at] as DataBlock, { stateRoot: new Uint8Array(32).fill(1) }, "b");
  const branch = [...wrong.slice(0, at), bad];
  let parent = bad.header;
  for (let i = 0; i < 3; i++) {
    const key = mine({ ...(wrong[0] as KeyBlock).header, height: parent.height + 1n, keyHeight: BigInt(2 + i), parentId: headerId(branch.at(-1)?.header ?? parent), timeMs: parent.timeMs + 30_000n * BigInt(i + 1), target: SIM_PARAMS.easiestTarget, stateRoot: root32(a) });
    branch.push({ header: key, evidence: [] });
    parent = { ...parent, height: key.height };
  }
  const answers = await feed(a, branch);
  assert.ok(answers.some((answer) => answer.kind === "reject" && answer.fault.code === "LEDGER_ROOT"), JSON.stringify(answers.map(({ kind }) => kind)));
  assert.is(a.root(), root);
  assert.is((await a.chain.submit(bad)).kind, "reject");
  assert.is(await reopenedRoot(a), root);
});

test("no branch deeper than the bound is taken, however heavy", async () => {
  const clock = new SimClock();
  const a = await SimNode.start({ clock, name: "a" });
  for (let i = 0; i < Number(SIM_PARAMS.reorgKeyBlocks + 2n); i++) {
    a.feed.pool.add(transfer(i + 1, { units: 100n })); // who has nothing to do rests
    await clock.advance(30_000);
  }
  const answer = await a.chain.submit(keyBlockOn(a, []));
  assert.equal(answer, { kind: "reject", fault: { code: "LEDGER_TOO_DEEP", limitKeyBlocks: Number(SIM_PARAMS.reorgKeyBlocks) } });
  await a.stop();
});

test("no branch is taken that leaves the chain below the kept state: there a node that began with a snapshot has nothing", async () => {
  const { a, b } = await apart({ a: 2, b: 4 });
  const before = a.root();
  const [first] = b.blocks;
  assert.ok(first !== undefined);
  await a.checked.batch([planFloor(1n)], { sync: true });
  assert.equal(await a.chain.submit(first), { kind: "reject", fault: { code: "LEDGER_TOO_DEEP", limitKeyBlocks: Number(SIM_PARAMS.reorgKeyBlocks) } });
  assert.is(a.root(), before);
});

test("any order of arrival leads to the same head once everything has come", async () => {
  const { clock, a, b } = await apart({ a: 3, b: 5 });
  const all = [...a.blocks, ...b.blocks];
  for (let seed = 1; seed <= 6; seed++) {
    const random = new SeededRandom(seed);
    const node = await SimNode.start({ clock, name: "c", passive: true });
    const waiting = [...all].sort(() => random.below(3) - 1);
    for (let tries = 0; waiting.length > 0 && tries < 5_000; tries++) {
      const block = waiting.splice(random.below(waiting.length), 1)[0] as Block;
      if ((await node.chain.submit(block)).kind === "orphan") waiting.push(block);
    }
    assert.is(node.root(), b.root(), `seed ${seed}`);
  }
});

test("a node that died in the middle of a reorganisation finishes it at the next start", async () => {
  const { clock, a, b } = await apart({ a: 2, b: 4 });
  const want = b.root();
  for (let dieAt = 1; ; dieAt++) {
    const disk = a.disk.crash();
    const node = await SimNode.start({ clock, name: "a", passive: true, remains: { disk, marker: copyOf(a) } });
    const first = disk.batches;
    disk.onBatch = (count) => {
      if (count === first + dieAt) throw new Error("killed");
    };
    const died = await feed(node, b.blocks).then(() => false, () => true);
    const again = await SimNode.start({ clock, name: "a", passive: true, remains: node.kill() });
    await feed(again, b.blocks);
    assert.is(again.root(), want, `killed at batch ${dieAt}`);
    if (!died) break;
    assert.ok(dieAt < 50);
  }
});

function copyOf(node: SimNode): SimFile {
  return new SimFile(node.marker.bytes);
}

async function reopenedRoot(node: SimNode): Promise<string> {
  return (await SimNode.start({ clock: new SimClock(1_700_000_900_000), name: "a", passive: true, remains: node.kill() })).root();
}

function root32(node: SimNode): Uint8Array {
  return node.chain.head().stateRoot;
}

/** A valid key block on top of `blocks`, which the node knows; nothing matures so early, so the state stays. */
function keyBlockOn(node: SimNode, blocks: readonly Block[]): KeyBlock {
  const parentId = blocks.length === 0 ? node.chain.machine.chainId : headerId((blocks.at(-1) as Block).header);
  const parent = node.chain.machine.store.entry(parentId);
  if (parent === undefined) throw new Error("unknown parent");
  const key = testKey("stranger");
  return {
    evidence: [],
    header: mine({
      kind: "key", rulesVersion: 1, height: parent.height + 1n, keyHeight: parent.keyHeight + 1n, parentId, timeMs: parent.timeMs + 30_000n,
      leaderKey: key.publicKey, rewardDomain: key.domain, target: SIM_PARAMS.easiestTarget, workNonce: 0n, stateRoot: parent.stateRoot, evidenceRoot: NO_EVIDENCE_ROOT,
    }),
  };
}

function resign(block: DataBlock, changes: Partial<DataBlock["header"]>, name: string): DataBlock {
  const header = { ...block.header, ...changes };
  return { header: { ...header, signature: testKey(`leader ${name}`).sign(dataBlockMessage(header)) }, packages: block.packages };
}

test.run();
