import type { PackageFault } from "../fault.ts";
import type { DataBlock, DataBlockHeader, Evidence, KeyBlockHeader, PackageResult } from "./block.ts";
import { evidenceRootOf } from "./fraud-codec.ts";
import { earliestDataTimeMs, medianBefore, packagesRootOf, receiptsRootOf, targetAfter } from "./checks.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockContext, BlockState, PackageFacts } from "./executor.ts";
import { rulesVersionAt } from "./params.ts";
import type { Pool, PoolEntry } from "./pool.ts";
import { blockContext, runKeyBlock, type LedgerMachine } from "./run-block.ts";

/** Blocks in the making: all but the work, or all but the signature. Nothing is stored or signed here. */
export type UnsignedDataBlock = { readonly header: Omit<DataBlockHeader, "signature">; readonly packages: DataBlock["packages"] };
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
export async function draftDataBlock<S extends BlockState>(parent: ChainEntry, pool: Pool, nowMs: number, machine: LedgerMachine<S>): Promise<UnsignedDataBlock | undefined> {
  const height = parent.height + 1n;
  const leastMs = earliestDataTimeMs(parent, machine.params);
  const timeMs = leastMs > BigInt(nowMs) ? leastMs : BigInt(nowMs);
  const state = machine.states.begin(parent);
  const taken = await takePackages(pool, blockContext({ height, timeMs }, parent, machine), state, machine);
  if (taken.packages.length === 0) return undefined;
  const { stateRoot } = state.finish(height);
  return {
    header: {
      kind: "data", rulesVersion: rulesVersionAt(machine.params, height), height, parentId: parent.id, keyBlockId: parent.keyBlockId, timeMs,
      packagesRoot: packagesRootOf(taken.packages, taken.facts), receiptsRoot: receiptsRootOf(taken.results), stateRoot,
      ergUsed: taken.ergUsed, sizeBytes: taken.sizeBytes,
    },
    packages: taken.packages,
  };
}

interface Taken {
  readonly packages: Uint8Array[];
  readonly facts: PackageFacts[];
  readonly results: PackageResult[];
  ergUsed: bigint;
  sizeBytes: number;
}

/** Best price first until a cap is met. A package that does not fit is left for the next block. */
async function takePackages<S extends BlockState>(pool: Pool, context: BlockContext, state: S, machine: LedgerMachine<S>): Promise<Taken> {
  const taken: Taken = { packages: [], facts: [], results: [], ergUsed: 0n, sizeBytes: 0 };
  const ready = pool.ready();
  for (let next = ready.peek(); next !== undefined; next = ready.peek()) {
    if (taken.packages.length === machine.params.dataBlockPackages) break;
    if (!fits(next, taken, machine)) {
      ready.skipDomain();
      continue;
    }
    const verdict = await machine.executor.execute(next.bytes, context, state);
    if (verdict.kind === "refused") {
      ready.skipDomain();
      pool.evict(next.facts.packageId, reasonOf(verdict.fault));
      continue;
    }
    ready.take();
    taken.packages.push(next.bytes);
    taken.facts.push(next.facts);
    taken.results.push(verdict.result);
    taken.ergUsed += verdict.result.ergUsed;
    taken.sizeBytes += next.bytes.length;
  }
  return taken;
}

/** Reckons with the whole ERG limit: what a package will use is known only afterwards. */
function fits<S extends BlockState>(next: PoolEntry, taken: Taken, { params }: LedgerMachine<S>): boolean {
  return taken.sizeBytes + next.bytes.length <= params.dataBlockSizeBytes && taken.ergUsed + next.facts.ergLimit <= params.dataBlockErg;
}

function reasonOf(fault: PackageFault): "expired" | "nonce-used" | "refused" {
  if (fault.code === "PACKAGE_EXPIRED") return "expired";
  return fault.code === "PACKAGE_NONCE" ? "nonce-used" : "refused";
}
