import { numberItem } from "../../../lang/base/rlp-fields.ts";
import type { RlpItem } from "../../../lang/base/rlp.ts";
import { totalsItems, type Totals } from "../../explorer/index-codec.ts";
import type { ChainEntry, ChainView } from "../../ledger/chain-view.ts";
import { keyBlockAt } from "../../ledger/chain-view.ts";
import type { LedgerParams } from "../../ledger/params.ts";

/**
 * A snapshot: what a node needs to begin at a final key block instead of the genesis. Records of a container
 * (container.ts), in this order, each a canonical RLP list:
 *
 *     1 about      format, genesis file, height, block id, sums of the explorer: paid, fees, packages, and burnt if anything was
 *     2 headers    of blocks 1 to the height, in order, up to `HEADERS` in a record
 *     3 evidence   a key block of the window that brings proofs of fraud
 *     4 results    height and results of a data block of the window, in order
 *     5 domains    address and record, in order of addresses, up to `ITEMS` in a record
 *     6 entries    address, place in the domain's trie and record, in order, up to `ITEMS`
 *     7 content    of a file that an entry of the record before names
 *
 * Nothing of it is believed: headers are judged by all rules of headers, which gives the work; the window's results
 * by their headers' roots; the state by the root of the last header. Only the sums of the explorer are the writer's
 * word, as far as the state does not contradict them.
 */
export const SNAPSHOT_LINE = "gridshell-snapshot-v1";
export const SNAPSHOT = { about: 1, headers: 2, evidence: 3, results: 4, domains: 5, entries: 6, content: 7 } as const;
const SNAPSHOT_FORMAT = 1;
export const HEADERS = 1_000;
export const ITEMS = 1_000;

export function aboutItem(about: { readonly genesis: Uint8Array; readonly entry: ChainEntry; readonly totals: Totals }): RlpItem {
  const { genesis, entry, totals } = about;
  return [numberItem(SNAPSHOT_FORMAT), genesis, numberItem(entry.height), entry.id, ...totalsItems(totals)];
}

/**
 * The first key block of the window: epochs from here on are not paid yet, and what their leaders get depends on
 * fees and proofs of fraud. `base` is the snapshot's key block.
 */
export function windowStart(base: ChainEntry, params: LedgerParams, chain: ChainView): ChainEntry {
  const keyHeight = base.keyHeight - params.maturityKeyBlocks;
  return keyBlockAt(keyHeight < 1n ? 1n : keyHeight, base, chain);
}
