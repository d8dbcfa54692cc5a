import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { decodeResult, packageLeaf } from "../../../node/ledger/block-codec.ts";
import { provesInclusion } from "../../../node/ledger/merkle.ts";
import { splitFees } from "../../../node/ledger/rewards.ts";
import { SimClock } from "../../sim/clock.ts";
import { testKey } from "../../sim/keys.ts";
import { ALICE, BOB, SIM_GENESIS, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";

const GENESIS_UNITS = SIM_GENESIS.allocations.reduce((sum, { units }) => sum + units, 0n);
const dataBlocks = (node: SimNode): number => node.blocks.filter((block) => "packages" in block).length;
const never = new AbortController().signal;

test("a new chain begins with the genesis balances and a key block", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  assert.is(node.supplyUnits(), GENESIS_UNITS);
  await clock.advance(10);
  assert.is(node.chain.head().keyHeight, 1n);
  await node.stop();
  assert.is(clock.pendingTimers(), 0);
});

test("packages get into a data block at once, and there are no empty data blocks", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(5_000);
  assert.is(dataBlocks(node), 0);
  const entry = node.feed.pool.add(transfer(1));
  await clock.advance(1);
  const found = node.receipts.find(entry.facts.packageId);
  assert.equal(found?.receipt.outcome, { kind: "done" });
  assert.is(found?.stage, "included");
  assert.is(toHex(found?.receipt.stateRoot ?? new Uint8Array()), node.root());
  await clock.advance(3_000);
  assert.is(dataBlocks(node), 1);
  assert.is(node.feed.pool.count(), 0);
  await node.stop();
});

test("data blocks keep the gap, and packages of one sender run in order of nonce whatever order they came in", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  for (const nonce of [3, 1, 2]) node.feed.pool.add(transfer(nonce));
  await clock.advance(5_000);
  assert.is(node.feed.pool.count(), 0);
  const times = node.blocks.filter((block) => "packages" in block).map((block) => block.header.timeMs);
  times.slice(1).forEach((time, i) => assert.ok(time - (times[i] as bigint) >= SIM_PARAMS.dataBlockGapMs));
  await node.stop();
});

test("key blocks come about every thirty seconds, with work, and receipts become settled and final", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  const { facts } = node.feed.pool.add(transfer(1));
  const settled = node.receipts.until(facts.packageId, "settled", never);
  const final = node.receipts.until(facts.packageId, "final", never);
  await clock.advance(61_000);
  assert.is((await settled).height, 2n);
  assert.is(node.chain.head().keyHeight, 3n);
  await clock.advance(300_000);
  assert.is((await final).height, 2n);
  assert.is(node.receipts.find(facts.packageId)?.stage, "final");
  assert.equal(node.refused, []);
  await node.stop();
});

test("nobody is paid before maturity, then leader and next leader share coinbase and fees to the last unit", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  const { facts } = node.feed.pool.add(transfer(1));
  await clock.advance(10);
  const feeUnits = node.receipts.find(facts.packageId)?.receipt.feeUnits ?? 0n;
  const leader = testKey("leader a").domain;
  const balance = (): bigint => node.balance(leader);
  while (node.chain.head().keyHeight <= SIM_PARAMS.maturityKeyBlocks) {
    assert.is(balance(), 0n);
    assert.is(node.supplyUnits(), GENESIS_UNITS - feeUnits);
    await clock.advance(30_000);
  }
  assert.is(node.chain.head().keyHeight, SIM_PARAMS.maturityKeyBlocks + 1n);
  const pot = splitFees(SIM_PARAMS.coinbaseUnits + feeUnits);
  assert.is(balance(), pot.leaderUnits + pot.nextLeaderUnits);
  assert.is(node.supplyUnits(), GENESIS_UNITS + SIM_PARAMS.coinbaseUnits);
  await node.stop();
});

test("a failing package pays its fee, uses its nonce and changes nothing else", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  const { facts } = node.feed.pool.add(transfer(1, { units: 10n ** 30n }));
  await clock.advance(10);
  const receipt = node.receipts.find(facts.packageId)?.receipt;
  assert.equal(receipt?.outcome, { kind: "failed", faultCode: "STATE_INSUFFICIENT" });
  assert.is(node.supplyUnits(), GENESIS_UNITS - (receipt?.feeUnits ?? 0n));
  await node.stop();
});

test("waiting for a receipt ends with the signal, and with the reason when the package is evicted", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  const gap = node.feed.pool.add(transfer(5, { expiryHeight: 3n }));
  const stop = new AbortController();
  const aborted = rejection(node.receipts.until(gap.facts.packageId, "included", stop.signal));
  stop.abort(new Error("enough"));
  assert.match(String(await aborted), "enough");
  const evicted = rejection(node.receipts.until(gap.facts.packageId, "included", never));
  for (const nonce of [1, 2, 3]) {
    node.feed.pool.add(transfer(nonce));
    await clock.advance(1_500);
  }
  assert.equal((await evicted as { fault: unknown }).fault, { code: "PACKAGE_EVICTED", reason: "expired" });
  assert.is(node.feed.pool.evictionOf(gap.facts.packageId)?.reason, "expired");
  // Who asks only now is told at once, instead of waiting for what will not come.
  assert.equal((await rejection(node.receipts.until(gap.facts.packageId, "included", never)) as { fault: unknown }).fault, { code: "PACKAGE_EVICTED", reason: "expired" });
  await node.stop();
});

test("a receipt is proven by inclusion proofs against the header alone", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(10);
  const ids = [1, 2, 3].map((nonce) => node.feed.pool.add(transfer(nonce)).facts.packageId);
  await clock.advance(1_500);
  for (const id of ids) {
    const proof = node.receipts.prove(id);
    assert.ok(proof !== undefined && proof.header.kind === "data");
    assert.ok(provesInclusion(proof.packageProof, packageLeaf(sha256(proof.signedPackage), proof.signedPackage), proof.header.packagesRoot));
    assert.ok(provesInclusion(proof.resultProof, proof.result, proof.header.receiptsRoot));
    assert.is(toHex(decodeResult(proof.result).packageId), toHex(id));
    assert.is(toHex(sha256(proof.signedPackage)), toHex(id));
  }
  assert.is(node.receipts.prove(new Uint8Array(32)), undefined);
  await node.stop();
});

test("a stranger who replays the blocks comes to the same root", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  for (let nonce = 1; nonce <= 20; nonce++) {
    node.feed.pool.add(transfer(nonce));
    if (nonce % 3 === 0) node.feed.pool.add(transfer(nonce / 3, { from: BOB, to: ALICE }));
    await clock.advance(7_000);
  }
  const stranger = await SimNode.start({ clock, name: "b", passive: true });
  for (const block of node.blocks) assert.equal(await stranger.chain.submit(block), { kind: "appended" });
  assert.is(stranger.root(), node.root());
  for (const block of node.blocks.slice(0, 3)) assert.equal(await stranger.chain.submit(block), { kind: "known" });
  await node.stop();
});

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("was fulfilled");
}

test.run();
