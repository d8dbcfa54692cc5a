import { assert } from "../../lang/base/assert.ts";
import type { BatchPart } from "../ports.ts";
import type { DataBlock, DataBlockHeader, Evidence, KeyBlockHeader, PackageResult } from "./block.ts";
import { evidenceRootOf } from "./fraud-codec.ts";
import { evictionReasonOf } from "./evictions.ts";
import { earliestDataTimeMs, medianBefore, packagesRootOf, receiptsRootOf, targetAfter } from "./checks.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockContext, BlockState } from "./executor.ts";
import { rulesVersionAt, type LedgerParams } from "./params.ts";
import type { Pool, PoolEntry } from "./pool.ts";
import { blockContext, epochFees, runKeyBlock, type BlockRun, type LedgerMachine } from "./run-block.ts";

/** Blocks in the making: all but the work, or all but the signature. Nothing is stored or signed here. */
export type UnsignedDataBlock = { readonly header: Omit<DataBlockHeader, "signature">; readonly packages: DataBlock["packages"] };
/** With what running it gave, so that the maker does not run it twice. */
export type DraftedDataBlock = UnsignedDataBlock & { readonly run: BlockRun };
export type UnminedKeyHeader = Omit<KeyBlockHeader, "workNonce">;

/** The key block that `leader` may mine on `parent` at this time, with proofs of fraud that it may bring. */
export function draftKeyBlock<S extends BlockState>(
  parent: ChainEntry, leader: { readonly publicKey: Uint8Array; readonly rewardDomain: Uint8Array }, nowMs: number, machine: LedgerMachine<S>,
  evidence: readonly Evidence[] = [],
): UnminedKeyHeader {
  const height = parent.height + 1n;
  const keyHeight = parent.keyHeight + 1n;
  const leastMs = medianBefore(parent, machine.store) + 1n;
  return {
    kind: "key", rulesVersion: rulesVersionAt(machine.params, height), height, keyHeight, parentId: parent.id,
    timeMs: leastMs > BigInt(nowMs) ? leastMs : BigInt(nowMs), leaderKey: leader.publicKey, rewardDomain: leader.rewardDomain,
    target: targetAfter(parent, machine.store, machine.params), stateRoot: runKeyBlock({ height, keyHeight }, parent, machine).stateRoot, evidenceRoot: evidenceRootOf(evidence),
  };
}

/** A data block of what the pool has ready; undefined when nothing of it can run. Packages that never will are evicted. */
export async function draftDataBlock<S extends BlockState>(parent: ChainEntry, pool: Pool, nowMs: number, machine: LedgerMachine<S>): Promise<DraftedDataBlock | undefined> {
  const height = parent.height + 1n;
  const leastMs = earliestDataTimeMs(parent, machine.params);
  const timeMs = leastMs > BigInt(nowMs) ? leastMs : BigInt(nowMs);
  const context = blockContext({ height, timeMs }, parent, machine);
  const taken = machine.executor.runBatch === undefined ? await takeOneByOne(pool, context, parent, machine) : await takeAtOnce(pool, context, parent, machine);
  const { entries, results, stateRoot, operations } = taken;
  if (entries.length === 0) return undefined;
  const packages = entries.map(({ bytes }) => bytes);
  const header = {
    kind: "data" as const, rulesVersion: rulesVersionAt(machine.params, height), height, parentId: parent.id, keyBlockId: parent.keyBlockId, timeMs,
    packagesRoot: packagesRootOf(packages, entries.map(({ facts }) => facts.packageId)), receiptsRoot: receiptsRootOf(results), stateRoot,
    ergUsed: results.reduce((sum, result) => sum + result.ergUsed, 0n), sizeBytes: packages.reduce((sum, bytes) => sum + bytes.length, 0),
  };
  return { header, packages, run: { results, stateRoot, stateOperations: operations, epochFeesUnits: epochFees(parent, results, machine.store) } };
}

interface Taken {
  readonly entries: readonly PoolEntry[];
  readonly results: readonly PackageResult[];
  readonly stateRoot: Uint8Array;
  readonly operations: readonly BatchPart[];
}

/** Best price first until a cap is met. A package that does not fit is left for the next block. */
async function takeAtOnce<S extends BlockState>(pool: Pool, context: BlockContext, parent: ChainEntry, { executor, params }: LedgerMachine<S>): Promise<Taken> {
  assert(executor.runBatch !== undefined, "the caller looked");
  const offered = bestFirst(pool, params);
  const fill = { erg: params.dataBlockErg, codeErg: params.dataBlockCodeErg, sizeBytes: params.dataBlockSizeBytes, packages: params.dataBlockPackages };
  const { verdicts, stateRoot, operations } = await executor.runBatch({ packages: offered.map(({ bytes }) => bytes), context, base: parent, fill });
  const entries: PoolEntry[] = [];
  const results: PackageResult[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const entry = offered[index] as PoolEntry;
    if (verdict.kind === "refused") pool.evict(entry.facts.packageId, evictionReasonOf(verdict.fault.code));
    if (verdict.kind !== "executed") continue;
    entries.push(entry);
    results.push(verdict.result);
  }
  return { entries, results, stateRoot, operations };
}

/** A little more than a block holds: some will turn out not to fit or not to run. */
function bestFirst(pool: Pool, params: LedgerParams): PoolEntry[] {
  const offered: PoolEntry[] = [];
  const ready = pool.ready();
  let sizeBytes = 0;
  for (let next = ready.peek(); next !== undefined && sizeBytes < 1.25 * params.dataBlockSizeBytes && offered.length < 1.25 * params.dataBlockPackages; next = ready.peek()) {
    offered.push(next);
    sizeBytes += next.bytes.length;
    ready.take();
  }
  return offered;
}

async function takeOneByOne<S extends BlockState>(pool: Pool, context: BlockContext, parent: ChainEntry, machine: LedgerMachine<S>): Promise<Taken> {
  const state = machine.states.begin(parent);
  const entries: PoolEntry[] = [];
  const results: PackageResult[] = [];
  let [ergUsed, codeErg, sizeBytes] = [0n, 0n, 0];
  const ready = pool.ready();
  for (let next = ready.peek(); next !== undefined && entries.length < machine.params.dataBlockPackages; next = ready.peek()) {
    // Reckons with the whole ERG limit: what a package will use is known only afterwards.
    const { dataBlockSizeBytes, dataBlockErg, dataBlockCodeErg } = machine.params;
    if (sizeBytes + next.bytes.length > dataBlockSizeBytes || ergUsed + next.facts.ergLimit > dataBlockErg || codeErg + next.facts.codeErgLimit > dataBlockCodeErg) {
      ready.skipDomain();
      continue;
    }
    const verdict = await machine.executor.execute(next.bytes, context, state);
    if (verdict.kind === "refused") {
      ready.skipDomain();
      pool.evict(next.facts.packageId, evictionReasonOf(verdict.fault.code));
      continue;
    }
    ready.take();
    entries.push(next);
    results.push(verdict.result);
    ergUsed += verdict.result.ergUsed;
    codeErg += verdict.codeErg;
    sizeBytes += next.bytes.length;
  }
  return { entries, results, ...(entries.length > 0 ? state.finish(context.height) : { stateRoot: parent.stateRoot, operations: [] }) };
}
