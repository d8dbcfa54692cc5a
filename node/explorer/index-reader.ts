import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import type { Disk } from "../ports.ts";
import { domainStateKey } from "../state/state-keys.ts";
import { decodeVersioned } from "../state/versioned-record.ts";
import { touchesOf, type BlockTrace } from "./block-trace.ts";
import { decodeTrace, domainTrace, type DomainTrace } from "./index-codec.ts";
import { blockKey, heightOfKey, LAST_INDEX, LAST_PLACE, placeBytes, placeOfKey, touchPrefix, writtenPrefix, type ChainPlace } from "./index-keys.ts";

/** Reads the explorer's index, newest first. Pages are given as places, so blocks that come meanwhile move nothing. */

/** Where a domain was touched, and where to go on: a place at or before which the next one is. */
export interface Touches {
  readonly places: readonly ChainPlace[];
  readonly next?: ChainPlace;
}

/** At most `count` places of a domain, at `from` and before. Ends early, with `next`, when it has read `mostBytes` of records. */
export async function touchesBefore(disk: Disk, domain: Uint8Array, from: ChainPlace, { count, mostBytes }: { readonly count: number; readonly mostBytes: number }): Promise<Touches> {
  const marked: bigint[] = [];
  for await (const [key] of disk.entries({ ...upTo(touchPrefix(domain), from), limit: count + 1, reverse: true })) marked.push(placeOfKey(key).height);
  const places: ChainPlace[] = [];
  let written = newestWrite(disk, domain, from.height);
  let bytes = 0;
  for (let height = latest(written, marked[0]); height !== undefined; height = latest(written, marked[0])) {
    if (places.length >= count || bytes > mostBytes) return { places: places.slice(0, count), next: places[count] ?? { height, index: LAST_INDEX } };
    const record = disk.getSync(blockKey(height));
    const trace = record === undefined ? undefined : domainTrace(record, domain);
    bytes += record?.length ?? 0;
    if (trace !== undefined) places.push(...placesOf(trace, domain, height).filter(({ index }) => height !== from.height || index <= from.index));
    if (height === written) written = trace?.write?.before;
    while (marked[0] === height) marked.shift();
  }
  return places.length > count ? { places: places.slice(0, count), next: places[count] as ChainPlace } : { places };
}

/** Newest first. */
function placesOf({ packages, isPaid }: DomainTrace, domain: Uint8Array, height: bigint): ChainPlace[] {
  if (isPaid) return [{ height, index: 0 }];
  const touched = packages.filter(({ trace }) => touchesOf(trace).some((touch) => equalBytes(touch.domain, domain)));
  return touched.map(({ index }) => ({ height, index })).reverse();
}

/** The last block up to `height` that wrote the domain's record: a page begins at one; otherwise down from the newest. */
function newestWrite(disk: Disk, domain: Uint8Array, height: bigint): bigint | undefined {
  const writeAt = (at: bigint): DomainTrace["write"] => {
    const record = disk.getSync(blockKey(at));
    return record === undefined ? undefined : domainTrace(record, domain).write;
  };
  if (writeAt(height) !== undefined) return height;
  const stored = disk.getSync(domainStateKey(domain));
  let written = stored === undefined ? undefined : decodeVersioned(stored).height;
  while (written !== undefined && written > height) written = writeAt(written)?.before;
  return written;
}

function latest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

/** Where a path was last written; undefined if no package of the main chain did. */
export async function lastWrite(disk: Disk, domain: Uint8Array, path: string): Promise<ChainPlace | undefined> {
  for await (const [key] of disk.entries({ ...upTo(writtenPrefix(domain, path), LAST_PLACE), limit: 1, reverse: true })) return placeOfKey(key);
  return undefined;
}

/** What the block at a height did; undefined where it did nothing but be there, or is not kept. */
export function traceAt(disk: Disk, height: bigint): BlockTrace | undefined {
  const record = disk.getSync(blockKey(height));
  return record === undefined ? undefined : decodeTrace(record);
}

/** A block that did something. `sizeBytes` is what reading it cost. */
export interface TraceAt {
  readonly height: bigint;
  readonly trace: BlockTrace;
  readonly sizeBytes: number;
}

/** Blocks that did something, from `to` down to `from`. */
export async function* tracesDown(disk: Disk, to: bigint, from: bigint): AsyncIterable<TraceAt> {
  const range = { start: blockKey(from), end: blockKey(to + 1n) };
  for await (const [key, value] of disk.entries({ ...range, reverse: true })) yield { height: heightOfKey(key), trace: decodeTrace(value), sizeBytes: value.length };
}

/** Keys of a prefix up to and with a place. */
function upTo(prefix: Uint8Array, { height, index }: ChainPlace): { readonly start: Uint8Array; readonly end: Uint8Array } {
  return { start: prefix, end: concatBytes(prefix, placeBytes({ height, index }), Uint8Array.of(0)) };
}
