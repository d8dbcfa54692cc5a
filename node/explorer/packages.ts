import { toHex } from "../../lang/base/bytes.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import type { PoolEntry } from "../ledger/pool.ts";
import { lossOf, type Effect } from "../package/effect.ts";
import { effectSentences } from "../package/sentences.ts";
import type { PackageTrace } from "./block-trace.ts";
import { findPackage } from "./ids.ts";
import { LAST_INDEX, type ChainPlace } from "./index-keys.ts";
import { tracesDown } from "./index-reader.ts";
import { countOf, pageOf, placeFrom, placeText } from "./pages.ts";
import { entryAt, lowestKept, stageIn, type ExplorerParts } from "./parts.ts";
import type { EvictedRow, PackageFate, PackageRow, Page, PageRequest, WaitingRow } from "./views.ts";

/** Packages: of the main chain, of the pool, and those that left it. */

/** Of the index, read for one page; a page of full blocks ends with fewer rows than asked for. */
const MOST_BYTES = 2 << 20;

/** Packages of the main chain, newest first. */
export async function packagePage(parts: ExplorerParts, request: PageRequest): Promise<Page<PackageRow>> {
  const count = countOf(request);
  const from = placeFrom(request, parts.chain.head().height);
  const rows: PackageRow[] = [];
  let bytes = 0;
  for await (const { height, trace, sizeBytes } of tracesDown(parts.disk, from.height, lowestKept(parts))) {
    if (trace.packages.length === 0) continue;
    const top = height === from.height ? Math.min(from.index, trace.packages.length - 1) : trace.packages.length - 1;
    if (bytes > MOST_BYTES) return { rows, next: placeText({ height, index: top }) };
    bytes += sizeBytes;
    const entry = entryAt(parts, height);
    for (let index = top; index >= 0 && rows.length <= count; index--) rows.push(rowOf(parts, entry, index));
    if (rows.length > count) break;
  }
  return pageOf(rows, count, placeText);
}

/** All packages of a block, in order of execution. */
export function packagesOf(parts: ExplorerParts, entry: ChainEntry): PackageRow[] {
  if (!parts.chain.machine.store.isOnMainChain(entry)) return [];
  return parts.blocks.read(entry).results.map((_, index) => rowOf(parts, entry, index));
}

/** The package at a place of the main chain. Faults: EXPLORER_NO_SUCH, EXPLORER_NOT_KEPT, STORE_DAMAGED. */
export function packageAt(parts: ExplorerParts, place: ChainPlace): { readonly row: PackageRow; readonly trace: PackageTrace } {
  const entry = entryAt(parts, place.height);
  const trace = parts.blocks.read(entry).trace.packages[place.index];
  if (trace === undefined) throw parts.chain.machine.store.damaged(`index of block ${place.height}`);
  return { row: rowOf(parts, entry, place.index), trace };
}

function rowOf(parts: ExplorerParts, entry: ChainEntry, index: number): PackageRow {
  const { store, executor } = parts.chain.machine;
  const { block, results, trace: { packages: traces } } = parts.blocks.read(entry);
  const [result, bytes, trace] = [results[index], block.packages[index], traces[index]];
  if (result === undefined || bytes === undefined || trace === undefined) throw store.damaged(`results of block ${toHex(entry.id)}`);
  const { domain, nonce } = executor.facts(bytes);
  const { packageId, outcome, ergUsed, feeUnits } = result;
  return { packageId, height: entry.height, index, timeMs: entry.timeMs, domain, nonce, outcome, ergUsed, feeUnits, sentences: sentencesOf(trace) };
}

/** No domain has it: nobody is "you" to the explorer, unless the domain asked about is the signer's own. */
const NOBODY: Uint8Array = new Uint8Array(0);

