import { toHex } from "../../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type BlockView } from "../../../node/api.ts";
import { factsText } from "../table.ts";
import { packagesText } from "./lists.ts";
import { shortId, timeText } from "./short.ts";

/** A block with all that its header says, and what its packages did. Ends in a newline. */
export function blockText(view: BlockView): string {
  const facts = factsText([
    ["id", toHex(view.blockId)], ["parent", toHex(view.parentId)], ["time (UTC)", timeText(view.timeMs)],
    ["branch", view.isOnMainChain ? `main chain, ${view.stage}` : "a side branch: it did not run"],
    ["epoch", `${view.keyHeight}, begun by ${shortId(view.keyBlockId)}`],
    ...(view.leader === undefined ? [] : [["leader", encodeAddress(view.leader)] as const]),
    ["perspective", toHex(view.stateRoot)], ["work", `${view.totalWork} hashes up to here`], ["rules", String(view.rulesVersion)],
    ...keyFacts(view), ...dataFacts(view),
  ]);
  return `${view.kind === "genesis" ? "genesis" : `${view.kind} block ${view.height}`}\n${facts}${view.rows.length > 0 ? packagesText(view.rows) : ""}`;
}

function keyFacts(view: BlockView): (readonly [string, string])[] {
  const { work, workNonce, evidence, punishedBy, payments } = view;
  return [
    ...(work === undefined ? [] : [["own work", `${work} hashes on average, nonce ${workNonce ?? 0n}`] as const]),
    ...(evidence === undefined || evidence === 0 ? [] : [["evidence", `${evidence} ${evidence === 1 ? "proof" : "proofs"} of fraud`] as const]),
    ...(punishedBy === undefined ? [] : [["security", `its leader cheated: proved by ${encodeAddress(punishedBy)}`] as const]),
    ...payments.map(({ domain, units }) => ["pays", `${coinsText(units)} to ${encodeAddress(domain)}`] as const),
  ];
}

function dataFacts({ kind, packages, sizeBytes, ergUsed, feesUnits, packagesRoot, receiptsRoot }: BlockView): (readonly [string, string])[] {
  if (kind !== "data") return [];
  return [
    ["packages", `${packages} in ${sizeBytes} bytes, ERG ${ergUsed}`], ["fees", coinsText(feesUnits)],
    ...(packagesRoot === undefined ? [] : [["packages root", toHex(packagesRoot)] as const]), ...(receiptsRoot === undefined ? [] : [["receipts root", toHex(receiptsRoot)] as const]),
  ];
}
