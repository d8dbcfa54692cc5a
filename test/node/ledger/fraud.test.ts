import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, equalBytes, utf8 } from "../../../lang/base/bytes.ts";
import { encodeRlp } from "../../../lang/base/rlp.ts";
import type { DataBlock, DataBlockHeader, Evidence } from "../../../node/ledger/block.ts";
import { draftKeyBlock } from "../../../node/ledger/draft-block.ts";
import { EvidenceBook } from "../../../node/ledger/evidence-book.ts";
import { packagesRootOf } from "../../../node/ledger/checks.ts";
import { checkEvidenceForm } from "../../../node/ledger/fraud.ts";
import { evidenceRootOf } from "../../../node/ledger/fraud-codec.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { paramsOf, REPORTER_SHARE_PERCENT } from "../../../node/ledger/params.ts";
import { splitFees } from "../../../node/ledger/rewards.ts";
import { SIBLINGS_KEPT } from "../../../node/ledger/side-branches.ts";
import type { KeyValueOperation } from "../../../node/ports.ts";
import { mine } from "../../sim/branch.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimDisk, SimFile } from "../../sim/disk.ts";
import { testKey } from "../../sim/keys.ts";
import { SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { advanceAndSubmit, invalid, isData, judge, keyBlock, reporter, resign, twins, world } from "./fraud-samples.ts";

test("two headers by one leader on one parent are evidence, accepted once", async () => {
  const { clock, node, block } = await world();
  const evidence = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  assert.equal(await judge(node, evidence), { kind: "accept" });
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [evidence])), "appended");
  assert.ok(equalBytes(node.chain.machine.store.punishment(block.header.keyBlockId)?.reporter ?? new Uint8Array(0), reporter.domain));
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [evidence])), "LEDGER_EVIDENCE duplicate");
});

test("false evidence is refused: another's signature, one header, or a header of another leader", async () => {
  const { node, block } = await world();
  const forged = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }, "stranger").header);
  assert.equal(await judge(node, forged), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "false" } });
  const elsewhere = twins({ ...block.header, keyBlockId: new Uint8Array(32).fill(3) }, { ...block.header, keyBlockId: new Uint8Array(32).fill(3), timeMs: 1n });
  assert.equal(await judge(node, elsewhere), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "other-branch" } });
});

test("an invalid block is evidence, be it its state root, its header or its packages", async () => {
  const { node, block } = await world();
  for (const bad of [resign(block, { stateRoot: new Uint8Array(32).fill(1) }), resign(block, { ergUsed: 7n }), resign(block, { receiptsRoot: new Uint8Array(32) })]) {
    assert.equal(await judge(node, invalid(node, bad)), { kind: "accept" });
  }
  const early = resign(block, { timeMs: 1n });
  assert.equal(await judge(node, { kind: "invalid", header: early.header, packageIds: [], packages: [] }), { kind: "accept" });
});

test("an invalid block that the accused did not sign is no evidence, whatever is wrong with it", async () => {
  const { node, block } = await world();
  for (const changes of [{ stateRoot: new Uint8Array(32).fill(1) }, { timeMs: 1n }, { ergUsed: 7n }]) {
    const forged = resign(block, changes, "stranger");
    assert.equal(await judge(node, invalid(node, forged)), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "false" } });
    assert.equal(await judge(node, invalid(node, resign(block, changes))), { kind: "accept" });
  }
});

test("each rule that a header breaks by itself is evidence, and the header is all of it", async () => {
  const { clock, node, block } = await world();
  const alone = ({ header }: DataBlock): Evidence => ({ kind: "invalid", header, packageIds: [], packages: [] });
  const far = { sizeBytes: SIM_PARAMS.dataBlockSizeBytes + 1 };
  for (const changes of [{ height: block.header.height + 1n }, { rulesVersion: 2 }, far, { ergUsed: SIM_PARAMS.dataBlockErg + 1n }, { timeMs: 1n }]) {
    assert.equal(await judge(node, alone(resign(block, changes))), { kind: "accept" });
  }
  assert.equal(await judge(node, alone(block)), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "false" } });
  // The next leader signs where its epoch has not begun.
  const next = keyBlock(node, []);
  assert.is(await advanceAndSubmit(clock, node, next), "appended");
  const before = resign(block, { keyBlockId: headerId(next.header) }, "reporter");
  const book = await EvidenceBook.open(node.chain, node.checked, (error) => assert.unreachable(String(error)));
  assert.is(await advanceAndSubmit(clock, node, before), "LEDGER_NOT_LEADER");
  await clock.advance(1);
  assert.equal(book.entries(), [alone(before)]);
});

