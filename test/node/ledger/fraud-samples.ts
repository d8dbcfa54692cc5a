import { compareBytes } from "../../../lang/base/bytes.ts";
import type { Block, DataBlock, DataBlockHeader, Evidence, KeyBlock } from "../../../node/ledger/block.ts";
import type { ChainEntry } from "../../../node/ledger/chain-view.ts";
import { draftKeyBlock } from "../../../node/ledger/draft-block.ts";
import { dataBlockMessage, headerId } from "../../../node/ledger/header-codec.ts";
import { judgeOne } from "../../../node/ledger/judge-evidence.ts";
import type { Verdict } from "../../../node/ledger/verdict.ts";
import { mine } from "../../sim/branch.ts";
import { SimClock } from "../../sim/clock.ts";
import { testKey } from "../../sim/keys.ts";
import { SimNode, transfer } from "../../sim/node.ts";

/** Blocks of a leader who cheats, and of those who tell. */
export const isData = (block: Block): block is DataBlock => "packages" in block;
export const reporter = testKey("reporter");

/** A node whose leader "a" made an epoch with one data block; the block, and the chain's tip, are at hand. */
export async function world(): Promise<{ clock: SimClock; node: SimNode; block: DataBlock }> {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  await clock.advance(100);
  node.feed.pool.add(transfer(1));
  await clock.advance(2_000);
  await node.stop();
  const block = node.blocks.find(isData);
  if (block === undefined) throw new Error("no data block was made");
  return { clock, node, block };
}

export function resign(block: DataBlock, changes: Partial<DataBlockHeader>, signer = "leader a"): DataBlock {
  const header = { ...block.header, ...changes };
  return { header: { ...header, signature: testKey(signer).sign(dataBlockMessage(header)) }, packages: block.packages };
}

export function twins(a: DataBlockHeader, b: DataBlockHeader): Evidence {
  return compareBytes(headerId(a), headerId(b)) < 0 ? { kind: "twin", first: a, second: b } : { kind: "twin", first: b, second: a };
}

export function invalid(node: SimNode, block: DataBlock): Evidence {
  return { kind: "invalid", header: block.header, packageIds: block.packages.map((bytes) => node.chain.machine.executor.facts(bytes).packageId), packages: block.packages };
}

export const judge = (node: SimNode, evidence: Evidence): Promise<Verdict> => {
  const head = node.chain.head();
  return judgeOne(evidence, { height: head.height + 1n, keyHeight: head.keyHeight + 1n }, head, node.chain.machine);
};

/** A key block by the reporter on the head, one spacing later. */
export function keyBlock(node: SimNode, evidence: readonly Evidence[], changes: Partial<KeyBlock["header"]> = {}, parent: ChainEntry = node.chain.head()): KeyBlock {
  const draft = draftKeyBlock(parent, { publicKey: reporter.publicKey, rewardDomain: reporter.domain }, Number(parent.timeMs) + 30_000, node.chain.machine, evidence);
  return { header: mine({ ...draft, ...changes, workNonce: 0n }), evidence };
}

export async function advanceAndSubmit(clock: SimClock, node: SimNode, block: Block): Promise<string> {
  await clock.advance(Math.max(0, Number(block.header.timeMs) - clock.nowMs()));
  const answer = await node.chain.submit(block);
  return answer.kind === "reject" ? answer.fault.code + ("reason" in answer.fault ? ` ${String(answer.fault.reason)}` : "") : answer.kind;
}
