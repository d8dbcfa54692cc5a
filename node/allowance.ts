import type { Clock } from "./ports.ts";

/**
 * So much at once, and so much a second after that: what a stranger may ask of us without being asked to wait.
 * Known as a token bucket. Starts full.
 */
export class Allowance {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, { most, perSecond }: { readonly most: number; readonly perSecond: number }) {
    this.#clock = clock;
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
    this.#atMs = clock.nowMs();
  }

  /** True when there was enough, which is then gone. */
  take(count = 1): boolean {
    this.#refill();
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  /** How long until `take(count)` may succeed. */
  waitMs(count = 1): number {
    this.#refill();
    return Math.max(0, Math.ceil(((count - this.#left) * 1_000) / this.#perSecond));
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    // A clock that was set back refills nothing.
    this.#left = Math.min(this.#most, this.#left + (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1_000);
    this.#atMs = nowMs;
  }
}
