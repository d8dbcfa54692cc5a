import { equalBytes } from "../../lang/base/bytes.ts";
import type { PackageFault, StateFault } from "../fault.ts";
import { coinsText } from "../state/coins.ts";
import { isInside, type SessionKey } from "../state/key-set.ts";
import { showPlace } from "../state/paths.ts";
import type { Effect } from "./effect.ts";

/**
 * The limits of a session key. What it may not even pay a fee for is refused before it runs; what it did beyond
 * its limits has no effect and is paid for, so that a stolen key can lose no more than the amount it was given.
 */
export function checkSessionTerms({ limits, spentUnits }: SessionKey, height: bigint, greatestFeeUnits: bigint): PackageFault | undefined {
  if (height > limits.untilHeight) return { code: "PACKAGE_SESSION_OVER", untilHeight: limits.untilHeight };
  const leftUnits = limits.spendUnits - spentUnits;
  return greatestFeeUnits > leftUnits ? { code: "PACKAGE_SESSION_SPENT", leftUnits, needUnits: greatestFeeUnits } : undefined;
}

/** What an effect does beyond the limits of the key; undefined if it stays inside. `feeUnits` is what the domain pays besides. */
export function checkSessionEffect({ limits, spentUnits }: SessionKey, effect: Effect, domain: Uint8Array, feeUnits: bigint): StateFault | undefined {
  if (effect.keys.length > 0) return { code: "STATE_SESSION_LIMIT", limit: "keys", what: "" };
  const outside = [...effect.paths, ...effect.rights, ...effect.stored].find((change) => !equalBytes(change.domain, domain) || !isInside(limits, change.path));
  if (outside !== undefined) return { code: "STATE_SESSION_LIMIT", limit: "path", what: showPlace(outside, domain) };
  const spent = spentUnits + feeUnits + spendingOf(effect);
  return spent > limits.spendUnits ? { code: "STATE_SESSION_LIMIT", limit: "amount", what: coinsText(spent) } : undefined;
}

/** What a session key is charged with: all coins that anybody loses, for its domain may have the right to spend others' too. */
export function spendingOf({ balances }: Effect): bigint {
  return balances.reduce((sum, { deltaUnits }) => (deltaUnits < 0n ? sum - deltaUnits : sum), 0n);
}
