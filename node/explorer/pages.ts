import { LAST_INDEX, type ChainPlace } from "./index-keys.ts";
import { explorerFault } from "./parts.ts";
import type { Page, PageRequest } from "./views.ts";

/**
 * Pages of lists that grow at their front. `from` names the first row of a page by where it stands, `120` or `120:3`,
 * so what comes meanwhile moves nothing.
 */
const DEFAULT_COUNT = 20;
/** Rows of one page: more would hold up the node. */
const MOST_COUNT = 200;

/** Faults: EXPLORER_BAD_PAGE. */
export function countOf({ count = DEFAULT_COUNT }: PageRequest): number {
  if (count >= 1 && count <= MOST_COUNT) return count;
  throw explorerFault({ code: "EXPLORER_BAD_PAGE", option: "--count", found: String(count), expected: `1 to ${MOST_COUNT}` });
}

/** The place that a page begins at, the newest when none is named. A height alone means all of its block. Faults: EXPLORER_BAD_PAGE. */
export function placeFrom({ from }: PageRequest, newest: bigint): ChainPlace {
  if (from === undefined) return { height: newest, index: LAST_INDEX };
  const [, height, index] = /^([0-9]{1,14})(?::([0-9]{1,7}))?$/.exec(from) ?? [];
  if (height === undefined) throw explorerFault({ code: "EXPLORER_BAD_PAGE", option: "--from", found: from.slice(0, 40), expected: "a height, such as 120, or a place in a block, such as 120:3" });
  return { height: BigInt(height), index: index === undefined ? LAST_INDEX : Math.min(Number(index), LAST_INDEX) };
}

/** A place as `--from` takes it; all of a block is its height alone. */
export function placeText({ height, index }: ChainPlace): string {
  return index === LAST_INDEX ? String(height) : `${height}:${index}`;
}

/** A page of rows of which one more was read than is shown: it is where the next page begins. */
export function pageOf<Row>(rows: readonly Row[], count: number, place: (row: Row) => string): Page<Row> {
  const next = rows[count];
  return { rows: rows.slice(0, count), ...(next === undefined ? {} : { next: place(next) }) };
}
