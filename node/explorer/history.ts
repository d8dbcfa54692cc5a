import { equalBytes } from "../../lang/base/bytes.ts";
import { encodeAddress } from "../state/address.ts";
import { rolesOf } from "./block-trace.ts";
import { touchesBefore, type TouchAt } from "./index-reader.ts";
import { packageAt, sentencesOf } from "./packages.ts";
import { countOf, pageOf, placeFrom, placeText } from "./pages.ts";
import { entryAt, type ExplorerParts } from "./parts.ts";
import type { HistoryRow, Page, PageRequest } from "./views.ts";

/** What touched a domain, newest first. The deltas of a whole history add up to the balance. */
export async function historyPage(parts: ExplorerParts, domain: Uint8Array, request: PageRequest): Promise<Page<HistoryRow>> {
  const count = countOf(request);
  const from = placeFrom(request, parts.chain.head().height);
  const touches = await touchesBefore(parts.disk, domain, from, count + 1);
  return pageOf(touches.map((touch) => rowOf(parts, domain, touch)), count, placeText);
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