test("an invalid block is too old where a node need not have the state any more, also for one that has it", async () => {
  for (const historyBlocks of [2n, 1n << 62n]) {
    const clock = new SimClock();
    const node = await SimNode.start({ clock, name: "a", params: { ...SIM_PARAMS, historyBlocks, evidenceBlocks: 2n } });
    await clock.advance(100);
    node.feed.pool.add(transfer(1));
    await clock.advance(2_000);
    await node.stop();
    const block = node.blocks.find(isData);
    assert.ok(block !== undefined);
    const bad = invalid(node, resign(block, { ergUsed: 7n }));
    assert.equal(await judge(node, bad), { kind: "accept" });
    assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
    assert.equal(await judge(node, bad), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "too-old" } });
  }
});

test("a block that stands beside the chain, in an epoch of the chain, is no evidence there", async () => {
  const { clock, node, block } = await world();
  const twin = resign(block, { timeMs: block.header.timeMs + 1n });
  assert.is(await advanceAndSubmit(clock, node, twin), "side");
  const { header } = resign(block, { parentId: headerId(twin.header), height: block.header.height + 1n, ergUsed: SIM_PARAMS.dataBlockErg + 1n });
  assert.equal(await judge(node, { kind: "invalid", header, packageIds: [], packages: [] }), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "other-branch" } });
});

test("one package too many for the cap on code is refused, and is evidence", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a", params: { ...SIM_PARAMS, dataBlockCodeErg: 150n, packageErg: 100n } });
  await clock.advance(100);
  node.feed.pool.add(transfer(1));
  await clock.advance(2_000);
  await node.stop();
  const block = node.blocks.find(isData);
  assert.ok(block !== undefined);
  const packages = [transfer(2), transfer(3)];
  const packagesRoot = packagesRootOf(packages, packages.map((bytes) => node.chain.machine.executor.facts(bytes).packageId));
  const sizeBytes = packages.reduce((sum, bytes) => sum + bytes.length, 0);
  const over = { ...resign(block, { packagesRoot, sizeBytes, height: block.header.height + 1n, parentId: headerId(block.header), timeMs: block.header.timeMs + 5_000n }), packages };
  assert.is(await advanceAndSubmit(clock, node, over), "LEDGER_ERG_CAP");
  assert.equal(await judge(node, invalid(node, over)), { kind: "accept" });
});

test("a valid block is no evidence, nor one whose packages the reporter exchanged or left out", async () => {
  const { node, block } = await world();
  const no = { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "false" } };
  assert.equal(await judge(node, invalid(node, block)), no);
  const other = { ...block, packages: [transfer(2)] };
  assert.equal(await judge(node, invalid(node, other)), no);
  assert.equal(await judge(node, { kind: "invalid", header: block.header, packageIds: [], packages: [] }), no);
});

test("evidence is too old once the window has closed, and the window closes before the payout", async () => {
  const { clock, node, block } = await world();
  const evidence = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  for (let i = 0n; i < SIM_PARAMS.fraudKeyBlocks - 1n; i++) assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  assert.equal(await judge(node, evidence), { kind: "accept" });
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  assert.equal(await judge(node, evidence), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "too-old" } });
  for (const preset of ["devnet", "testnet", "mainnet"] as const) {
    const { maturityKeyBlocks, fraudKeyBlocks, reorgKeyBlocks } = paramsOf(preset);
    assert.ok(fraudKeyBlocks >= reorgKeyBlocks && maturityKeyBlocks > fraudKeyBlocks + 1n, preset);
  }
});

