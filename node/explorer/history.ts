import { equalBytes } from "../../lang/base/bytes.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import { encodeAddress } from "../state/address.ts";
import { rolesOf } from "./block-trace.ts";
import { touchesBefore, type TouchAt } from "./index-reader.ts";
import { packageAt, sentencesOf } from "./packages.ts";
import { countOf, pageOf, placeFrom, placeText } from "./pages.ts";
import { entryAt, type ExplorerParts } from "./parts.ts";
import type { HistoryRow, Page, PageRequest } from "./views.ts";

/** Of blocks, read for one page; a page of full blocks ends with fewer rows than asked for. */
const MOST_BYTES = 4 << 20;

/** What touched a domain, newest first. The deltas of a whole history add up to the balance. */
export async function historyPage(parts: ExplorerParts, domain: Uint8Array, request: PageRequest): Promise<Page<HistoryRow>> {
  const count = countOf(request);
  const from = placeFrom(request, parts.chain.head().height);
  const touches = await touchesBefore(parts.disk, domain, from, count + 1);
  const rows: HistoryRow[] = [];
  let [bytes, last] = [0, -1n];
  for (const touch of touches) {
    const { height } = touch.place;
    if (bytes > MOST_BYTES) return { rows, next: placeText(touch.place) };
    if (height !== last) bytes += sizeOf(entryAt(parts, height));
    last = height;
    rows.push(rowOf(parts, domain, touch));
  }
  return pageOf(rows, count, placeText);
}

function sizeOf({ header }: ChainEntry): number {
  return header?.kind === "data" ? header.sizeBytes : 0;
}

function rowOf(parts: ExplorerParts, domain: Uint8Array, { place, touch }: TouchAt): HistoryRow {
  const roles = rolesOf(touch.roles);
  const facts = { ...place, timeMs: entryAt(parts, place.height).timeMs, roles };
  if (roles.includes("rewarded")) return { ...facts, deltaUnits: touch.deltaUnits, sentences: [place.height === 0n ? "coins of the genesis" : "rewards of a mature epoch"] };
  const { row, trace } = packageAt(parts, place);
  const paidFee = equalBytes(trace.payer ?? trace.signer, domain);
  const sentences = equalBytes(trace.signer, domain) ? sentencesOf(trace, domain) : row.sentences.filter((text) => text.includes(encodeAddress(domain)));
  return { ...facts, deltaUnits: touch.deltaUnits - (paidFee ? trace.feeUnits : 0n), packageId: row.packageId, signer: trace.signer, outcome: row.outcome, sentences };
}
