import { assert } from "../../lang/base/assert.ts";
import { fromBigEndian } from "../../lang/base/bytes.ts";
import { workInput } from "./header-codec.ts";
import type { KeyBlockHeader } from "./block.ts";
import { MEDIAN_SPAN, RETARGET_STEP, RETARGET_WINDOW, SOLVE_TIME_CAP, workHash, type LedgerParams } from "./params.ts";

/**
 * Proof of work and its adjustment, in whole numbers only, so that every node gets the same bits.
 * The next target is the mean target of the window times the time it took over the time it should have
 * taken. Solve times are counted against the greatest time so far: a block dated too early then cannot
 * shorten the sum, nor one dated too late lengthen it twice.
 */
export interface WorkSample {
  readonly timeMs: bigint;
  readonly target: bigint;
}

/** Target of the key block after `recent`: the newest key blocks, oldest first, at most window + 1 of them. */
export function nextTarget(recent: readonly WorkSample[], params: LedgerParams): bigint {
  assert(recent.length <= RETARGET_WINDOW + 1, "the window is bounded");
  const [first, ...solved] = recent;
  if (first === undefined || solved.length === 0) return params.easiestTarget;
  const capMs = params.keyBlockSpacingMs * SOLVE_TIME_CAP;
  let takenMs = 0n;
  let targets = 0n;
  let latestMs = first.timeMs;
  for (const { timeMs, target } of solved) {
    const solveMs = timeMs > latestMs ? timeMs - latestMs : 0n;
    takenMs += solveMs < capMs ? solveMs : capMs;
    targets += target;
    if (timeMs > latestMs) latestMs = timeMs;
  }
  const count = BigInt(solved.length);
  const dueMs = params.keyBlockSpacingMs * count;
  const target = (targets / count) * clamp(takenMs, dueMs / RETARGET_STEP, dueMs * RETARGET_STEP) / dueMs;
  return clamp(target, 1n, params.easiestTarget);
}

/** Hashes that a block of this target takes on average: its weight in fork choice. */
export function workOf(target: bigint): bigint {
  return (1n << 256n) / (target + 1n);
}

/** Whether the work of a key block is what its own target asks; that the target is right is another rule. */
export function meetsTarget(header: KeyBlockHeader): boolean {
  return fromBigEndian(workHash(workInput(header, header.workNonce))) <= header.target;
}

/** Median of the newest key-block times, at most MEDIAN_SPAN of them; of an even number the later middle one. */
export function medianTimeMs(timesMs: readonly bigint[]): bigint {
  assert(timesMs.length > 0 && timesMs.length <= MEDIAN_SPAN, "the span is bounded");
  const sorted = timesMs.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[sorted.length >> 1] as bigint;
}

function clamp(value: bigint, least: bigint, greatest: bigint): bigint {
  return value < least ? least : value > greatest ? greatest : value;
}
