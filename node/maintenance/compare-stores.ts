import { compareBytes, equalBytes, fromBigEndian, toHex, utf8 } from "../../lang/base/bytes.ts";
import { decodeRlp, type RlpItem } from "../../lang/base/rlp.ts";
import type { Disk } from "../ports.ts";
import { allUndo, readUndoHead } from "../state/undo-blocks.ts";
import { decodeVersioned } from "../state/versioned-record.ts";

/**
 * Compares a store with one in which the same chain was built anew. What may differ: waiting packages, journals of
 * leader and sessions, side branches, facts about the store, marks of removed keys, the order in a reverse diff.
 */
export interface CompareOptions {
  /** Lowest height at which the store can read state; reverse diffs below are gone. */
  readonly floor: bigint;
  /** The other store began with a snapshot at this height: only state is compared, and what was written up to there has that height. */
  readonly onlyStateFrom?: bigint;
  readonly damaged: (what: string) => Error;
  readonly onRecord?: (done: number) => void;
}

type Pair = { readonly key: Uint8Array; readonly found: Uint8Array | undefined; readonly wanted: Uint8Array | undefined };

/** How many records were compared. Throws what `damaged` makes of the first difference. */
export async function compareStores(found: Disk, wanted: Disk, options: CompareOptions): Promise<number> {
  let records = 0;
  for (const family of options.onlyStateFrom === undefined ? FAMILIES : STATE_FAMILIES) {
    for await (const pair of pairs(found, wanted, family)) {
      const verdict = comparePair(pair, { found, wanted, options });
      if (verdict === "skipped") continue;
      if (verdict !== "same") throw options.damaged(`${verdict}: ${nameOf(pair.key)}`);
      options.onRecord?.(++records);
    }
  }
  return records;
}

function comparePair(pair: Pair, stores: { readonly found: Disk; readonly wanted: Disk; readonly options: CompareOptions }): string {
  const { key, found, wanted } = pair;
  const { options } = stores;
  const family = String.fromCharCode(...key.subarray(0, 3));
  if (SKIPPED.has(family)) return "skipped";
  if (family.startsWith("u/")) return compareUndo(key, stores);
  if (family.startsWith("s/") && isRemoved(found) && isRemoved(wanted)) return "skipped";
  if (options.onlyStateFrom !== undefined && family.startsWith("s/") && isSameState(found, wanted, options.onlyStateFrom)) return "same";
  if (family === "l/c") return compareChildren(pair);
  if (wanted === undefined) return OF_ANY_BRANCH.has(family) || family.startsWith("c/") ? "skipped" : "no block wrote this record";
  if (found === undefined) return "a record is missing";
  return equalBytes(found, wanted) ? "same" : "a record is not what the blocks give";
}

/** State, reverse diffs, contents, ledger, the explorer's index; what else is stored is no part of the chain. */
const FAMILIES = ["c/", "l/", "s/", "u/", "x/"];
const STATE_FAMILIES = ["c/", "s/"];
/** Pool, notices of evictions, journal, tips of side branches, seen evidence and suspicions. */
const SKIPPED = new Set(["l/p", "l/e", "l/s", "l/t", "l/f", "l/d"]);
/** Headers and bodies, also of blocks that are not on the main chain. */
const OF_ANY_BRANCH = new Set(["l/h", "l/b"]);
const UNDO_HEAD_BYTES = 10;

/** The whole reverse diff where its head comes by; its buckets are part of that. */
function compareUndo(key: Uint8Array, { found, wanted, options }: { readonly found: Disk; readonly wanted: Disk; readonly options: CompareOptions }): string {
  const height = fromBigEndian(key.subarray(2, UNDO_HEAD_BYTES));
  if (key.length !== UNDO_HEAD_BYTES || height <= options.floor) return "skipped";
  const [have, want] = [undoText(found, height), undoText(wanted, height)];
  if (want === undefined) return "no block wrote this reverse diff";
  return have === want ? "same" : "a reverse diff is not what the blocks give";
}

function undoText(disk: Disk, height: bigint): string | undefined {
  const head = readUndoHead(disk, height);
  const entries = head === undefined ? undefined : allUndo(disk, height, head);
  return entries?.map(({ key, record }) => `${toHex(key)} ${toHex(record)}`).sort().join("\n");
}

/** A snapshot does not say when a record before it was written. */
function isSameState(found: Uint8Array | undefined, wanted: Uint8Array | undefined, from: bigint): boolean {
  if (found === undefined || wanted === undefined) return false;
  const [have, want] = [decodeVersioned(found), decodeVersioned(wanted)];
  const isSameHeight = have.height === want.height || (have.height <= from && want.height === from);
  return isSameHeight && have.value !== undefined && want.value !== undefined && equalBytes(have.value, want.value);
}

function isRemoved(record: Uint8Array | undefined): boolean {
  return record === undefined || decodeVersioned(record).value === undefined;
}

/** More children may be known than the main chain's. */
function compareChildren({ found, wanted }: Pair): string {
  if (wanted === undefined) return "skipped";
  const have = new Set(idsOf(found));
  return idsOf(wanted).every((id) => have.has(id)) ? "same" : "a child is missing";
}

function idsOf(record: Uint8Array | undefined): string[] {
  const item: RlpItem = record === undefined ? [] : decodeRlp(record);
  return item instanceof Uint8Array ? [] : item.map((id) => (id instanceof Uint8Array ? toHex(id) : ""));
}

/** All keys of a family in both, in byte order. */
async function* pairs(found: Disk, wanted: Disk, family: string): AsyncGenerator<Pair> {
  const range = { start: utf8(family), end: utf8(`${family.slice(0, 1)}0`) }; // 0 comes after /
  const left = found.entries(range)[Symbol.asyncIterator]();
  const right = wanted.entries(range)[Symbol.asyncIterator]();
  let [a, b] = [await left.next(), await right.next()];
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareBytes(a.value[0], b.value[0]);
    const key = (order <= 0 ? a : b).value as readonly [Uint8Array, Uint8Array];
    yield { key: key[0], found: order <= 0 ? (a.value as readonly [Uint8Array, Uint8Array])[1] : undefined, wanted: order >= 0 ? (b.value as readonly [Uint8Array, Uint8Array])[1] : undefined };
    const [movesLeft, movesRight] = [order <= 0, order >= 0];
    if (movesLeft) a = await left.next();
    if (movesRight) b = await right.next();
  }
}

function nameOf(key: Uint8Array): string {
  const family = /^[a-z]\/[a-z]?/.exec(Buffer.from(key.subarray(0, 3)).toString("latin1"))?.[0] ?? "";
  return `record ${family} ${toHex(key.subarray(family.length, family.length + 40))}`;
}
