import { assert } from "../../lang/base/assert.ts";
import { equalBytes } from "../../lang/base/bytes.ts";
import type { ChainEntry, ChainView } from "./chain-view.ts";
import type { LedgerParams } from "./params.ts";
import { ACCEPT, reject, type Verdict } from "./verdict.ts";

/** Which branch is the chain: the one with the most work in key blocks, of equals the one seen first. */
export function isHeavier(candidate: ChainEntry, head: ChainEntry): boolean {
  return candidate.totalWork > head.totalWork;
}

/** Newest common ancestor of two blocks. Walks only as far back as the fork. */
export function forkPoint(a: ChainEntry, b: ChainEntry, chain: ChainView): ChainEntry {
  let left = a;
  let right = b;
  while (!equalBytes(left.id, right.id)) {
    if (left.height >= right.height) left = parentOf(left, chain);
    else right = parentOf(right, chain);
  }
  return left;
}

/** Blocks after `ancestor` up to `tip`, oldest first. */
export function pathFrom(ancestor: ChainEntry, tip: ChainEntry, chain: ChainView): ChainEntry[] {
  const path: ChainEntry[] = [];
  for (let at = tip; !equalBytes(at.id, ancestor.id); at = parentOf(at, chain)) path.push(at);
  return path.reverse();
}

/** No branch that leaves the main chain deeper than the bound is taken, however heavy: receipts below are final. */
export function checkReorgDepth(fork: ChainEntry, head: ChainEntry, params: LedgerParams): Verdict {
  if (head.keyHeight - fork.keyHeight <= params.reorgKeyBlocks) return ACCEPT;
  return reject({ code: "LEDGER_TOO_DEEP", limitKeyBlocks: Number(params.reorgKeyBlocks) });
}

function parentOf(entry: ChainEntry, chain: ChainView): ChainEntry {
  const parent = chain.entry(entry.parentId);
  assert(parent !== undefined, "ancestors of a kept block are kept");
  return parent;
}