test("the cheater loses coinbase and fee shares of both epochs, the reporter gets a part, the rest is destroyed", async () => {
  const { clock, node, block } = await world();
  const evidence = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  const epoch = node.chain.head().keyHeight;
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [evidence])), "appended");
  while (node.chain.head().keyHeight < epoch + SIM_PARAMS.maturityKeyBlocks) assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  const fees = 100n * 10n;
  const { leaderUnits, nextLeaderUnits } = splitFees(SIM_PARAMS.coinbaseUnits + fees);
  assert.is(node.balance(testKey("leader a").domain), 0n);
  assert.is(node.balance(reporter.domain), (leaderUnits * REPORTER_SHARE_PERCENT) / 100n + nextLeaderUnits);
});

test("a reorganisation takes a punishment back with the block that brought it", async () => {
  const { clock, node, block } = await world();
  const before = node.chain.head();
  const evidence = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  const plain = keyBlock(node, []);
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [evidence])), "appended");
  assert.is(await advanceAndSubmit(clock, node, plain), "side");
  const parent = node.chain.machine.store.entry(headerId(plain.header));
  if (parent === undefined) throw new Error("the side block is kept");
  const draft = draftKeyBlock(parent, { publicKey: reporter.publicKey, rewardDomain: reporter.domain }, Number(parent.timeMs) + 30_000, node.chain.machine);
  assert.is(await advanceAndSubmit(clock, node, { header: mine({ ...draft, stateRoot: before.stateRoot, workNonce: 0n }), evidence: [] }), "reorganised");
  assert.is(node.chain.machine.store.punishment(block.header.keyBlockId), undefined);
});

test("a start notices that the record of a punishment is gone or names another block", async () => {
  const { clock, node, block } = await world();
  const evidence = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [evidence])), "appended");
  const key = concatBytes(utf8("l/y"), block.header.keyBlockId);
  const sound = node.checked.getSync(key);
  if (sound === undefined) throw new Error("the punishment is recorded");
  const startsWith = async (operation: KeyValueOperation): Promise<string> => {
    await node.checked.batch([operation], { sync: true });
    const remains = { disk: new SimDisk(new Map(node.disk.records())), marker: new SimFile(node.marker.bytes) };
    return SimNode.start({ clock, name: "b", passive: true, remains }).then(() => "sound", (error: { fault?: { code: string } }) => error.fault?.code ?? String(error));
  };
  assert.is(await startsWith({ type: "del", key }), "STORE_DAMAGED");
  assert.is(await startsWith({ type: "put", key, value: encodeRlp([reporter.domain, block.header.parentId]) }), "STORE_DAMAGED");
  assert.is(await startsWith({ type: "put", key, value: sound }), "sound");
});

test("evidence that is not what the header promises, twice or too much is refused before anything is judged", async () => {
  const { node, block } = await world();
  const one = twins(block.header, resign(block, { timeMs: block.header.timeMs + 1n }).header);
  const good = keyBlock(node, [one]);
  assert.equal(checkEvidenceForm(good), { kind: "accept" });
  assert.is(checkEvidenceForm({ ...good, evidence: [] }).kind, "reject");
  const twice = [one, twins(block.header, resign(block, { timeMs: block.header.timeMs + 2n }).header)];
  assert.equal(checkEvidenceForm({ header: { ...good.header, evidenceRoot: evidenceRootOf(twice) }, evidence: twice }), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "duplicate" } });
  assert.equal(checkEvidenceForm({ ...good, evidence: [one, one, one, one, one] }), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "too-many" } });
});

test("a node that sees the second of two headers keeps the proof, over a restart too, and brings it when it mines", async () => {
  const { clock, node, block } = await world();
  const fail = (error: unknown): void => assert.unreachable(String(error));
  const book = await EvidenceBook.open(node.chain, node.checked, fail);
  assert.is(await advanceAndSubmit(clock, node, resign(block, { timeMs: block.header.timeMs + 1n })), "side");
  await clock.advance(1);
  assert.is(book.entries().length, 1);
  const again = await EvidenceBook.open(node.chain, node.checked, fail);
  const evidence = again.forBlock(node.chain.head());
  assert.is(evidence.length, 1);
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, evidence)), "appended");
  assert.equal(again.forBlock(node.chain.head()), []);
});

