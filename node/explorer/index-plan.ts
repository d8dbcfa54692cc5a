import { assert } from "../../lang/base/assert.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { Effect } from "../package/effect.ts";
import { paymentTouches, touchedDomains, writtenPlaces, type BlockTrace } from "./block-trace.ts";
import { decodeTotals, decodeTrace, encodeTotals, encodeTrace, NO_TOTALS, type Totals } from "./index-codec.ts";
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

function sumWith({ paidUnits, feesUnits, packages, burntUnits }: Totals, trace: BlockTrace): Totals {
  return {
    paidUnits: trace.payments.reduce((sum, { units }) => sum + units, paidUnits),
    feesUnits: trace.packages.reduce((sum, one) => sum + one.feeUnits, feesUnits),
    packages: packages + BigInt(trace.packages.length),
    burntUnits: trace.packages.reduce((sum, one) => (one.changes === undefined || one.changes.effect.sacrifices.length === 0 ? sum : sum + burntBy(one.changes.effect)), burntUnits),
  };
}

function burntBy({ sacrifices }: Effect): bigint {
  return sacrifices.reduce((sum, { burntUnits }) => sum + burntUnits, 0n);
}

type Put = KeyValueOperation & { readonly type: "put" };
/** The key says all. */
const NOTHING = new Uint8Array(0);

function entriesOf(height: bigint, trace: BlockTrace): Put[] {
  if (trace.packages.length === 0 && trace.payments.length === 0) return [];
  const operations: Put[] = [{ type: "put", key: blockKey(height), value: encodeTrace(trace) }];
  for (const [index, one] of trace.packages.entries()) {
    const place = placeBytes({ height, index });
    for (const domain of touchedDomains(one)) operations.push({ type: "put", key: touchKey(domain, place), value: NOTHING });
    for (const { domain, path } of one.changes === undefined ? [] : writtenPlaces(one.changes.effect)) operations.push({ type: "put", key: writtenKey(domain, path, place), value: NOTHING });
  }
  assert(trace.packages.length === 0 || trace.payments.length === 0, "blocks with payments hold no packages");
  const place = placeBytes({ height, index: 0 });
  for (const { domain } of paymentTouches(trace)) operations.push({ type: "put", key: touchKey(domain, place), value: NOTHING });
  return operations;
}
