import { FaultError } from "../../lang/base/fault.ts";
import type { Identity } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Session } from "./session.ts";
import type { Thread } from "./thread.ts";

/** Sessions of one proved key find each other's shared threads here (R1, G21). */
export class SharedThreads {
  readonly #sessions = new Map<string, Set<Session>>();

  enter(session: Session): void {
    const key = keyOf(session.identity);
    if (key === undefined) return;
    this.#sessions.set(key, (this.#sessions.get(key) ?? new Set()).add(session));
  }

  leave(session: Session): void {
    const key = keyOf(session.identity);
    const sessions = key === undefined ? undefined : this.#sessions.get(key);
    if (sessions?.delete(session) === true && sessions.size === 0) this.#sessions.delete(key as string);
  }

  /** A thread that another session of the same key started. Faults: THREAD_NO_SUCH, THREAD_PRIVATE. */
  find(session: Session, name: string): Thread {
    const key = keyOf(session.identity);
    const others = [...((key === undefined ? undefined : this.#sessions.get(key)) ?? [])].filter((one) => one !== session);
    const found = others.flatMap((one) => one.ownThread(name) ?? []);
    const shared = found.find(({ isShared }) => isShared);
    if (shared !== undefined) return shared.thread;
    throw new FaultError<ThreadFault>(found.length > 0 ? { code: "THREAD_PRIVATE", name } : { code: "THREAD_NO_SUCH", name });
  }
}

function keyOf(identity: Identity): string | undefined {
  return identity.level === "proved" ? identity.key.fingerprint : undefined;
}
