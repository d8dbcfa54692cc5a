import { Worker } from "node:worker_threads";
import { FaultError, type Fault } from "../../lang/base/fault.ts";
import { endWorker } from "./end-worker.ts";

/**
 * Runs jobs in worker threads (R7). A worker does one job at a time. Two workers are kept warm; when
 * every worker has been busy for `patienceMs` and jobs wait, another starts, up to `mostWorkers`, so a
 * long program keeps its worker and the others go on. One identity holds at most `mostPerIdentity`
 * workers; what exceeds that waits in its own line. A job whose worker dies rejects; nothing else notices.
 */
export interface PoolLimits {
  readonly warmWorkers: number;
  readonly mostWorkers: number;
  readonly mostPerIdentity: number;
  readonly patienceMs: number;
  /** Old-space limit of one worker in MiB; a memory bomb ends its own worker only (T15). */
  readonly heapMiB: number;
  /** Room of one worker for what is new, in MiB; the engine's choice otherwise. */
  readonly youngMiB?: number;
}

/** For the workers in which lines of sessions run. */
export const POOL_LIMITS: PoolLimits = { warmWorkers: 2, mostWorkers: 8, mostPerIdentity: 2, patienceMs: 20, heapMiB: 1024 };

/**
 * For the workers that run blocks and check signatures. What a block makes lives until the block is done, so
 * with little room the collector copies all of it several times: a third of the time that a block takes.
 */
export function ledgerPoolLimits(workers: number): PoolLimits {
  return { ...POOL_LIMITS, warmWorkers: workers, mostWorkers: workers, mostPerIdentity: workers, youngMiB: 192 };
}

/** What a worker of the ledger keeps of the newest state, where nobody says otherwise: enough for some hundred thousand domains in use. */
export const LEDGER_CACHE_BYTES = 128 << 20;

export interface PoolJob {
  /** Who pays attention: jobs of one identity never take every worker. */
  readonly identity: string;
  /** Prefer the worker that did the last job of this affinity, because it still holds the state. */
  readonly affinity?: string;
  /** Makes the message when the worker is known, so that state a worker already holds is not sent again. */
  readonly message: (worker: WorkerHandle) => { readonly body: unknown; readonly transfer?: readonly ArrayBuffer[] };
  readonly onNote?: (note: unknown) => void;
  /** Asks a job that is being done to end soon: the pool closes. What has none is short. */
  readonly interrupt?: () => void;
}

/** What a thread needs of a pool; tests have one that runs jobs in place. */
export interface JobPool {
  run(job: PoolJob): Promise<unknown>;
  forget(affinity: string): void;
}

export interface WorkerHandle {
  readonly index: number;
  /** What the pool's user remembers about this worker, e.g. which thread versions it holds. */
  readonly memory: Map<string, number>;
}

/** The worker died under its job; the job may be given to another. */
export class WorkerLost extends Error {
  constructor(reason: string) {
    super(`worker lost: ${reason}`);
    this.name = "WorkerLost";
  }
}

interface Waiting {
  readonly job: PoolJob;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}
interface Member extends WorkerHandle {
  readonly worker: Worker;
  /** It has loaded its code: some 0.4 s, of which nobody should wait if another worker is ready. */
  ready: boolean;
  current: Waiting | undefined;
}

/** Messages from a worker: once that it is ready; for each job any number of notes, then one reply. */
export type WorkerMessage = { readonly kind: "ready" } | { readonly kind: "note"; readonly note: unknown } | { readonly kind: "reply"; readonly reply: unknown } | { readonly kind: "fault"; readonly fault: Fault };

/** Worker threads by number of jobs: some kept warm, one lost is replaced, one identity gets only so many. */
export class WorkerPool implements JobPool {
  private readonly members: Member[] = [];
  private readonly queue: Waiting[] = [];
  private readonly lastHolder = new Map<string, Member>();
  private growTimer: NodeJS.Timeout | undefined;
  private nextIndex = 0;
  private closed = false;
  private readonly firstReady = Promise.withResolvers<void>();
  private readonly entry: URL;
  private readonly workerData: unknown;
  private readonly limits: PoolLimits;

  constructor(entry: URL, workerData: unknown, limits: PoolLimits = POOL_LIMITS) {
    this.entry = entry;
    this.workerData = workerData;
    this.limits = limits;
    for (let i = 0; i < limits.warmWorkers; i++) this.grow();
  }

