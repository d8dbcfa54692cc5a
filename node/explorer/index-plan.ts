import { assert } from "../../lang/base/assert.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { decodeTotals, decodeTrace, encodeTotals, NO_TOTALS, type Totals } from "./index-codec.ts";
import { TraceLog } from "./trace-log.ts";
import { blockKey, placeBytes, totalsKey, touchKey, writtenKey } from "./index-keys.ts";

/**
 * The index as operations for the batch of a block. What a block puts is worked out from its trace alone, and
 * the trace is stored, so that the same list read again says what to take out when the block is dropped.
 */

/** What the block at `height` adds. Needs the sums of the block below, which the store has. */
export function planIndex(disk: Disk, height: bigint, trace: TraceLog): KeyValueOperation[] {
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
    for (const { key } of entriesOf(height, TraceLog.of(decodeTrace(record)))) operations.push({ type: "del", key });
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

function sumWith({ paidUnits, feesUnits, packages, burntUnits }: Totals, trace: TraceLog): Totals {
  return {
    paidUnits: trace.payments.reduce((sum, { units }) => sum + units, paidUnits),
    feesUnits: feesUnits + trace.feesUnits,
    packages: packages + BigInt(trace.count),
    burntUnits: burntUnits + trace.burntUnits,
  };
}

type Put = KeyValueOperation & { readonly type: "put" };
/** The key says all. */
const NOTHING = new Uint8Array(0);

function entriesOf(height: bigint, trace: TraceLog): Put[] {
  if (trace.count === 0 && trace.payments.length === 0) return [];
  assert(trace.count === 0 || trace.payments.length === 0, "blocks with payments hold no packages");
  const operations: Put[] = [{ type: "put", key: blockKey(height), value: trace.encode() }];
  const mark = (index: number, domain: Uint8Array): void => void operations.push({ type: "put", key: touchKey(domain, placeBytes({ height, index })), value: NOTHING });
  // All other touches write the domain's record, and each such write names the one before.
  for (const { index, domain } of trace.called) mark(index, domain);
  for (const domain of trace.gone) mark(0, domain);
  for (const { index, domain, path } of trace.written) operations.push({ type: "put", key: writtenKey(domain, path, placeBytes({ height, index })), value: NOTHING });
  return operations;
}
