import { FaultError } from "../../lang/base/fault.ts";
import type { ThreadFault } from "../fault.ts";
import type { Clock } from "../ports.ts";

/** Longer than an intent lives, so that a signer who takes all the time there is still finds the lock held. */
const COMMIT_LOCK_MS = 330_000;

/** `holder` is the thread in which `ct` was typed; or, with `elsewhere`, the shared thread that another session commits or has committed. */
export interface CommitEvent {
  readonly kind: "locked" | "released" | "timed-out";
  readonly holder: string;
  readonly elsewhere?: true;
}

/** A commit in progress. */
export interface HeldLock {
  /** Ends the commit, whatever became of it. Doing so twice, or after the time-out, does nothing. */
  release(): void;
}

interface Held {
  readonly holder: string;
  readonly cancelTimer: () => void;
}

/** One committer at a time (G30): who comes second fails at once, and everybody who listens is told. */
export class CommitLock {
  readonly #clock: Clock;
  readonly #listeners = new Set<(event: CommitEvent) => void>();
  #held: Held | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get holder(): string | undefined {
    return this.#held?.holder;
  }

  /** Faults: THREAD_COMMITTING while another holds it. */
  tryLock(holder: string, timeoutMs: number = COMMIT_LOCK_MS): HeldLock {
    if (this.#held !== undefined) throw new FaultError<ThreadFault>({ code: "THREAD_COMMITTING", holder: this.#held.holder });
    const held: Held = { holder, cancelTimer: this.#clock.after(timeoutMs, () => this.#end(held, "timed-out")) };
    this.#held = held;
    this.#tell({ kind: "locked", holder });
    return { release: () => this.#end(held, "released") };
  }

  listen(listener: (event: CommitEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #end(held: Held, kind: "released" | "timed-out"): void {
    if (this.#held !== held) return;
    held.cancelTimer();
    this.#held = undefined;
    this.#tell({ kind, holder: held.holder });
  }

  #tell(event: CommitEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
