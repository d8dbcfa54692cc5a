import { FaultError } from "../../lang/base/fault.ts";
import type { HeldLock, Identity, JournalInfo, LineOutcome, RunOptions, SessionThreads, StartOptions, ThreadApi, ThreadInfo, ThreadOutput, ThreadStatus } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Clock } from "../ports.ts";
import { CommitLock, type CommitEvent } from "./commit-lock.ts";
import type { ProofLink, ProofSubject } from "./prove.ts";
import type { SharedThreads } from "./shared-threads.ts";
import type { SessionJournals } from "./session-journals.ts";
import { steeringLine } from "./steering.ts";
import type { Thread, ThreadSelf } from "./thread.ts";

/** Threads of one session. Each is data of some ten kilobytes between lines. */
const MOST_THREADS = 64;
/** Bytes of all of them between lines, so that one session cannot fill a node's memory: a machine filled to its limits, once more for `undo`, and room. */
const MOST_BYTES = 128 << 20;
/** Bytes of all threads of all sessions of one key, or of one address that proved none: twice that, whatever number of sessions it opens. */
const MOST_BYTES_TOGETHER = 256 << 20;
/** Output kept of a line that runs in the background; the front is lost first. */
const KEPT_OUTPUT_BYTES = 64 << 10;
const MAIN_THREAD = "main";

interface Drafted {
  readonly threads: readonly { readonly thread: Thread; readonly pendingLines: number }[];
  /** The domain it was made for. */
  readonly signer?: Uint8Array;
}

interface Member {
  readonly name: string;
  readonly thread: Thread;
  readonly isShared: boolean;
  /** Started by another session; it ends with the last session that holds it. */
  readonly isJoined: boolean;
  /** Ends listening to commits of the thread by other sessions. */
  readonly stopListening: () => void;
  output: Uint8Array;
  /** The line that runs in the background, or how the last one ended. */
  background: "none" | "running" | LineOutcome;
}

/** Who a session's threads act for. */
export interface SessionUser {
  readonly identity: Identity;
  readonly self: ThreadSelf;
}

export interface SessionParts {
  readonly id: number;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly shared: SharedThreads;
  readonly openThread: (kind: ThreadInfo["kind"], who: SessionUser) => Promise<Thread>;
  /** Whose `~` it is while `identity` is known: its own domain, a stand-in, or that of `signer` (20 bytes) who signed for it. */
  readonly selfOf: (identity: Identity, signer?: Uint8Array) => ThreadSelf;
  readonly journals: SessionJournals;
  /** What its threads may hold between lines, and those of all sessions of the same user; tests set less. */
  readonly mostBytes?: number;
  readonly mostBytesTogether?: number;
  readonly adoptThread: (kind: ThreadInfo["kind"], bytes: Uint8Array, who: SessionUser) => Promise<Thread>;
}

/**
 * The threads of one session (G14, G19). To the shell it is the thread that is in use; the others keep
 * their stacks, words and realms, and may run a line meanwhile. `ct` gathers all that are ready.
 */
export class Session implements ThreadApi, SessionThreads {
  readonly id: number;
  #user: SessionUser;
  readonly #parts: SessionParts;
  readonly #members = new Map<string, Member>();
  readonly #lock: CommitLock;
  /** Told of commits of its threads by other sessions. */
  readonly #watchers = new Set<(event: CommitEvent) => void>();
  #current: Member;
  #drafted: Drafted = { threads: [] };
  #nextNumber = 2;

  private constructor(parts: SessionParts, user: SessionUser, main: Thread) {
    this.id = parts.id;
    this.#user = user;
    this.#parts = parts;
    this.#lock = new CommitLock(parts.clock);
    this.#current = this.#add({ name: MAIN_THREAD, thread: main, isShared: false, isJoined: false });
  }

  static async open(parts: SessionParts): Promise<Session> {
    const user = { identity: parts.identity, self: parts.selfOf(parts.identity) };
    const session = new Session(parts, user, await parts.openThread("both", user));
    parts.shared.enter(session);
    return session;
  }

  /** 20 bytes: whose `~` it is, maybe a stand-in's. */
  get domain(): Uint8Array {
    return this.#user.self.signer;
  }

