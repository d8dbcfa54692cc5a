import type { LedgerFault } from "../fault.ts";

/** What a rule says of a block. Only `reject` is the sender's fault; `orphan` and `early` may become good. */
export type Verdict = { readonly kind: "accept" } | Refusal;
export type Refusal =
  | { readonly kind: "orphan"; readonly missing: Uint8Array }
  | { readonly kind: "early"; readonly untilMs: bigint }
  | { readonly kind: "reject"; readonly fault: LedgerFault };

/** No rule objects. */
export const ACCEPT: Verdict = { kind: "accept" };

/** The verdict that names the rule which was broken. */
export function reject(fault: LedgerFault): Refusal {
  return { kind: "reject", fault };
}

/** The first verdict that is not accept; later rules are not even asked, so put the cheap ones first. */
export function firstObjection(rules: readonly (() => Verdict)[]): Verdict {
  for (const rule of rules) {
    const verdict = rule();
    if (verdict.kind !== "accept") return verdict;
  }
  return ACCEPT;
}
