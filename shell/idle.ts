import type { Clock } from "../node/ports.ts";

/** How long a session may wait for somebody who does nothing. */
export interface IdleLimits {
  /** Nothing is typed at a prompt, or comes on standard input, for this long: the session ends. */
  readonly idleMs: number;
  /** So long before that it is said. */
  readonly idleWarningMs: number;
}

/** What a session needs to watch for idleness. */
export interface IdleParts {
  readonly clock: Clock;
  readonly idle: IdleLimits;
}

/** "30 minutes", rounded. */
export function inMinutes(ms: number): string {
  const count = Math.round(ms / 60_000);
  return count === 1 ? "1 minute" : `${count} minutes`;
}

/**
 * Counts how long somebody types nothing at a prompt, or sends nothing to a session without a terminal. It counts only
 * between `start` and `stop`: while a line runs, a signer is asked or a receipt is waited for, nobody is idle.
 */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #limits: IdleLimits;
  readonly #tell: { readonly warn: () => void; readonly end: () => void };
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, limits: IdleLimits, tell: { readonly warn: () => void; readonly end: () => void }) {
    this.#clock = clock;
    this.#limits = limits;
    this.#tell = tell;
  }

  /** From now on, and anew with each key. */
  start(): void {
    const { idleMs, idleWarningMs } = this.#limits;
    this.stop();
    this.#cancel = this.#clock.after(idleMs - idleWarningMs, () => {
      this.#cancel = this.#clock.after(idleWarningMs, this.#tell.end);
      this.#tell.warn();
    });
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => undefined;
  }
}