  get identity(): Identity {
    return this.#user.identity;
  }

  /** 20 bytes: whose `~` it is. */
  get home(): Uint8Array {
    return this.#user.self.signer;
  }

  /** The session's user proved a key: from now on all its threads are his, and he finds his shared ones (R1). */
  async identify(identity: Identity): Promise<void> {
    this.#parts.shared.leave(this);
    await this.#become({ identity, self: this.#parts.selfOf(identity) });
    this.#parts.shared.enter(this);
    this.#parts.journals.identify(identity);
  }

  async #become(user: SessionUser): Promise<void> {
    this.#user = user;
    const own = [...this.#members.values()].filter(({ isJoined }) => !isJoined);
    await Promise.all(own.map(({ thread }) => thread.identify(user.identity, user.self)));
  }

  /** Fault: THREAD_NOT_COMMITTABLE while a thread records: a recording is for whoever signs it. */
  requireNoRecording(word: string): void {
    const isRecording = [...this.#members.values()].some(({ thread }) => thread.status().recording !== "off");
    if (isRecording) refuse({ code: "THREAD_NOT_COMMITTABLE", word, reason: "it proves you to this node and to nobody else" });
  }

  // The thread in use, as the shell sees it.

  run(source: string, options: RunOptions): Promise<LineOutcome> {
    const steering = this.#current.thread.takesLines ? undefined : steeringLine(source);
    if (steering !== undefined) return Promise.resolve(steering);
    return this.#noted((thread) => thread.run(source, options));
  }
  input(bytes: Uint8Array): void {
    this.#current.thread.input(bytes);
  }
  interrupt(): void {
    this.#current.thread.interrupt();
  }
  importWord(name: string): Promise<void> {
    return this.#noted((thread) => thread.importWord(name));
  }
  undo(): ReturnType<Thread["undo"]> {
    return this.#noted((thread) => thread.undo());
  }
  sync(): ReturnType<Thread["sync"]> {
    return this.#noted((thread) => thread.sync());
  }
  status(): ThreadStatus {
    const { name, thread } = this.#current;
    return { ...thread.status(), ...(name === MAIN_THREAD ? {} : { thread: name }) };
  }

  /** The threads of the last draft are done; the others stay as they are, and so does one that recorded more since. */
  async committed(): Promise<void> {
    const { threads, signer } = this.#drafted;
    this.#drafted = { threads: [] };
    const done = threads.filter(({ thread, pendingLines }) => thread.status().pendingLines === pendingLines);
    await Promise.all(done.map(({ thread }) => thread.committed()));
    // Nobody known here had a stand-in for `~`; who signed for him shows whose it is (R5).
    const { identity } = this.#user;
    if (signer !== undefined && !hasDomain(identity)) await this.#become({ identity, self: this.#parts.selfOf(identity, signer) });
    for (const { name, thread } of this.#members.values()) await this.#parts.journals.note(name, thread);
  }

  close(): void {
    this.#parts.shared.leave(this);
    this.#parts.journals.close();
    for (const { thread, stopListening } of this.#members.values()) {
      stopListening();
      thread.leave();
    }
    this.#members.clear();
  }

  prove(subject: ProofSubject, link: ProofLink): Promise<Uint8Array> {
    return this.#current.thread.prove(subject, link);
  }

  // Threads.

  list(): readonly ThreadInfo[] {
    return [...this.#members.values()].map((member) => this.#info(member));
  }

  async start({ name = this.#freeName(), kind = "both", share = "private" }: StartOptions): Promise<ThreadInfo> {
    this.#requireRoom(name);
    const thread = await this.#parts.openThread(kind, this.#user);
    this.#current = this.#add({ name, thread, isShared: share === "shared", isJoined: false });
    return this.#info(this.#current);
  }

  join(name: string): ThreadInfo {
    this.#requireRoom(name);
    const thread = this.#parts.shared.find(this, name);
    thread.enter();
    this.#current = this.#add({ name, thread, isShared: true, isJoined: true });
    return this.#info(this.#current);
  }

  use(name: string): ThreadInfo {
    this.#current = this.#member(name);
    return this.#info(this.#current);
  }

  background(name: string, source: string, options: Pick<RunOptions, "mode" | "columns">): void {
    const member = this.#member(name);
    if (member.background === "running") refuse({ code: "THREAD_BUSY", name });
    member.background = "running";
    const write = (bytes: Uint8Array): void => void (member.output = Buffer.concat([member.output, bytes]).subarray(-KEPT_OUTPUT_BYTES));
    const run = member.thread.run(source, { ...options, sourceName: name, write, interactive: false, onWaiting: () => member.thread.interrupt() });
    void run.then(async (outcome) => {
      await this.#parts.journals.note(name, member.thread);
      member.background = outcome;
    });
  }

  takeOutput(name: string): ThreadOutput {
    const member = this.#member(name);
    const { output, background } = member;
    member.output = new Uint8Array(0);
    if (background !== "running") member.background = "none";
    return { output, ...(typeof background === "string" ? {} : { outcome: background }) };
  }

  pause(name: string): void {
    this.#member(name).thread.pause();
  }

  resume(name: string): void {
    this.#member(name).thread.resume();
  }

  free(name: string): void {
    const member = this.#member(name);
    if (name === MAIN_THREAD) refuse({ code: "THREAD_MAIN" });
    this.#members.delete(name);
    if (this.#current === member) this.#current = this.#member(MAIN_THREAD);
    member.stopListening();
    member.thread.leave();
    if (!member.isJoined) void this.#parts.journals.drop(member.thread);
  }

  // What earlier sessions left behind.

  journals(code?: string): readonly JournalInfo[] {
    return this.#parts.journals.waiting(code);
  }

  /** In place of the first thread, if nothing happened there yet. */
  async resumeJournal(id: string, code?: string): Promise<ThreadInfo> {
    const left = this.journals(code).find((one) => one.id === id) ?? refuse({ code: "THREAD_NO_JOURNAL", id });
    const main = this.#member(MAIN_THREAD);
    const takesMain = left.name === MAIN_THREAD && main.thread.isUntouched;
    const name = takesMain ? MAIN_THREAD : this.#members.has(left.name) ? this.#freeName() : left.name;
    if (!takesMain) this.#requireRoom(name);
    const thread = await this.#parts.journals.resume(id, code, (bytes) => this.#parts.adoptThread(left.kind, bytes, this.#user));
    if (takesMain) main.thread.leave();
    this.#current = this.#add({ name, thread, isShared: false, isJoined: false });
    return this.#info(this.#current);
  }

  forgetJournal(id: string, code?: string): Promise<void> {
    return this.#parts.journals.forget(id, code);
  }

  async keepJournal(): Promise<string> {
    const code = this.#parts.journals.keep();
    for (const { name, thread } of this.#members.values()) await this.#parts.journals.note(name, thread);
    return code;
  }

  // Commit.

  /** Threads that are ready and not paused, oldest first, or the one named. Faults: THREAD_NO_SUCH, THREAD_NOT_RECORDING, THREAD_NOT_READY, THREAD_NOTHING_TO_COMMIT. */
  ready(only?: string): readonly Thread[] {
    const threads = only === undefined ? [...this.#members.values()].map(({ thread }) => thread) : [this.#member(only).thread];
    const ready = threads.filter((thread) => thread.status().recording === "ready" && !thread.isPaused);
    const full = ready.filter((thread) => thread.status().pendingLines > 0);
    if (full.length > 0) return full;
    if (ready.length > 0) refuse({ code: "THREAD_NOTHING_TO_COMMIT" });
    return refuse(threads.some((thread) => thread.status().recording === "recording") ? { code: "THREAD_NOT_READY" } : { code: "THREAD_NOT_RECORDING", word: "ct" });
  }

  /** Threads with recorded lines, ready or not, oldest first. */
  pending(): readonly { readonly name: string; readonly thread: Thread }[] {
    return [...this.#members.values()].filter(({ thread }) => thread.status().pendingLines > 0);
  }

  /** What the last draft holds: `committed` is about these. */
  drafted(threads: readonly Thread[], signer: Uint8Array): void {
    this.#drafted = { threads: threads.map((thread) => ({ thread, pendingLines: thread.status().pendingLines })), signer };
  }

  lockCommit(timeoutMs?: number, only?: string): HeldLock {
    const threads = this.ready(only);
    const held = this.#lock.tryLock(this.#current.name, timeoutMs);
    for (const thread of threads) thread.freeze(this);
    const stop = this.#lock.listen(({ kind }) => {
      if (kind === "locked") return;
      for (const thread of threads) thread.thaw(kind);
      stop();
    });
    return held;
  }

  onCommit(listener: (event: CommitEvent) => void): () => void {
    this.#watchers.add(listener);
    const stop = this.#lock.listen(listener);
    return () => {
      this.#watchers.delete(listener);
      stop();
    };
  }

  /** For other sessions of the same key. */
  ownThread(name: string): Pick<Member, "thread" | "isShared"> | undefined {
    const member = this.#members.get(name);
    return member?.isJoined === false ? member : undefined;
  }

  /** Something that may change the thread in use; its journal is written before the answer is given. */
  async #noted<Answer>(act: (thread: Thread) => Promise<Answer>): Promise<Answer> {
    const { name, thread } = this.#current;
    const answer = await act(thread);
    await this.#parts.journals.note(name, thread);
    return answer;
  }

  #add(fields: Pick<Member, "name" | "thread" | "isShared" | "isJoined">): Member {
    const stopListening = fields.thread.onCommit((kind, by) => by !== this && this.#watchers.forEach((tell) => tell({ kind, holder: fields.name, elsewhere: true })));
    const member: Member = { ...fields, stopListening, output: new Uint8Array(0), background: "none" };
    this.#members.set(fields.name, member);
    if (!fields.isJoined) fields.thread.room = (sizeBytes) => this.#refuseSize(member, sizeBytes);
    return member;
  }

  /** Bytes of its own threads between lines; those that it joined count where they were started. */
  get sizeBytes(): number {
    return this.#bytesBeside(undefined);
  }

  #bytesBeside(member: Member | undefined): number {
    const others = [...this.#members.values()].filter((each) => each !== member && !each.isJoined);
    return others.reduce((sum, { thread }) => sum + thread.sizeBytes, 0);
  }

  /** Whether a thread may have so many bytes; undefined if it may. */
  #refuseSize(member: Member, sizeBytes: number): ThreadFault | undefined {
    const { mostBytes = MOST_BYTES, mostBytesTogether = MOST_BYTES_TOGETHER, shared } = this.#parts;
    const inSession = sizeBytes + this.#bytesBeside(member);
    if (inSession > mostBytes) return { code: "THREAD_TOO_LARGE", limitBytes: mostBytes, of: "session" };
    return inSession + shared.bytesBeside(this) > mostBytesTogether ? { code: "THREAD_TOO_LARGE", limitBytes: mostBytesTogether, of: "user" } : undefined;
  }

  #member(name: string): Member {
    return this.#members.get(name) ?? refuse({ code: "THREAD_NO_SUCH", name });
  }

  #requireRoom(name: string): void {
    if (this.#members.has(name)) refuse({ code: "THREAD_EXISTS", name });
    if (!/^[\p{L}\p{N}_-]{1,32}$/u.test(name)) refuse({ code: "THREAD_BAD_NAME", name });
    if (this.#members.size >= MOST_THREADS) refuse({ code: "THREAD_TOO_MANY", limit: MOST_THREADS });
  }

  #freeName(): string {
    while (this.#members.has(String(this.#nextNumber))) this.#nextNumber += 1;
    return String(this.#nextNumber);
  }

  #info(member: Member): ThreadInfo {
    const { name, thread, isShared } = member;
    const { recording, pendingLines, waiting, behind } = thread.status();
    const state = thread.isPaused ? "paused" : waiting ? "waiting" : thread.isRunning ? "running" : "idle";
    return { name, kind: thread.kind, share: isShared ? "shared" : "private", isCurrent: member === this.#current, state, recording, pendingLines, behind, ergUsed: thread.ergUsed };
  }
}

/** Whether a login proved a key that has a domain. */
export function hasDomain(identity: Identity): boolean {
  return identity.level === "proved" && identity.key.ed25519 !== undefined;
}

function refuse(fault: ThreadFault): never {
  throw new FaultError<ThreadFault>(fault);
}
