import { FaultError } from "../../lang/base/fault.ts";
import { formatAmount } from "../../lang/numbers/amount.ts";
import type { StateFault } from "../fault.ts";
import { TOO_MANY_UNITS } from "./limits.ts";
import type { Realm } from "./realm.ts";

/**
 * Moves coins within a realm. A payment to oneself must be covered and changes nothing.
 * Base units. Faults: STATE_INSUFFICIENT, STATE_BAD_AMOUNT.
 */
export function payCoins(realm: Realm, payment: { readonly from: Uint8Array; readonly to: Uint8Array; readonly units: bigint }): void {
  const { from, to, units } = payment;
  const bad = (reason: "negative" | "too-large"): FaultError<StateFault> => new FaultError<StateFault>({ code: "STATE_BAD_AMOUNT", amount: String(units), reason });
  if (units < 0n) throw bad("negative");
  if (units >= TOO_MANY_UNITS) throw bad("too-large");
  realm.adjustBalance(from, -units);
  realm.adjustBalance(to, units);
}

/** An exact amount: "1 coin", "1.5 coins", "0.000000000000000001 coins". Never rounded. */
export function coinsText(units: bigint): string {
  const amount = formatAmount(units);
  return `${amount} ${amount === "1" ? "coin" : "coins"}`;
}