  /** Resolves when a worker takes jobs without delay; also when the pool closes or its first worker fails. */
  warm(): Promise<void> {
    return this.firstReady.promise;
  }

  /** Resolves with the worker's reply. Rejects with WorkerLost if the worker dies or the pool closes. */
  run(job: PoolJob): Promise<unknown> {
    if (this.closed) return Promise.reject(new WorkerLost("the pool is closed"));
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve, reject });
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.firstReady.resolve();
    clearTimeout(this.growTimer);
    for (const waiting of this.queue.splice(0)) waiting.reject(new WorkerLost("the node is stopping"));
    for (const { current } of this.members) current?.job.interrupt?.();
    await Promise.all(this.members.map((member) => endWorker(member.worker)));
  }

  private grow(): void {
    const worker = new Worker(this.entry, { workerData: this.workerData, resourceLimits: { maxOldGenerationSizeMb: this.limits.heapMiB, ...(this.limits.youngMiB !== undefined && { maxYoungGenerationSizeMb: this.limits.youngMiB }) } });
    const member: Member = { index: this.nextIndex++, memory: new Map(), worker, ready: false, current: undefined };
    worker.on("message", (message: WorkerMessage) => this.receive(member, message));
    worker.on("error", (error) => this.lose(member, error.message));
    worker.on("exit", () => this.lose(member, "it ended"));
    this.members.push(member);
  }

  private receive(member: Member, message: WorkerMessage): void {
    if (message.kind === "ready") {
      member.ready = true;
      return this.firstReady.resolve();
    }
    const { current } = member;
    if (current === undefined) return;
    if (message.kind === "note") {
      current.job.onNote?.(message.note);
      return;
    }
    member.current = undefined;
    if (message.kind === "reply") current.resolve(message.reply);
    else current.reject(new FaultError(message.fault));
    this.dispatch();
  }

  private lose(member: Member, reason: string): void {
    const at = this.members.indexOf(member);
    if (at < 0) return;
    this.members.splice(at, 1);
    this.firstReady.resolve(); // whoever waits for it learns from their job what is wrong
    for (const [affinity, holder] of this.lastHolder) if (holder === member) this.lastHolder.delete(affinity);
    member.current?.reject(new WorkerLost(reason));
    if (this.closed) return;
    if (this.members.length < this.limits.warmWorkers) this.grow();
    this.dispatch();
  }

  private dispatch(): void {
    for (let at = 0; at < this.queue.length; ) {
      const waiting = this.queue[at] as Waiting;
      const member = this.mayRun(waiting.job) ? this.choose(waiting.job) : undefined;
      if (member === undefined) {
        at += 1;
        continue;
      }
      this.queue.splice(at, 1);
      this.assign(member, waiting);
    }
    this.considerGrowing();
  }

  private mayRun(job: PoolJob): boolean {
    const held = this.members.filter((member) => member.current?.job.identity === job.identity).length;
    return held < this.limits.mostPerIdentity;
  }

  private choose(job: PoolJob): Member | undefined {
    const holder = job.affinity === undefined ? undefined : this.lastHolder.get(job.affinity);
    if (holder !== undefined && holder.current === undefined) return holder;
    const free = this.members.filter((member) => member.current === undefined);
    return free.find((member) => member.ready) ?? free[0];
  }

  private assign(member: Member, waiting: Waiting): void {
    member.current = waiting;
    if (waiting.job.affinity !== undefined) this.lastHolder.set(waiting.job.affinity, member);
    const { body, transfer } = waiting.job.message(member);
    member.worker.postMessage(body, [...(transfer ?? [])]);
  }

  /** Jobs that could run wait although no worker is free: look again after the patience, then start one more. */
  private considerGrowing(): void {
    if (this.growTimer !== undefined || this.members.length >= this.limits.mostWorkers) return;
    if (!this.queue.some((waiting) => this.mayRun(waiting.job))) return;
    this.growTimer = setTimeout(() => {
      this.growTimer = undefined;
      if (this.closed || !this.queue.some((waiting) => this.mayRun(waiting.job))) return;
      this.grow();
      this.dispatch();
    }, this.limits.patienceMs);
  }

  /** Tells every worker something that has no reply. */
  broadcast(notice: unknown): void {
    for (const member of this.members) member.worker.postMessage(notice);
  }

  /** A closed session's state is not kept by any worker. */
  forget(affinity: string): void {
    this.lastHolder.delete(affinity);
    for (const member of this.members) member.memory.delete(affinity);
  }
}
