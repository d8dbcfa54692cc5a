import { FaultError } from "../../lang/base/fault.ts";
import type { Identity } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Clock } from "../ports.ts";

/** What a sandbox may use for free (G52), in ERG. It bounds how long any line can run (R7). */
export interface GraceLimits {
  readonly capacityErg: number;
  readonly refillErgPerSecond: number;
  readonly mostErgPerLine: number;
  /** Below this a line is refused rather than started. */
  readonly leastErg: number;
  /** Budgets kept at once; the fullest is forgotten first, which gives nothing away. */
  readonly mostBudgets: number;
}

const GRACE_LIMITS: GraceLimits = {
  capacityErg: 2_000_000_000,
  refillErgPerSecond: 20_000_000,
  mostErgPerLine: 200_000_000,
  leastErg: 1_000_000,
  mostBudgets: 65_536,
};

interface Budget {
  erg: number;
  atMs: number;
}

/** A budget as its owner sees it. */
export interface GraceView {
  readonly leftErg: number;
  readonly capacityErg: number;
  readonly refillErgPerSecond: number;
}

/** What `ergleft` prints after `usedErg` more were used. */
export function graceText({ leftErg, capacityErg, refillErgPerSecond }: GraceView, usedErg: number): string {
  const left = Math.max(0, leftErg - usedErg);
  const seconds = Math.ceil((capacityErg - left) / refillErgPerSecond);
  const refill = seconds === 0 ? "none is missing" : `all is back in ${seconds} s`;
  return `${left} of ${capacityErg} ERG of free computing left; ${refillErgPerSecond} come back each second, ${refill}`;
}

/** A token bucket for each proved key or source address. */
export class GraceBudget {
  private readonly budgets = new Map<string, Budget>();
  private readonly clock: Clock;
  private readonly limits: GraceLimits;

  constructor(clock: Clock, limits: GraceLimits = GRACE_LIMITS) {
    this.clock = clock;
    this.limits = limits;
  }

  /** ERG left for `identity` now. */
  left(identity: string): number {
    return Math.floor(this.refill(identity).erg);
  }

  view(identity: string): GraceView {
    const { capacityErg, refillErgPerSecond } = this.limits;
    return { leftErg: this.left(identity), capacityErg, refillErgPerSecond };
  }

  /** The most one line may use. Faults THREAD_GRACE_SPENT when too little is left. */
  grant(identity: string): number {
    const left = this.left(identity);
    const { leastErg, refillErgPerSecond, mostErgPerLine } = this.limits;
    if (left < leastErg) {
      const refillMs = Math.ceil(((leastErg - left) / refillErgPerSecond) * 1000);
      throw new FaultError<ThreadFault>({ code: "THREAD_GRACE_SPENT", refillMs });
    }
    return Math.min(left, mostErgPerLine);
  }

  spend(identity: string, erg: number): void {
    const budget = this.refill(identity);
    budget.erg = Math.max(0, budget.erg - erg);
  }

  private refill(identity: string): Budget {
    const nowMs = this.clock.nowMs();
    const { capacityErg, refillErgPerSecond } = this.limits;
    const budget = this.budgets.get(identity);
    if (budget === undefined) return this.open(identity, nowMs);
    const gained = (Math.max(0, nowMs - budget.atMs) / 1000) * refillErgPerSecond;
    budget.erg = Math.min(capacityErg, budget.erg + gained);
    budget.atMs = nowMs;
    return budget;
  }

  private open(identity: string, nowMs: number): Budget {
    if (this.budgets.size >= this.limits.mostBudgets) this.forgetFullest();
    const budget = { erg: this.limits.capacityErg, atMs: nowMs };
    this.budgets.set(identity, budget);
    return budget;
  }

  private forgetFullest(): void {
    let fullest: string | undefined;
    let most = -1;
    for (const [identity, budget] of this.budgets) {
      if (budget.erg > most) [fullest, most] = [identity, budget.erg];
    }
    if (fullest !== undefined) this.budgets.delete(fullest);
  }
}

/** Budgets belong to the proved key, else to the address the session comes from (R1). */
export function graceKey(identity: Identity): string {
  return identity.level === "proved" ? identity.key.fingerprint : `address ${identity.sourceAddress}`;
}
