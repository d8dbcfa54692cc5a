import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { assert } from "../../lang/base/assert.ts";
import type { StateFault } from "../fault.ts";
import type { Receipt } from "../ledger/block.ts";
import { blockContext } from "../ledger/run-block.ts";
import type { ReplayJob, ReplayReply } from "../machines/jobs.ts";
import { packList } from "../machines/packed.ts";
import type { JobPool } from "../machines/pool.ts";
import { stateFloor } from "../state/versioned.ts";
import { explorerFault, type ExplorerParts } from "./parts.ts";
import type { ReplayDetail, ReplayView } from "./views.ts";

/**
 * Runs a package of the main chain again: its block is begun on the state it found, the packages before it run, then
 * this one line by line, in a worker. Faults: EXPLORER_NO_RECEIPT, STATE_BASE_PRUNED.
 */
export async function replayView(parts: ExplorerParts, workers: JobPool, { packageId, detail }: { readonly packageId: Uint8Array; readonly detail: ReplayDetail }): Promise<ReplayView> {
  const { store } = parts.chain.machine;
  const place = store.place(packageId);
  if (place === undefined) throw explorerFault({ code: "EXPLORER_NO_RECEIPT", packageId: toHex(packageId), reason: parts.pool.evictionOf(packageId) === undefined ? "it waits for a block" : "it left the pool without one" });
  const entry = store.entry(place.blockId);
  const parent = entry === undefined ? undefined : store.entry(entry.parentId);
  assert(entry?.header !== undefined && parent !== undefined, "a receipt is of a block of the main chain");
  if (parent.height < stateFloor(parts.disk)) throw new FaultError<StateFault>({ code: "STATE_BASE_PRUNED", height: parent.height });
  const { block, results } = parts.blocks.read(entry);
  const packages = block.packages.slice(0, place.index + 1);
  const job: ReplayJob = { kind: "replay", detail, base: { height: parent.height, stateRoot: parent.stateRoot }, packages: packList(packages), context: blockContext(entry.header, parent, parts.chain.machine) };
  const reply = (await workers.run({ identity: "explorer", message: () => ({ body: job }) })) as ReplayReply;
  const result = results[place.index];
  if (result === undefined) throw store.damaged(`results of block ${toHex(entry.id)}`);
  const receipt: Receipt = { ...result, blockId: entry.id, height: entry.height, index: place.index, stateRoot: entry.stateRoot };
  const { domain } = parts.chain.machine.executor.facts(packages[place.index] as Uint8Array);
  return { packageId, height: entry.height, index: place.index, domain, baseHeight: parent.height, baseRoot: parent.stateRoot, before: place.index, receipt, ...told(reply, receipt) };
}

function told({ verdict, steps, isCut, intrinsicErg }: ReplayReply, receipt: Receipt): Pick<ReplayView, "steps" | "isCut" | "intrinsicErg" | "outcome" | "ergUsed" | "feeUnits" | "agrees"> {
  if (verdict.kind === "refused") return { steps, isCut, intrinsicErg, outcome: { kind: "failed", faultCode: verdict.fault.code }, ergUsed: 0n, feeUnits: 0n, agrees: false };
  const { outcome, ergUsed, feeUnits } = verdict.result;
  const agrees = ergUsed === receipt.ergUsed && feeUnits === receipt.feeUnits && JSON.stringify(outcome) === JSON.stringify(receipt.outcome);
  return { steps, isCut, intrinsicErg, outcome, ergUsed, feeUnits, agrees };
}
