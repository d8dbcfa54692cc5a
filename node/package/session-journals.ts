import { FaultError } from "../../lang/base/fault.ts";
import type { Identity, JournalInfo } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Random } from "../ports.ts";
import { readResumeCode, resumeCodeText } from "./resume-code.ts";
import type { JournalBook, JournalOwner } from "./journal-book.ts";
import type { Thread } from "./thread.ts";

const CODE_BYTES = 16;

/** The journals of one session's threads: kept while something is recorded, dropped when it is committed or given up. */
export class SessionJournals {
  readonly #book: JournalBook;
  readonly #random: Random;
  #owner: JournalOwner | undefined;
  readonly #keys = new Map<Thread, { readonly key: string; savedVersion: number }>();

  /** A session that proved no key keeps nothing until `keep` gives it a code (R1, R12). */
  constructor(book: JournalBook, random: Random, identity: Identity) {
    this.#book = book;
    this.#random = random;
    this.identify(identity);
  }

  /** From now on what is recorded is this key's. */
  identify(identity: Identity): void {
    if (identity.level === "proved") this.#owner = { fingerprint: identity.key.fingerprint };
  }

  /** The code that resumes this session's threads. Faults: THREAD_KEPT_BY_KEY where a proved key does that. */
  keep(): string {
    if (this.#owner !== undefined && "fingerprint" in this.#owner) throw new FaultError<ThreadFault>({ code: "THREAD_KEPT_BY_KEY" });
    this.#owner ??= { code: this.#random.bytes(CODE_BYTES) };
    return resumeCodeText(this.#owner.code);
  }

  /** After lines of a thread: what it has pending is safe when this resolves. */
  async note(name: string, thread: Thread): Promise<void> {
    const owner = this.#owner;
    if (owner === undefined) return;
    const { version, bytes, facts } = thread.kept();
    const known = this.#keys.get(thread);
    if (facts.recording === "off") return known === undefined ? undefined : this.#book.drop(known.key);
    if (known?.savedVersion === version) return;
    const place = known ?? { key: this.#book.begin(owner), savedVersion: -1 };
    place.savedVersion = version;
    this.#keys.set(thread, place);
    await this.#book.save(place.key, owner, { name, pendingLines: facts.pendingLines, baseHeight: facts.baseHeight, kind: thread.kind }, bytes);
  }

  /** A thread was given up on purpose. */
  async drop(thread: Thread): Promise<void> {
    const known = this.#keys.get(thread);
    this.#keys.delete(thread);
    if (known === undefined) return;
    await this.#book.drop(known.key);
    this.#book.release(known.key);
  }

  /** What waits to be resumed, by the session's key or by a code. Faults: THREAD_NO_JOURNAL. */
  waiting(code?: string): readonly JournalInfo[] {
    const owner = this.#ownerOf(code);
    return owner === undefined ? [] : this.#book.waiting(owner);
  }

  /** Takes a waiting thread over. `adopt` makes a thread of its bytes. Faults: THREAD_NO_JOURNAL, and those of `adopt`. */
  async resume(id: string, code: string | undefined, adopt: (state: Uint8Array) => Promise<Thread>): Promise<Thread> {
    const owner = this.#ownerOf(code);
    const taken = owner === undefined ? undefined : this.#book.take(owner, id);
    if (taken === undefined) throw new FaultError<ThreadFault>({ code: "THREAD_NO_JOURNAL", id });
    try {
      const thread = await adopt(taken.state);
      this.#owner ??= owner;
      this.#keys.set(thread, { key: taken.key, savedVersion: thread.kept().version });
      return thread;
    } catch (error) {
      this.#book.release(taken.key);
      throw error;
    }
  }

  /** Forgets a waiting thread. Faults: THREAD_NO_JOURNAL. */
  async forget(id: string, code?: string): Promise<void> {
    const owner = this.#ownerOf(code);
    if (owner === undefined || !(await this.#book.dropWaiting(owner, id))) throw new FaultError<ThreadFault>({ code: "THREAD_NO_JOURNAL", id });
  }

  /** The session is over; what it has pending waits to be resumed. */
  close(): void {
    for (const { key } of this.#keys.values()) this.#book.release(key);
    this.#keys.clear();
  }

  #ownerOf(code: string | undefined): JournalOwner | undefined {
    if (code === undefined) return this.#owner;
    const bytes = readResumeCode(code);
    if (bytes === undefined) throw new FaultError<ThreadFault>({ code: "THREAD_NO_JOURNAL", id: code.slice(0, 64) });
    return { code: bytes };
  }
}