test("twins in an epoch beside the chain are kept, and brought once a reorganisation makes it the chain", async () => {
  const { clock, node, block } = await world();
  const book = await EvidenceBook.open(node.chain, node.checked, (error) => assert.unreachable(String(error)));
  const [main, side] = [keyBlock(node, []), keyBlock(node, [], { rewardDomain: testKey("other").domain })];
  assert.is(await advanceAndSubmit(clock, node, main), "appended");
  assert.is(await advanceAndSubmit(clock, node, side), "side");
  const sideId = headerId(side.header);
  const there = { parentId: sideId, keyBlockId: sideId, height: side.header.height + 1n };
  const [one, other] = [1n, 2n].map((laterMs) => resign(block, { ...there, timeMs: side.header.timeMs + laterMs }, "reporter").header) as [DataBlockHeader, DataBlockHeader];
  const forged = resign(block, { ...there, timeMs: 9n }, "stranger").header;
  assert.equal(await book.add(twins(one, forged)), { kind: "reject", fault: { code: "LEDGER_EVIDENCE", reason: "other-branch" } });
  assert.equal(book.entries(), []);
  assert.is((await book.add(twins(one, other))).kind, "reject");
  assert.is(book.entries().length, 1);
  assert.equal(book.forBlock(node.chain.head()), []);
  const parent = node.chain.machine.store.entry(sideId);
  if (parent === undefined) throw new Error("the side block is kept");
  const draft = draftKeyBlock(parent, { publicKey: reporter.publicKey, rewardDomain: reporter.domain }, Number(parent.timeMs) + 30_000, node.chain.machine);
  assert.is(await advanceAndSubmit(clock, node, { header: mine({ ...draft, stateRoot: side.header.stateRoot, workNonce: 0n }), evidence: [] }), "reorganised");
  assert.equal(book.forBlock(node.chain.head()), [twins(one, other)]);
  assert.is(await advanceAndSubmit(clock, node, keyBlock(node, book.forBlock(node.chain.head()))), "appended");
});

test("a node that refuses a leader's block keeps the block as proof", async () => {
  const { clock, node, block } = await world();
  const fail = (error: unknown): void => assert.unreachable(String(error));
  const book = await EvidenceBook.open(node.chain, node.checked, fail);
  const next = { ...block.header, height: block.header.height + 1n, parentId: headerId(block.header), timeMs: block.header.timeMs + 5_000n };
  assert.is(await advanceAndSubmit(clock, node, resign({ header: next, packages: block.packages }, {})), "LEDGER_PACKAGE [object Object]");
  await clock.advance(1);
  assert.is(book.entries()[0]?.kind, "invalid");
});

test("of a cheater's many blocks on one parent a few are kept, and more only if a key block stands on them", async () => {
  const { clock, node, block } = await world();
  const answers: string[] = [];
  for (let i = 1n; i <= BigInt(SIBLINGS_KEPT) + 1n; i++) answers.push(await advanceAndSubmit(clock, node, resign(block, { timeMs: block.header.timeMs + i })));
  assert.equal(answers, [...Array.from({ length: SIBLINGS_KEPT - 1 }, () => "side"), "surplus", "surplus"]);
  const wanted = await node.chain.submit(resign(block, { timeMs: block.header.timeMs + 9n }), { wanted: true });
  assert.is(wanted.kind, "side");
});

test("side branches that can never be chosen any more are deleted", async () => {
  const { clock, node, block } = await world();
  const side = resign(block, { timeMs: block.header.timeMs + 1n });
  assert.is(await advanceAndSubmit(clock, node, side), "side");
  for (let i = 0n; i <= SIM_PARAMS.reorgKeyBlocks; i++) assert.is(await advanceAndSubmit(clock, node, keyBlock(node, [])), "appended");
  assert.is(node.chain.machine.store.entry(headerId(side.header)), undefined);
  assert.equal(await node.chain.machine.store.sideTips(), []);
});

test.run();
