import { FaultError } from "../../lang/base/fault.ts";
import type { Identity, LineOutcome, RunOptions, SyncView, ThreadApi, ThreadStatus } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { BaseFacts, Job, LinkReply, Note, RunReply, RuntimeFacts, SyncReply, ThreadRef, ThreadReply } from "../machines/jobs.ts";
import { WorkerLost, type JobPool, type PoolJob, type WorkerHandle } from "../machines/pool.ts";
import { lostLine, tellNote } from "./line-notes.ts";
import { graceKey, type GraceBudget } from "./grace.ts";
import type { ProofLink, ProofSubject } from "./prove.ts";
import type { ThreadKind } from "./recorder-rules.ts";
import { ThreadGate } from "./thread-gate.ts";
import { ThreadPast, type ThreadState } from "./thread-past.ts";

export interface ThreadContext {
  readonly pool: JobPool;
  readonly grace: GraceBudget;
  readonly base: () => BaseFacts;
  /** Of the block at a height on the chain that counts, in milliseconds since 1970. */
  readonly timeMs: (height: bigint) => bigint;
}

/** `signer` is 20 bytes: whose `~` it is. */
export interface ThreadSelf {
  readonly signer: Uint8Array;
  readonly identityText: string;
  readonly kind?: ThreadKind;
}

/** Why a thread may not have so many bytes, beside the others of its session and of its user; undefined if it may. */
export type ThreadRoom = (sizeBytes: number) => ThreadFault | undefined;

const NO_FACTS: RuntimeFacts = { recording: "off", pendingLines: 0, baseHeight: 0n, directory: "~", unfinished: false, isClean: true, undoBarrier: false, hasChanged: false };

/**
 * A thread as the main thread holds it: data between lines (R7). Jobs of one thread run one after
 * another; the state changes only when a job replies, so a lost worker loses the running line and no more.
 */
export class Thread implements ThreadApi {
  /** What it may grow to; its session sets that. */
  room: ThreadRoom = () => undefined;
  readonly id: number;
  readonly kind: ThreadKind;
  private readonly key: string;
  private readonly context: ThreadContext;
  private state: ThreadState;
  private who: Identity;
  /** Whose `~` it becomes once nothing is pending. */
  private nextSelf: ThreadSelf | undefined;
  private readonly past = new ThreadPast();
  private tail: Promise<unknown> = Promise.resolve();
  private readonly interruptBuffer = new SharedArrayBuffer(4);
  private readonly interruptFlag = new Int32Array(this.interruptBuffer);
  private awaitedInput: ((bytes: Uint8Array) => void) | undefined;
  private closed = false;
  /** Whether it takes lines now. */
  readonly gate = new ThreadGate();
  private wasChanged = false;
  /** Sessions that hold it; it ends with the last. */
  private holders = 1;
  private running = 0;
  ergUsed = 0;

  private constructor(id: number, identity: Identity, context: ThreadContext, kind: ThreadKind) {
    this.kind = kind;
    this.id = id;
    this.who = identity;
    this.key = `thread ${id}`;
    this.context = context;
    this.state = { version: 0, bytes: new Uint8Array(0), facts: NO_FACTS };
  }

  /** Starts a thread on the newest state. */
  static async open(id: number, identity: Identity, context: ThreadContext, self: ThreadSelf): Promise<Thread> {
    const kind = self.kind ?? "both";
    const thread = new Thread(id, identity, context, kind);
    const base = context.base();
    thread.take((await thread.send((ref) => ({ kind: "open", thread: ref, base, signer: self.signer, identityText: self.identityText, threadKind: kind }))) as ThreadReply<undefined>);
    return thread;
  }

  get identity(): Identity {
    return this.who;
  }

  /** Bytes of the thread between lines, and of what `undo` can take back. */
  get sizeBytes(): number {
    return this.state.bytes.length + this.past.sizeBytes;
  }

  /**
   * Somebody proved who he is. With nothing pending `~` is his domain from now on; else the thread keeps the
   * stand-in until its work is committed or dropped, for what it wrote stands there.
   */
  identify(identity: Identity, self: ThreadSelf): Promise<void> {
    this.who = identity;
    this.nextSelf = self;
    return this.inTurn(() => this.becomeNext());
  }

