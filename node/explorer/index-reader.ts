import { concatBytes } from "../../lang/base/bytes.ts";
import type { Disk } from "../ports.ts";
import type { BlockTrace } from "./block-trace.ts";
import { decodeTrace } from "./index-codec.ts";
import { blockKey, heightOfKey, LAST_PLACE, placeBytes, placeOfKey, touchPrefix, writtenPrefix, type ChainPlace } from "./index-keys.ts";

/** Reads the explorer's index, newest first. Pages are given as places, so blocks that come meanwhile move nothing. */

/** Where a domain was touched, at `from` and before, at most `count` places. */
export async function touchesBefore(disk: Disk, domain: Uint8Array, from: ChainPlace, count: number): Promise<ChainPlace[]> {
  const found: ChainPlace[] = [];
  for await (const [key] of disk.entries({ ...upTo(touchPrefix(domain), from), limit: count, reverse: true })) found.push(placeOfKey(key));
  return found;
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
