import type { ThreadFault } from "../fault.ts";
import type { CommitEvent } from "./commit-lock.ts";

/** `by` is what `freeze` was told: whose commit it is. */
export type CommitListener = (kind: CommitEvent["kind"], by: object) => void;

/** Whether a thread takes lines: not while it is paused, nor while its package is being signed, since what was shown is what it holds. */
export class ThreadGate {
  isPaused = false;
  #frozenBy: object | undefined;
  readonly #listeners = new Set<CommitListener>();

  get isOpen(): boolean {
    return !this.isPaused && this.#frozenBy === undefined;
  }

  /** Why a line is refused now; undefined if it is not. */
  get refusal(): ThreadFault | undefined {
    if (this.isPaused) return { code: "THREAD_PAUSED" };
    return this.#frozenBy === undefined ? undefined : { code: "THREAD_COMMITTING", holder: "this thread" };
  }

  freeze(by: object): void {
    this.#frozenBy = by;
    for (const listener of this.#listeners) listener("locked", by);
  }

  thaw(kind: "released" | "timed-out"): void {
    const by = this.#frozenBy;
    if (by === undefined) return;
    this.#frozenBy = undefined;
    for (const listener of this.#listeners) listener(kind, by);
  }

  /** Tells when a commit of the thread begins and ends; gives what ends that. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
