import { FaultError } from "../../lang/base/fault.ts";
import type { HeldLock, Identity, JournalInfo, LineOutcome, RunOptions, SessionThreads, StartOptions, ThreadApi, ThreadInfo, ThreadOutput, ThreadStatus } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Clock } from "../ports.ts";
import type { CommitEvent } from "./commit-lock.ts";
import type { ProofLink, ProofSubject } from "./prove.ts";
import type { SharedThreads } from "./shared-threads.ts";
import { SessionCommits } from "./session-commits.ts";
import { SessionMembers, type Member } from "./session-members.ts";
import type { SessionJournals } from "./session-journals.ts";
import { steeringLine } from "./steering.ts";
import type { Thread, ThreadSelf } from "./thread.ts";

/** Output kept of a line that runs in the background; the front is lost first. */
const KEPT_OUTPUT_BYTES = 64 << 10;
const MAIN_THREAD = "main";

interface Drafted {
  readonly threads: readonly { readonly thread: Thread; readonly pendingLines: number }[];
  /** The domain it was made for. */
  readonly signer?: Uint8Array;
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
  readonly #members: SessionMembers;
  readonly #commits: SessionCommits;
  #current: Member;
  #drafted: Drafted = { threads: [] };

  private constructor(parts: SessionParts, user: SessionUser, main: Thread) {
    this.id = parts.id;
    this.#user = user;
    this.#parts = parts;
    this.#members = new SessionMembers({ ...parts, bytesElsewhere: () => parts.shared.bytesBeside(this) });
    this.#commits = new SessionCommits(parts.clock, this.#members);
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
    const own = this.#members.all.filter(({ isJoined }) => !isJoined);
    await Promise.all(own.map(({ thread }) => thread.identify(user.identity, user.self)));
  }

  /** Fault: THREAD_NOT_COMMITTABLE while a thread records: a recording is for whoever signs it. */
  requireNoRecording(word: string): void {
    const isRecording = this.#members.all.some(({ thread }) => thread.status().recording !== "off");
    if (isRecording) refuse({ code: "THREAD_NOT_COMMITTABLE", word, reason: "it proves you to this node and to nobody else" });
  }

  // The thread in use, as the shell sees it.