/** What a package did, in words; nothing for one that did nothing. `you` is whose balance is "yours" and whose paths begin with `~`. */
export function sentencesOf({ changes }: PackageTrace, you: Uint8Array = NOBODY): readonly string[] {
  return changes === undefined ? [] : deedSentences(changes.effect, you);
}

/** What it might have spent is for those who sign; here it is done. */
export function deedSentences(effect: Effect, you: Uint8Array = NOBODY): readonly string[] {
  return effectSentences({ ...effect, greatestSpendUnits: lossOf(effect, you) }, you);
}

/** What became of a package. Faults: EXPLORER_NO_SUCH, EXPLORER_AMBIGUOUS. */
export async function packageFate(parts: ExplorerParts, text: string): Promise<PackageFate> {
  const packageId = await findPackage(parts, text);
  const { store } = parts.chain.machine;
  const place = store.place(packageId);
  const entry = place === undefined ? undefined : store.entry(place.blockId);
  if (place !== undefined && entry !== undefined) {
    const { row, trace } = packageAt(parts, { height: entry.height, index: place.index });
    const result = parts.blocks.read(entry).results[place.index];
    if (result === undefined) throw store.damaged(`results of block ${toHex(entry.id)}`);
    return { kind: "included", receipt: { ...result, blockId: entry.id, height: entry.height, index: place.index, stateRoot: entry.stateRoot }, stage: stageIn(parts, entry), row, payer: trace.payer };
  }
  const waiting = parts.pool.get(packageId);
  if (waiting !== undefined) return { kind: "waiting", row: waitingRow(parts, waiting) };
  const row = parts.pool.evictionOf(packageId);
  if (row === undefined) throw store.damaged(`receipt of ${toHex(packageId)}`);
  return { kind: "evicted", row };
}

/** Pages of the pool begin at a package, because it has no other order that lasts. */
export function waitingPage(parts: ExplorerParts, request: PageRequest): Page<WaitingRow> {
  const count = countOf(request);
  const rows = [...parts.pool.entries()].sort((a, b) => Buffer.compare(a.facts.domain, b.facts.domain) || Number(a.facts.nonce - b.facts.nonce));
  const key = ({ facts }: PoolEntry): string => `${toHex(facts.domain)}:${facts.nonce}`;
  const first = request.from === undefined ? 0 : rows.findIndex((row) => isAtOrAfter(row, request.from as string));
  if (first < 0) return { rows: [] };
  const { rows: shown, next } = pageOf(rows.slice(first, first + count + 1), count, key);
  return { rows: shown.map((entry) => waitingRow(parts, entry)), ...(next === undefined ? {} : { next }) };
}

function isAtOrAfter({ facts }: PoolEntry, from: string): boolean {
  const [domain = "", nonce = "0"] = from.split(":");
  const own = toHex(facts.domain);
  return own > domain || (own === domain && facts.nonce >= BigInt(/^[0-9]{1,20}$/.test(nonce) ? nonce : "0"));
}

function waitingRow({ pool }: ExplorerParts, entry: PoolEntry): WaitingRow {
  const { packageId, domain, nonce, ergPriceUnits, ergLimit, expiryHeight } = entry.facts;
  return { packageId, domain, nonce, ergPriceUnits, ergLimit, sizeBytes: entry.bytes.length, expiryHeight, missingNonces: pool.missingBefore(entry) };
}

/** Newest first; pages begin at the number of a notice. */
export function evictedPage({ pool }: ExplorerParts, request: PageRequest): Page<EvictedRow> {
  const count = countOf(request);
  const from = placeFrom(request, BigInt(LAST_INDEX)).height;
  const rows = [...pool.evictions()].reverse().filter(({ order }) => BigInt(order) <= from);
  const { rows: shown, next } = pageOf(rows.slice(0, count + 1), count, ({ order }) => String(order));
  return { rows: shown.map(({ packageId, domain, nonce, reason, height }) => ({ packageId, domain, nonce, reason, height })), ...(next === undefined ? {} : { next }) };
}
