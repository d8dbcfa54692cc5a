import { FaultError } from "../../lang/base/fault.ts";
import type { ThreadFault } from "../fault.ts";
import type { Session } from "./session.ts";
import { graceKey } from "./grace.ts";
import type { Thread } from "./thread.ts";

/**
 * Sessions that belong together: those of one proved key find each other's shared threads here (R1, G21), and
 * those of one key, or of one address that proved none, share what memory their threads may take.
 */
export class SharedThreads {
  readonly #sessions = new Map<string, Set<Session>>();

  enter(session: Session): void {
    const key = graceKey(session.identity);
    this.#sessions.set(key, (this.#sessions.get(key) ?? new Set()).add(session));
  }

  leave(session: Session): void {
    const key = graceKey(session.identity);
    const sessions = this.#sessions.get(key);
    if (sessions?.delete(session) === true && sessions.size === 0) this.#sessions.delete(key);
  }

  /** Bytes that the other sessions of whose this one is hold between lines. */
  bytesBeside(session: Session): number {
    const others = [...(this.#sessions.get(graceKey(session.identity)) ?? [])].filter((one) => one !== session);
    return others.reduce((sum, one) => sum + one.sizeBytes, 0);
  }

  /** A thread that another session of the same key started. Faults: THREAD_NO_SUCH, THREAD_PRIVATE. */
  find(session: Session, name: string): Thread {
    const isProved = session.identity.level === "proved";
    const others = [...((isProved ? this.#sessions.get(graceKey(session.identity)) : undefined) ?? [])].filter((one) => one !== session);
    const found = others.flatMap((one) => one.ownThread(name) ?? []);
    const shared = found.find(({ isShared }) => isShared);
    if (shared !== undefined) return shared.thread;
    throw new FaultError<ThreadFault>(found.length > 0 ? { code: "THREAD_PRIVATE", name } : { code: "THREAD_NO_SUCH", name });
  }
}
