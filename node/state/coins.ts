import { FaultError } from "../../lang/base/fault.ts";
import type { DecimalValue } from "../../lang/value.ts";
import type { StateFault } from "../fault.ts";
import { COIN_DECIMALS, LIMITS } from "./limits.ts";
import type { Realm } from "./realm.ts";

/**
 * Moves coins within a realm. A payment to oneself must be covered and changes nothing.
 * Base units. Faults: STATE_INSUFFICIENT, STATE_BAD_AMOUNT.
 */
export function payCoins(realm: Realm, payment: { readonly from: Uint8Array; readonly to: Uint8Array; readonly units: bigint }): void {
  const { from, to, units } = payment;
  const bad = (reason: "negative" | "too-large"): FaultError<StateFault> => new FaultError<StateFault>({ code: "STATE_BAD_AMOUNT", amount: String(units), reason });
  if (units < 0n) throw bad("negative");
  if (units >> BigInt(LIMITS.amountBits) !== 0n) throw bad("too-large");
  realm.adjustBalance(from, -units);
  realm.adjustBalance(to, units);
}

/** Base units as an exact number of coins, in the one form a decimal has. */
export function coinsOf(units: bigint): DecimalValue {
  let coefficient = units;
  let scale: number = COIN_DECIMALS;
  while (scale > 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    scale--;
  }
  return { kind: "decimal", coefficient, scale };
}

const UNITS_PER_COIN = 10n ** BigInt(COIN_DECIMALS);

/** An exact amount: "1 coin", "1.5 coins", "0.000000000000000001 coins". Never rounded. */
export function coinsText(units: bigint): string {
  const fraction = (units % UNITS_PER_COIN).toString().padStart(COIN_DECIMALS, "0").replace(/0+$/, "");
  const amount = `${units / UNITS_PER_COIN}${fraction === "" ? "" : `.${fraction}`}`;
  return `${amount} ${amount === "1" ? "coin" : "coins"}`;
}