  run(source: string, options: RunOptions): Promise<LineOutcome> {
    const steering = this.#current.thread.gate.isOpen ? undefined : steeringLine(source);
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
    for (const { name, thread } of this.#members.all) await this.#parts.journals.note(name, thread);
  }

  close(): void {
    this.#parts.shared.leave(this);
    this.#parts.journals.close();
    for (const member of this.#members.all) this.#members.remove(member);
  }

  prove(subject: ProofSubject, link: ProofLink): Promise<Uint8Array> {
    return this.#current.thread.prove(subject, link);
  }

  // Threads.

  list(): readonly ThreadInfo[] {
    return this.#members.all.map((member) => this.#info(member));
  }

  async start({ name = this.#members.freeName(), kind = "both", share = "private" }: StartOptions): Promise<ThreadInfo> {
    this.#members.requireRoom(name);
    const thread = await this.#parts.openThread(kind, this.#user);
    this.#current = this.#add({ name, thread, isShared: share === "shared", isJoined: false });
    return this.#info(this.#current);
  }

  join(name: string): ThreadInfo {
    this.#members.requireRoom(name);
    const thread = this.#parts.shared.find(this, name);
    thread.enter();
    this.#current = this.#add({ name, thread, isShared: true, isJoined: true });
    return this.#info(this.#current);
  }

  use(name: string): ThreadInfo {
    this.#current = this.#members.get(name);
    return this.#info(this.#current);
  }

  background(name: string, source: string, options: Pick<RunOptions, "mode" | "columns">): void {
    const member = this.#members.get(name);
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
    const member = this.#members.get(name);
    const { output, background } = member;
    member.output = new Uint8Array(0);
    if (background !== "running") member.background = "none";
    return { output, ...(typeof background === "string" ? {} : { outcome: background }) };
  }

  pause(name: string): void {
    this.#members.get(name).thread.pause();
  }

  resume(name: string): void {
    this.#members.get(name).thread.resume();
  }

  free(name: string): void {
    const member = this.#members.get(name);
    if (name === MAIN_THREAD) refuse({ code: "THREAD_MAIN" });
    if (this.#current === member) this.#current = this.#members.get(MAIN_THREAD);
    this.#members.remove(member);
    if (!member.isJoined) void this.#parts.journals.drop(member.thread);
  }

  // What earlier sessions left behind.

  journals(code?: string): readonly JournalInfo[] {
    return this.#parts.journals.waiting(code);
  }

  /** In place of the first thread, if nothing happened there yet. */
  async resumeJournal(id: string, code?: string): Promise<ThreadInfo> {
    const left = this.journals(code).find((one) => one.id === id) ?? refuse({ code: "THREAD_NO_JOURNAL", id });
    const main = this.#members.get(MAIN_THREAD);
    const takesMain = left.name === MAIN_THREAD && main.thread.isUntouched;
    const name = takesMain ? MAIN_THREAD : this.#members.has(left.name) ? this.#members.freeName() : left.name;
    if (!takesMain) this.#members.requireRoom(name);
    const thread = await this.#parts.journals.resume(id, code, (bytes) => this.#parts.adoptThread(left.kind, bytes, this.#user));
    if (takesMain) main.stopListening();
    if (takesMain) main.thread.leave();
    this.#current = this.#add({ name, thread, isShared: false, isJoined: false });
    return this.#info(this.#current);
  }

  forgetJournal(id: string, code?: string): Promise<void> {
    return this.#parts.journals.forget(id, code);
  }

  async keepJournal(): Promise<string> {
    const code = this.#parts.journals.keep();
    for (const { name, thread } of this.#members.all) await this.#parts.journals.note(name, thread);
    return code;
  }

  // Commit.

  /** As SessionCommits has it. */
  ready(only?: string): readonly Thread[] {
    return this.#commits.ready(only);
  }

  pending(): ReturnType<SessionCommits["pending"]> {
    return this.#commits.pending();
  }

  /** What the last draft holds: `committed` is about these. */
  drafted(threads: readonly Thread[], signer: Uint8Array): void {
    this.#drafted = { threads: threads.map((thread) => ({ thread, pendingLines: thread.status().pendingLines })), signer };
  }

  lockCommit(timeoutMs?: number, only?: string): HeldLock {
    return this.#commits.lock(this.#current.name, { timeoutMs, only });
  }

  onCommit(listener: (event: CommitEvent) => void): () => void {
    return this.#commits.listen(listener);
  }

  /** For other sessions of the same key. */
  ownThread(name: string): Pick<Member, "thread" | "isShared"> | undefined {
    const member = this.#members.has(name) ? this.#members.get(name) : undefined;
    return member?.isJoined === false ? member : undefined;
  }

  /** Something that may change the thread in use; its journal is written before the answer is given. */
  async #noted<Answer>(act: (thread: Thread) => Promise<Answer>): Promise<Answer> {
    const { name, thread } = this.#current;
    const answer = await act(thread);
    await this.#parts.journals.note(name, thread);
    return answer;
  }

  /** Bytes of its threads between lines. */
  get sizeBytes(): number {
    return this.#members.sizeBytes;
  }

  #add(fields: Pick<Member, "name" | "thread" | "isShared" | "isJoined">): Member {
    return this.#members.add({ ...fields, stopListening: this.#commits.watch(fields) });
  }

  #info(member: Member): ThreadInfo {
    const { name, thread, isShared } = member;
    const { recording, pendingLines, waiting, behind } = thread.status();
    const state = thread.gate.isPaused ? "paused" : waiting ? "waiting" : thread.isRunning ? "running" : "idle";
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