  private async becomeNext(): Promise<void> {
    const self = this.nextSelf;
    if (self === undefined || !this.state.facts.isClean) return;
    this.take((await this.send((thread) => ({ kind: "identify", thread, signer: self.signer, identityText: self.identityText }))) as ThreadReply<undefined>);
    this.past.clear();
    this.nextSelf = undefined;
  }

  /**
   * Goes on with a thread that an earlier session left behind, from the bytes that `kept` gave.
   * Faults: CODEC_MALFORMED for bytes of another version.
   */
  static async adopt(id: number, identity: Identity, context: ThreadContext, left: { readonly kind: ThreadKind; readonly bytes: Uint8Array }): Promise<Thread> {
    const thread = new Thread(id, identity, context, left.kind);
    thread.state = { ...thread.state, bytes: left.bytes };
    const outcome = await thread.run("", { mode: "shell", sourceName: "resume", write: () => undefined, columns: 80, interactive: false });
    if (outcome.kind === "fault") throw new FaultError(outcome.report.fault);
    return thread;
  }

  /** The thread as bytes, for a journal; `version` tells whether they are new. */
  kept(): { readonly version: number; readonly bytes: Uint8Array; readonly facts: RuntimeFacts } {
    return this.state;
  }

  run(source: string, options: RunOptions): Promise<LineOutcome> {
    return this.inTurn(() => this.runNow(source, options));
  }

  input(bytes: Uint8Array): void {
    this.awaitedInput?.(bytes);
  }

  interrupt(): void {
    Atomics.store(this.interruptFlag, 0, 1);
    this.awaitedInput?.(new Uint8Array(0));
  }

  undo(): Promise<string | undefined> {
    return this.inTurn(async () => {
      const before = this.past.pop();
      if (before === undefined) return undefined;
      this.state = { ...before.state, version: this.state.version + 1 };
      return before.source;
    });
  }

  importWord(name: string): Promise<void> {
    return this.inTurn(async () => {
      const start = this.state;
      const reply = (await this.send((thread) => ({ kind: "import", thread, name }))) as RunReply;
      this.take(reply);
      if (reply.outcome.kind === "fault") throw new FaultError(reply.outcome.report.fault);
      this.past.keep({ state: start, source: `import ${name}` }, this.state);
    });
  }

  sync(): Promise<SyncView> {
    return this.inTurn(() => this.rebase(false));
  }

  async committed(): Promise<void> {
    await this.inTurn(() => this.rebase(true));
  }

  status(): ThreadStatus {
    const { facts } = this.state;
    return { ...facts, behind: !facts.isClean && facts.baseHeight < this.context.base().height, waiting: this.awaitedInput !== undefined };
  }

  close(): void {
    this.closed = true;
    this.interrupt();
    this.past.clear();
    this.context.pool.forget(this.key);
  }

  /** Nobody ran a line in it that did more than show something. */
  get isUntouched(): boolean {
    return !this.wasChanged && this.running === 0;
  }

  get isRunning(): boolean {
    return this.running > 0;
  }

  /** Takes no lines until `resume`; what runs is stopped. */
  pause(): void {
    this.gate.isPaused = true;
    this.interrupt();
  }

  resume(): void {
    this.gate.isPaused = false;
  }

  enter(): void {
    this.holders += 1;
  }

  leave(): void {
    this.holders -= 1;
    if (this.holders === 0) this.close();
  }

  /** The program of what was recorded. Faults: THREAD_NOT_RECORDING, THREAD_NOT_READY, THREAD_NOTHING_TO_COMMIT. */
  link(when: "ready" | "anyhow" = "ready"): Promise<LinkReply> {
    return this.inTurn(() => this.send((thread) => ({ kind: "link", thread, when }), undefined, "reads")) as Promise<LinkReply>;
  }

  /** The proof file of what a path names from the thread's directory, or of what is kept there. Faults: STATE_*. */
  prove(subject: ProofSubject, { base, headers }: ProofLink): Promise<Uint8Array> {
    return this.inTurn(() => this.send((thread) => ({ kind: "prove", thread, subject, base, headers }), undefined, "reads")) as Promise<Uint8Array>;
  }

  private async runNow(source: string, options: RunOptions): Promise<LineOutcome> {
    const { refusal } = this.gate;
    if (refusal !== undefined) return { kind: "fault", report: { fault: refusal, trace: [] }, ergUsed: 0 };
    this.running += 1;
    try {
      await this.becomeNext();
      await this.catchUp();
      const outcome = await this.runLine(source, options);
      if ("ergUsed" in outcome) this.ergUsed += outcome.ergUsed;
      return outcome;
    } finally {
      this.running -= 1;
    }
  }

