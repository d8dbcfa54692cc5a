import { assert } from "../../lang/base/assert.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { ROLE, touchesOf, writtenPlaces, type BlockTrace, type Touch } from "./block-trace.ts";
import { decodeTotals, decodeTrace, encodeTotals, encodeTouch, encodeTrace, NO_TOTALS, type Totals } from "./index-codec.ts";
import { blockKey, placeBytes, totalsKey, touchKey, writtenKey } from "./index-keys.ts";

/**
 * The index as operations for the batch of a block. What a block puts is worked out from its trace alone, and
 * the trace is stored, so that the same list read again says what to take out when the block is dropped.
 */

/** What the block at `height` adds. Needs the sums of the block below, which the store has. */
export function planIndex(disk: Disk, height: bigint, trace: BlockTrace): KeyValueOperation[] {
  const before = height === 0n ? NO_TOTALS : totalsAt(disk, height - 1n);
  assert(before !== undefined, "the index has every block of the main chain");
  return [putTotals(height, sumWith(before, trace)), ...entriesOf(height, trace)];
}

/** Takes the blocks after `target` up to `tip` out. */
export function planUnindex(disk: Disk, { tip, target }: { readonly tip: bigint; readonly target: bigint }): KeyValueOperation[] {
  const operations: KeyValueOperation[] = [];
  for (let height = target + 1n; height <= tip; height++) {
    operations.push({ type: "del", key: totalsKey(height) });
    const record = disk.getSync(blockKey(height));
    if (record === undefined) continue;
    for (const { key } of entriesOf(height, decodeTrace(record))) operations.push({ type: "del", key });
  }
  return operations;
}

/** Where a store begins with a state instead of the blocks that led there: the sums that hold for it. */
export function putTotals(height: bigint, totals: Totals): KeyValueOperation {
  return { type: "put", key: totalsKey(height), value: encodeTotals(totals) };
}

/** Sums up to and with a block of the main chain; undefined when it is not kept. */
export function totalsAt(disk: Disk, height: bigint): Totals | undefined {
  const record = disk.getSync(totalsKey(height));
  return record === undefined ? undefined : decodeTotals(record);
}

function sumWith({ paidUnits, feesUnits, packages }: Totals, trace: BlockTrace): Totals {
  return {
    paidUnits: trace.payments.reduce((sum, { units }) => sum + units, paidUnits),
    feesUnits: trace.packages.reduce((sum, one) => sum + one.feeUnits, feesUnits),
    packages: packages + BigInt(trace.packages.length),
  };
}

function entriesOf(height: bigint, trace: BlockTrace): (KeyValueOperation & { readonly type: "put" })[] {
  if (trace.packages.length === 0 && trace.payments.length === 0) return [];
  const operations: (KeyValueOperation & { readonly type: "put" })[] = [{ type: "put", key: blockKey(height), value: encodeTrace(trace) }];
  for (const [index, one] of trace.packages.entries()) {
    const place = placeBytes({ height, index });
    for (const touch of touchesOf(one)) operations.push(putTouch(touch, place));
    for (const { domain, path } of one.changes === undefined ? [] : writtenPlaces(one.changes.effect)) operations.push({ type: "put", key: writtenKey(domain, path, place), value: new Uint8Array(0) });
  }
  const place = placeBytes({ height, index: 0 });
  for (const touch of rewards(trace)) operations.push(putTouch(touch, place));
  return operations;
}

function putTouch(touch: Touch, place: Uint8Array): KeyValueOperation & { readonly type: "put" } {
  return { type: "put", key: touchKey(touch.domain, place), value: encodeTouch(touch) };
}

/** One touch for each domain, though both leaders that share an epoch may be the same. */
function rewards({ packages, payments }: BlockTrace): Touch[] {
  if (payments.length === 0) return [];
  assert(packages.length === 0, "blocks with payments hold no packages");
  const sums = new Map<string, Touch>();
  for (const { domain, units } of payments) {
    const name = domain.toString();
    sums.set(name, { domain, roles: ROLE.rewarded, deltaUnits: (sums.get(name)?.deltaUnits ?? 0n) + units });
  }
  return [...sums.values()];
}
