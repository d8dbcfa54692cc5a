import { FaultError } from "../../lang/base/fault.ts";
import type { ThreadFault } from "../fault.ts";
import type { Clock } from "../ports.ts";
import { CommitLock, type CommitEvent, type HeldLock } from "./commit-lock.ts";
import type { Member, SessionMembers } from "./session-members.ts";
import type { Thread } from "./thread.ts";

/** Which threads of a session may be committed, one commit at a time (G30), and who is told of it. */
export class SessionCommits {
  readonly #members: SessionMembers;
  readonly #lock: CommitLock;
  /** Told of commits of shared threads by other sessions as well. */
  readonly #watchers = new Set<(event: CommitEvent) => void>();

  constructor(clock: Clock, members: SessionMembers) {
    this.#members = members;
    this.#lock = new CommitLock(clock);
  }

  /** Threads that are ready and not paused, oldest first, or the one named. Faults: THREAD_NO_SUCH, THREAD_NOT_RECORDING, THREAD_NOT_READY, THREAD_NOTHING_TO_COMMIT. */
  ready(only?: string): readonly Thread[] {
    const threads = only === undefined ? this.#members.all.map(({ thread }) => thread) : [this.#members.get(only).thread];
    const ready = threads.filter((thread) => thread.status().recording === "ready" && !thread.gate.isPaused);
    const full = ready.filter((thread) => thread.status().pendingLines > 0);
    if (full.length > 0) return full;
    if (ready.length > 0) refuse({ code: "THREAD_NOTHING_TO_COMMIT" });
    return refuse(threads.some((thread) => thread.status().recording === "recording") ? { code: "THREAD_NOT_READY" } : { code: "THREAD_NOT_RECORDING", word: "ct" });
  }

  /** Threads with recorded lines, ready or not, oldest first. */
  pending(): readonly { readonly name: string; readonly thread: Thread }[] {
    return this.#members.all.filter(({ thread }) => thread.status().pendingLines > 0);
  }

  /** Begins a commit from the thread `holder`; until its end what is ready takes no lines. Faults: THREAD_COMMITTING and those of `ready`. */
  lock(holder: string, { timeoutMs, only }: { readonly timeoutMs: number | undefined; readonly only: string | undefined }): HeldLock {
    const threads = this.ready(only);
    const held = this.#lock.tryLock(holder, timeoutMs);
    for (const thread of threads) thread.gate.freeze(this);
    const stop = this.#lock.listen(({ kind }) => {
      if (kind === "locked") return;
      for (const thread of threads) thread.gate.thaw(kind);
      stop();
    });
    return held;
  }

  listen(listener: (event: CommitEvent) => void): () => void {
    this.#watchers.add(listener);
    const stop = this.#lock.listen(listener);
    return () => {
      this.#watchers.delete(listener);
      stop();
    };
  }

  /** Tells who listens when another session commits this thread; gives what ends that. */
  watch({ name, thread }: Pick<Member, "name" | "thread">): () => void {
    return thread.gate.onCommit((kind, by) => {
      if (by !== this) for (const tell of this.#watchers) tell({ kind, holder: name, elsewhere: true });
    });
  }
}

function refuse(fault: ThreadFault): never {
  throw new FaultError<ThreadFault>(fault);
}
