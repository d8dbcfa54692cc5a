import { toHex } from "../../lang/base/bytes.ts";
import type { BlockHeader } from "../ledger/block.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import { leaderOf } from "../ledger/checks.ts";
import { rulesVersionAt } from "../ledger/params.ts";
import { workOf } from "../ledger/retarget.ts";
import { findBlock } from "./ids.ts";
import { traceAt } from "./index-reader.ts";
import { totalsAt } from "./index-plan.ts";
import { packagesOf } from "./packages.ts";
import { countOf, pageOf, placeFrom } from "./pages.ts";
import { blockOf, entryAt, lowestKept, stageIn, type ExplorerParts } from "./parts.ts";
import type { BlockRow, BlockView, Page, PageRequest } from "./views.ts";

/** Blocks of the main chain, newest first. */
export async function blockPage(parts: ExplorerParts, request: PageRequest): Promise<Page<BlockRow>> {
  const count = countOf(request);
  const head = parts.chain.head().height;
  const from = placeFrom(request, head).height;
  const lowest = lowestKept(parts);
  const rows: BlockRow[] = [];
  for (let height = from > head ? head : from; height >= lowest && rows.length <= count; height--) rows.push(rowOf(parts, entryAt(parts, height)));
  return pageOf(rows, count, ({ height }) => String(height));
}

function rowOf(parts: ExplorerParts, entry: ChainEntry): BlockRow {
  const { header, height } = entry;
  const facts = { height, blockId: entry.id, timeMs: entry.timeMs, leader: leaderDomain(parts, entry) };
  if (header?.kind !== "data") return { kind: header === undefined ? "genesis" : "key", ...facts, packages: 0, feesUnits: 0n, ergUsed: 0n, sizeBytes: 0 };
  const [now, before] = parts.chain.machine.store.isOnMainChain(entry) ? [totalsAt(parts.disk, height), totalsAt(parts.disk, height - 1n)] : [];
  if (now === undefined || before === undefined) return { kind: "data", ...facts, packages: 0, feesUnits: 0n, ergUsed: header.ergUsed, sizeBytes: header.sizeBytes };
  return { kind: "data", ...facts, packages: Number(now.packages - before.packages), feesUnits: now.feesUnits - before.feesUnits, ergUsed: header.ergUsed, sizeBytes: header.sizeBytes };
}

function leaderDomain({ chain }: ExplorerParts, entry: ChainEntry): Uint8Array | undefined {
  return entry.header === undefined ? undefined : leaderOf(entry, chain.machine.store)?.rewardDomain;
}

/** A block of any branch; of a side branch no results are known, for it never ran. */
export async function blockView(parts: ExplorerParts, text: string): Promise<BlockView> {
  const entry = await findBlock(parts, text);
  const { store, params } = parts.chain.machine;
  const isOnMainChain = store.isOnMainChain(entry);
  const { header } = entry;
  const punishedBy = header?.kind === "key" ? store.punishment(entry.id)?.reporter : undefined;
  return {
    ...rowOf(parts, entry), parentId: entry.parentId, isOnMainChain, stage: stageIn(parts, entry), stateRoot: entry.stateRoot, keyHeight: entry.keyHeight, keyBlockId: entry.keyBlockId,
    totalWork: entry.totalWork, rulesVersion: header?.rulesVersion ?? rulesVersionAt(params, 0n), ...(header === undefined ? {} : headerFacts(parts, entry, header)),
    ...(punishedBy === undefined ? {} : { punishedBy }),
    payments: isOnMainChain ? (traceAt(parts.disk, entry.height)?.payments ?? []) : [],
    rows: header?.kind === "data" ? packagesOf(parts, entry) : [],
  };
}

function headerFacts(parts: ExplorerParts, entry: ChainEntry, header: BlockHeader): Partial<BlockView> {
  if (header.kind === "data") return { packagesRoot: header.packagesRoot, receiptsRoot: header.receiptsRoot };
  const block = blockOf(parts, entry);
  if (block === undefined || "packages" in block) throw parts.chain.machine.store.damaged(`key block ${toHex(entry.id)}`);
  return { leaderKey: header.leaderKey, target: header.target, work: workOf(header.target), workNonce: header.workNonce, evidence: block.evidence.length };
}