  private async runLine(source: string, options: RunOptions): Promise<LineOutcome> {
    Atomics.store(this.interruptFlag, 0, 0);
    const identity = graceKey(this.identity);
    const start = this.state;
    try {
      const first = this.context.grace.grant(identity);
      const onNote = (note: unknown): void => tellNote(note as Note, options);
      const grace = this.context.grace.view(identity);
      const { mode, sourceName, columns, interactive } = options;
      let reply = (await this.send((thread) => ({ kind: "run", thread, source, mode, sourceName, columns, interactive, ergLimit: first, grace, baseSeconds: this.baseSeconds() }), onNote)) as RunReply;
      this.takeLine(reply, start);
      while (reply.outcome.kind === "waiting") {
        const input = await this.untilInput(options);
        this.awaitedInput = undefined;
        this.context.grace.grant(identity);
        reply = (await this.send((thread) => ({ kind: "resume", thread, input, baseSeconds: this.baseSeconds() }), onNote)) as RunReply;
        this.takeLine(reply, start);
      }
      if ("ergUsed" in reply.outcome) this.context.grace.spend(identity, reply.outcome.ergUsed);
      this.wasChanged ||= reply.facts.hasChanged;
      this.past.remember({ state: start, source }, this.state, reply.outcome);
      return reply.outcome;
    } catch (error) {
      // Two up: a worker that failed half-way may believe it holds the next version.
      this.state = { ...start, version: this.state.version + 2 };
      if (error instanceof WorkerLost) return lostLine(error.message);
      if (error instanceof FaultError) return { kind: "fault", report: { fault: error.fault, trace: [] }, ergUsed: 0 };
      throw error;
    } finally {
      this.awaitedInput = undefined;
    }
  }

  private baseSeconds(): number {
    return Number(this.context.timeMs(this.state.facts.baseHeight) / 1_000n);
  }

  private untilInput(options: RunOptions): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.awaitedInput = resolve;
      options.onWaiting?.();
    });
  }

  /** A thread with nothing pending stands on the newest state without being asked: nobody is surprised by what is old. */
  private async catchUp(): Promise<void> {
    const base = this.context.base();
    const { facts } = this.state;
    if (!facts.isClean || facts.baseHeight >= base.height) return;
    this.take((await this.send((thread) => ({ kind: "sync", thread, base, committed: false }))) as SyncReply);
  }

  private async rebase(committed: boolean): Promise<SyncView> {
    const base = this.context.base();
    const reply = (await this.send((thread) => ({ kind: "sync", thread, base, committed }))) as SyncReply;
    this.take(reply);
    this.past.clear();
    return reply.outcome;
  }

  /** What a line left, if there is room for it. What it computed is spent either way. */
  private takeLine(reply: RunReply, start: ThreadState): void {
    const sizeBytes = reply.state.length;
    const refusal = sizeBytes > start.bytes.length ? this.room(sizeBytes + this.past.sizeBytes) : undefined;
    if (refusal !== undefined) {
      if ("ergUsed" in reply.outcome) this.context.grace.spend(graceKey(this.identity), reply.outcome.ergUsed);
      throw new FaultError<ThreadFault>(refusal);
    }
    this.take(reply);
  }

  private take(reply: ThreadReply<unknown>): void {
    this.state = { version: this.state.version + 1, bytes: reply.state, facts: reply.facts };
  }

  private send(makeJob: (thread: ThreadRef) => Job, onNote?: (note: unknown) => void, access: "reads" | "advances" = "advances"): Promise<unknown> {
    const { version, bytes } = this.state;
    const message: PoolJob["message"] = (worker: WorkerHandle) => {
      const held = worker.memory.get(this.key) === version;
      worker.memory.set(this.key, access === "advances" ? version + 1 : version);
      return { body: makeJob({ key: this.key, version, interrupt: this.interruptBuffer, ...(held ? {} : { state: bytes }) }) };
    };
    return this.context.pool.run({ identity: graceKey(this.identity), affinity: this.key, message, interrupt: () => void Atomics.store(this.interruptFlag, 0, 1), ...(onNote ? { onNote } : {}) });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new FaultError<ThreadFault>({ code: "THREAD_LOST", reason: "the session has ended" }));
    const next = this.tail.then(work, work);
    this.tail = next.catch(() => undefined);
    return next;
  }
}
