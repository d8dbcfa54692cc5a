import { equalBytes } from "../../lang/base/bytes.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import { encodeAddress } from "../state/address.ts";
import { paymentTouches, rolesOf, touchesOf, type Touch } from "./block-trace.ts";
import type { ChainPlace } from "./index-keys.ts";
import { touchesBefore, traceAt } from "./index-reader.ts";
import { packageAt, sentencesOf } from "./packages.ts";
import { countOf, placeFrom, placeText } from "./pages.ts";
import { entryAt, lowestKept, type ExplorerParts } from "./parts.ts";
import type { HistoryRow, Page, PageRequest } from "./views.ts";

/** Of blocks, read for one page; a page of full blocks ends with fewer rows than asked for. */
const MOST_BYTES = 4 << 20;

/** What touched a domain, newest first. The deltas of a whole history add up to the balance. */
export async function historyPage(parts: ExplorerParts, domain: Uint8Array, request: PageRequest): Promise<Page<HistoryRow>> {
  const count = countOf(request);
  const from = placeFrom(request, parts.chain.head().height);
  const lowest = lowestKept(parts);
  const { places, next } = await touchesBefore(parts.disk, domain, from, { count, mostBytes: MOST_BYTES });
  const kept = places.filter(({ height }) => height >= lowest);
  const rows: HistoryRow[] = [];
  let [bytes, last] = [0, -1n];
  for (const touch of kept) {
    const { height } = touch;
    if (bytes > MOST_BYTES) return { rows, next: placeText(touch) };
    if (height !== last) bytes += sizeOf(entryAt(parts, height));
    last = height;
    rows.push(rowOf(parts, domain, touch));
  }
  return { rows, ...(next !== undefined && next.height >= lowest && { next: placeText(next) }) };
}

function sizeOf({ header }: ChainEntry): number {
  return header?.kind === "data" ? header.sizeBytes : 0;
}

function rowOf(parts: ExplorerParts, domain: Uint8Array, place: ChainPlace): HistoryRow {
  const entry = entryAt(parts, place.height);
  const facts = { ...place, timeMs: entry.timeMs };
  if (entry.header?.kind !== "data") {
    const paid = own(domain, paymentTouches(traceAt(parts.disk, place.height) ?? { payments: [] }));
    return { ...facts, roles: rolesOf(paid.roles), deltaUnits: paid.deltaUnits, sentences: [place.height === 0n ? "coins of the genesis" : "rewards of a mature epoch"] };
  }
  const { row, trace } = packageAt(parts, place);
  const { roles, deltaUnits } = own(domain, touchesOf(trace));
  const feeUnits = equalBytes(trace.payer ?? trace.signer, domain) ? trace.feeUnits : 0n;
  const sentences = equalBytes(trace.signer, domain) ? sentencesOf(trace, domain) : row.sentences.filter((text) => text.includes(encodeAddress(domain)));
  return { ...facts, roles: rolesOf(roles), deltaUnits: deltaUnits - feeUnits, packageId: row.packageId, signer: trace.signer, outcome: row.outcome, sentences };
}

function own(domain: Uint8Array, touches: readonly Touch[]): Touch {
  return touches.find((touch) => equalBytes(touch.domain, domain)) ?? { domain, roles: 0, deltaUnits: 0n };
}
