import { equalBytes } from "../../lang/base/bytes.ts";
import { allows, fault, findAt, shown, type FileContext } from "./access.ts";
import { payCoins } from "./coins.ts";

/**
 * The file that says who else may pay with a domain's coins: whoever has the right `spend` on it. Only there, and only
 * while it belongs to the domain itself: files change hands, and who buys one must not buy its domain's coins with it.
 */
const PURSE_PATH = "/.purse";

/** Pays from a domain, the actor's own or one whose purse lets him. Faults: STATE_DENIED, STATE_INSUFFICIENT, STATE_BAD_AMOUNT. */
export function payFrom(context: FileContext, payment: { readonly from: Uint8Array; readonly to: Uint8Array; readonly units: bigint }): void {
  if (!equalBytes(payment.from, context.paths.home)) requireSpend(context, payment.from);
  payCoins(context.realm, payment);
}

function requireSpend(context: FileContext, domain: Uint8Array): void {
  const place = { domain, path: PURSE_PATH };
  const purse = findAt(context, place);
  const isOwn = purse.entry !== undefined && equalBytes(purse.entry.owner, domain);
  if (!isOwn || !allows(context, "spend", purse)) throw fault({ code: "STATE_DENIED", path: shown(context, place), right: "spend" });
}
