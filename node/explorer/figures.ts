import { assert } from "../../lang/base/assert.ts";
import { keyBlockAt, recentKeyBlocks, type ChainEntry } from "../ledger/chain-view.ts";
import { leaderOf, targetAfter } from "../ledger/checks.ts";
import { RETARGET_WINDOW, rulesVersionAt } from "../ledger/params.ts";
import { maturingEpoch } from "../ledger/rewards.ts";
import { workOf } from "../ledger/retarget.ts";
import { stateFloor } from "../state/versioned.ts";
import { entryAt, lowestKept, totalsOf, type ExplorerParts } from "./parts.ts";
import type { ChainView, DifficultyView, SupplyView } from "./views.ts";

/** The chain in numbers. */

const MINUTE_MS = 60_000n;
const HOUR_MS = 60n * MINUTE_MS;

/** Classes of GRIDNET's explorer, by the age of the newest key block. */
export function livenessOf(ageMs: bigint): ChainView["liveness"] {
  if (ageMs < 10n * MINUTE_MS) return "high";
  if (ageMs < 30n * MINUTE_MS) return "medium";
  return ageMs < 3n * HOUR_MS ? "low" : "none";
}

/** What `chain` shows. */
export async function chainView(parts: ExplorerParts): Promise<ChainView> {
  const { chain, pool, clock, disk } = parts;
  const { params, chainId, store } = chain.machine;
  const head = chain.head();
  const nowMs = BigInt(clock.nowMs());
  const keyBlock = store.entry(head.keyBlockId) ?? head;
  const leader = leaderOf(head, store);
  const keyBlockAgeMs = nowMs > keyBlock.timeMs ? nowMs - keyBlock.timeMs : 0n;
  return {
    preset: params.preset, chainId, height: head.height, keyHeight: head.keyHeight, blockId: head.id, timeMs: head.timeMs, stateRoot: head.stateRoot, totalWork: head.totalWork,
    rulesVersion: rulesVersionAt(params, head.height), liveness: livenessOf(keyBlockAgeMs), keyBlockAgeMs,
    leader: leader === undefined ? undefined : { domain: leader.rewardDomain, publicKey: leader.leaderKey, sinceHeight: keyBlock.height, sinceMs: keyBlock.timeMs },
    packages: totalsOf(parts, head.height).packages, packagesLastHour: packagesSince(parts, nowMs - HOUR_MS), packagesLastDay: packagesSince(parts, nowMs - 24n * HOUR_MS),
    keyBlockSpacingMs: spacingOf(recentKeyBlocks(head, RETARGET_WINDOW + 1, store)), poolPackages: pool.count(), poolSizeBytes: pool.sizeBytes(),
    blocksFrom: lowestKept(parts), stateFrom: stateFloor(disk),
  };
}

/** Packages in blocks dated after a time. Times of blocks rise but for a few seconds, so halving finds the place. */
function packagesSince(parts: ExplorerParts, sinceMs: bigint): bigint {
  const head = parts.chain.head().height;
  let [low, high] = [lowestKept(parts), head + 1n];
  const lowest = low;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (entryAt(parts, middle).timeMs <= sinceMs) low = middle + 1n;
    else high = middle;
  }
  return totalsOf(parts, head).packages - (low === lowest ? totalsOf(parts, lowest).packages : totalsOf(parts, low - 1n).packages);
}

function spacingOf(keyBlocks: readonly ChainEntry[]): bigint | undefined {
  const [first, last] = [keyBlocks[0], keyBlocks.at(-1)];
  if (first === undefined || last === undefined || keyBlocks.length < 2) return undefined;
  return (last.timeMs - first.timeMs) / BigInt(keyBlocks.length - 1);
}

/** What `difficulty` shows. */
export function difficultyView({ chain }: ExplorerParts): DifficultyView {
  const { params, store } = chain.machine;
  const head = chain.head();
  const keyBlocks = recentKeyBlocks(head, RETARGET_WINDOW + 1, store);
  const newest = keyBlocks.at(-1)?.header;
  const target = newest?.kind === "key" ? newest.target : params.easiestTarget;
  const nextTarget = targetAfter(head, store, params);
  const spacingMs = spacingOf(keyBlocks);
  return {
    keyHeight: head.keyHeight, target, work: workOf(target), nextTarget, nextWork: workOf(nextTarget), easiestTarget: params.easiestTarget,
    aimedSpacingMs: params.keyBlockSpacingMs, window: Math.max(0, keyBlocks.length - 1), spacingMs, hashesPerSecond: hashRate(keyBlocks),
  };
}

/** Hashes that went into the window, over the time it took. */
function hashRate(keyBlocks: readonly ChainEntry[]): bigint | undefined {
  const [first, last] = [keyBlocks[0], keyBlocks.at(-1)];
  if (first === undefined || last === undefined || last.timeMs <= first.timeMs) return undefined;
  return ((last.totalWork - first.totalWork) * 1_000n) / (last.timeMs - first.timeMs);
}

/** From the ledger's own sums; the sum over the state must be the same, and a test says so. Faults: EXPLORER_NOT_KEPT. */
export function supplyView(parts: ExplorerParts): SupplyView {
  const { params, store } = parts.chain.machine;
  const head = parts.chain.head();
  const totals = totalsOf(parts, head.height);
  const genesisUnits = totalsOf(parts, 0n).paidUnits;
  const mature = maturingEpoch(head.keyHeight, params) ?? 0n;
  const matureFeesUnits = mature === 0n ? 0n : totalsOf(parts, keyBlockAt(mature + 1n, head, store).height - 1n).feesUnits;
  const coinbaseUnits = mature * params.coinbaseUnits;
  const lockedUnits = totals.feesUnits - matureFeesUnits;
  const destroyedUnits = coinbaseUnits + matureFeesUnits - (totals.paidUnits - genesisUnits);
  const { burntUnits } = totals;
  assert(lockedUnits >= 0n && destroyedUnits >= 0n, "nothing is paid out that was not put in");
  return {
    height: head.height, genesisUnits, coinbaseUnits, lockedUnits, destroyedUnits, burntUnits, circulatingUnits: genesisUnits + coinbaseUnits - lockedUnits - destroyedUnits - burntUnits,
    comingUnits: (head.keyHeight - mature) * params.coinbaseUnits,
  };
}
