import { assert } from "../../lang/base/assert.ts";
import { LEADER_SHARE_PERCENT, REPORTER_SHARE_PERCENT, type LedgerParams } from "./params.ts";
import type { AccountState } from "./executor.ts";

/**
 * Who gets what for an epoch. Its pot is the coinbase of its key block and the fees of its data blocks.
 * Fees leave the payer when a package runs and are locked (in nobody's balance) until the epoch is
 * mature, so supply = genesis + coinbases − locked − destroyed at every block.
 */
export interface FeeSplit {
  readonly leaderUnits: bigint;
  readonly nextLeaderUnits: bigint;
}

/**
 * Splits an epoch's pot between its leader and the next. Units, rounded down for the leader; the sum is
 * preserved. Source: Eyal et al., Bitcoin-NG, NSDI 2016, "Remuneration".
 */
export function splitFees(potUnits: bigint): FeeSplit {
  assert(potUnits >= 0n, "a pot is never negative");
  const leaderUnits = (potUnits * LEADER_SHARE_PERCENT) / 100n;
  return { leaderUnits, nextLeaderUnits: potUnits - leaderUnits };
}

/** What the chain knows of an epoch when it is paid. */
export interface EpochAccount {
  readonly leaderDomain: Uint8Array;
  readonly nextLeaderDomain: Uint8Array;
  readonly feesUnits: bigint;
  /** Whoever proved that the epoch's leader cheated (G71). */
  readonly leaderReporter?: Uint8Array;
  /** The same of the next leader, in its own epoch: a cheater loses every share. */
  readonly nextReporter?: Uint8Array;
}
export interface Payout {
  readonly domain: Uint8Array;
  readonly units: bigint;
}

/** Payments for one mature epoch. A cheater's part goes to the reporter in a small share; the rest is destroyed. */
export function payoutsOf(epoch: EpochAccount, params: LedgerParams): Payout[] {
  const { leaderUnits, nextLeaderUnits } = splitFees(params.coinbaseUnits + epoch.feesUnits);
  return [shareOf(epoch.leaderDomain, leaderUnits, epoch.leaderReporter), shareOf(epoch.nextLeaderDomain, nextLeaderUnits, epoch.nextReporter)];
}

function shareOf(domain: Uint8Array, units: bigint, reporter: Uint8Array | undefined): Payout {
  return reporter === undefined ? { domain, units } : { domain: reporter, units: (units * REPORTER_SHARE_PERCENT) / 100n };
}

/** Key height of the epoch that a key block of this key height pays; undefined while none is mature. */
export function maturingEpoch(keyHeight: bigint, params: LedgerParams): bigint | undefined {
  const epoch = keyHeight - params.maturityKeyBlocks;
  return epoch >= 1n ? epoch : undefined;
}

/** Writes payments into the state of the key block that makes them. */
export function applyPayouts(payouts: readonly Payout[], state: AccountState): void {
  for (const { domain, units } of payouts) if (units > 0n) state.credit(domain, units);
}
