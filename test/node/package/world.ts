import { FaultError, isFaultError } from "../../../lang/base/fault.ts";
import type { OutsideWordSpec } from "../../../lang/machine/run-result.ts";
import type { Identity, LineOutcome, ThreadApi } from "../../../node/api.ts";
import type { PackageResult, ReceiptOutcome } from "../../../node/ledger/block.ts";
import { paramsOf } from "../../../node/ledger/params.ts";
import { createJobRunner } from "../../../node/machines/job-runner.ts";
import type { BaseFacts, DraftJob, DraftReply, Job, LinkReply, Note } from "../../../node/machines/jobs.ts";
import type { JobPool, PoolJob, WorkerHandle } from "../../../node/machines/pool.ts";
import { decodeBody, decodeSignedPackage, encodeSignedPackage } from "../../../node/package/body-codec.ts";
import { executePackage } from "../../../node/package/execute.ts";
import { GraceBudget } from "../../../node/package/grace.ts";
import type { ThreadKind } from "../../../node/package/recorder-rules.ts";
import { addSignature } from "../../../node/package/gather.ts";
import { signBody, verifyPackageSignatures, type SignaturesOf } from "../../../node/package/signing.ts";
import { Thread, type ThreadContext } from "../../../node/package/thread.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { EMPTY_BASE } from "../../../node/state/base-state.ts";
import { absorb, nestedRealm } from "../../../node/state/nested-realm.ts";
import { applyToState } from "../../../node/state/realm-root.ts";
import { Realm } from "../../../node/state/realm.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { createMemoryDisk } from "../../../node/store/memory-disk.ts";
import { keyNamed, seedNamed } from "./package-samples.ts";

const COIN = 10n ** 18n;
const OUTSIDE: readonly OutsideWordSpec[] = [{ word: "ct", params: [], help: "", example: "" }];
const params = paramsOf("devnet");
export const chainId = new Uint8Array(32).fill(3);

export const addressOf = (name: string): Uint8Array => domainOfKey(keyNamed(name));

/** Runs jobs where they are asked for; forgets what it holds when told, as a lost worker does. */
class InlinePool implements JobPool {
  private handle: WorkerHandle = { index: 0, memory: new Map() };
  private runner: { run(job: Job): unknown };
  private readonly makeRunner: () => { run(job: Job): unknown };
  onNote: (note: Note) => void = () => undefined;
  /** Thrown instead of the next reply. */
  failure: Error | undefined;

  constructor(makeRunner: (note: (note: Note) => void) => { run(job: Job): unknown }) {
    this.makeRunner = () => makeRunner((note) => this.onNote(note));
    this.runner = this.makeRunner();
  }

  async run(job: PoolJob): Promise<unknown> {
    await Promise.resolve();
    this.onNote = (note) => job.onNote?.(note);
    const message = structuredClone(job.message(this.handle).body) as Job;
    const reply = structuredClone(this.runner.run(message));
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    return reply;
  }

  forget(): void {
    this.loseWorker();
  }

  loseWorker(): void {
    this.handle = { index: this.handle.index + 1, memory: new Map() };
    this.runner = this.makeRunner();
  }
}

/** 2026-01-01; blocks of this world are a second apart. */
const BLOCK_ZERO_MS = 1_767_225_600_000n;

/** A chain without blocks: state in memory, threads in place, packages executed one by one. */
export class World {
  readonly disk = createMemoryDisk();
  readonly reader = createStateReader(this.disk, { cacheBytes: 1 << 20, folder: "memory" });
  base: BaseFacts = EMPTY_BASE;
  readonly pool = new InlinePool((note) => createJobRunner({ reader: this.reader, params, chainId, outsideWords: OUTSIDE, note }));
  nowMs = 0;
  readonly context: ThreadContext = {
    pool: this.pool,
    grace: new GraceBudget({ nowMs: () => (this.nowMs += 60_000), after: () => () => undefined }),
    base: () => this.base,
    timeMs: (height) => BLOCK_ZERO_MS + height * 1_000n,
  };
  /** Of the last block. */
  results: PackageResult[] = [];
  private nextId = 1;

  /** Everybody named has 1,000 coins. */
  static async with(...names: readonly string[]): Promise<World> {
    const world = new World();
    const realm = world.realm();
    for (const name of names) realm.adjustBalance(addressOf(name), 1_000n * COIN);
    await world.apply(realm);
    return world;
  }

  realm(): Realm {
    return Realm.at(this.reader, this.base);
  }

  async apply(realm: Realm): Promise<void> {
    const height = this.base.height + 1n;
    const { root, operations } = applyToState(realm, height);
    await this.disk.batch(operations, { sync: true });
    this.base = { height, stateRoot: root };
  }

  adopt(name: string, kind: ThreadKind, bytes: Uint8Array): Promise<Thread> {
    return Thread.adopt(this.nextId++, identityOf(name), this.context, { kind, bytes });
  }

  /** A thread of the named key; for its own domain unless another one is named. */
  open(name: string, kind: ThreadKind = "both", domain = addressOf(name)): Promise<Thread> {
    return Thread.open(this.nextId++, identityOf(name), this.context, { signer: domain, identityText: name, kind });
  }

  /** A block with these packages, signed with the keys of who is named. */
  async commit(...packages: readonly { readonly bodyBytes: Uint8Array; readonly by: string | readonly string[] }[]): Promise<readonly ReceiptOutcome[]> {
    const block = this.realm();
    this.results = [];
    const outcomes = packages.map(({ bodyBytes, by }): ReceiptOutcome => {
      const bytes = encodeSignedPackage(signedBy(bodyBytes, typeof by === "string" ? [by] : by));
      const forged = verifyPackageSignatures(decodeSignedPackage(bytes));
      if (forged !== undefined) throw new FaultError(forged);
      const height = this.base.height + 1n;
      const changes = nestedRealm(block);
      const { verdict } = executePackage(decodeSignedPackage(bytes), bytes.length, { height, timeMs: this.context.timeMs(height), rulesVersion: 1, chainId, leaderDomain: new Uint8Array(20) }, params, changes);
      if (verdict.kind === "refused") throw new FaultError(verdict.fault);
      absorb(block, changes);
      this.results.push(verdict.result);
      return verdict.result.outcome;
    });
    await this.apply(block);
    return outcomes;
  }

  /** The package of these threads, drafted on the newest state. */
  async draft(threads: Thread | readonly Thread[], name: string, mode: "strict" | "loose" = "strict", more: Pick<DraftJob, "payer"> & { readonly domain?: Uint8Array } = {}): Promise<DraftReply> {
    const links: LinkReply[] = [];
    for (const thread of [threads].flat()) links.push(await thread.link());
    const job: Job = {
      kind: "draft", programs: links.map(({ program }) => program), seen: (links[0] as LinkReply).base, mode, base: this.base, publicKey: keyNamed(name), domain: addressOf(name), ...more,
      ergPriceUnits: params.minErgPriceUnits, expiryHeight: this.base.height + 100n, timeMs: this.context.timeMs(this.base.height + 1n),
    };
    return (await this.pool.run({ identity: name, message: () => ({ body: job }) })) as DraftReply;
  }
}

/** Somebody who proved the key of that name. */
export function identityOf(name: string): Identity {
  return { level: "proved", sshUser: name, sourceAddress: "memory", key: { algorithm: "ssh-ed25519", fingerprint: `SHA256:${name}`, ed25519: keyNamed(name) } };
}

/** The package with the signatures of who is named, each in every role that asks for it. */
export function signedBy(bodyBytes: Uint8Array, names: readonly string[]): SignaturesOf {
  return names.reduce<SignaturesOf>((signed, name) => {
    const { role: _, ...signature } = signBody(bodyBytes, { seed: seedNamed(name), publicKey: keyNamed(name) });
    return { ...signed, signatures: addSignature(signed, signature) };
  }, { body: decodeBody(bodyBytes), bodyBytes, signatures: [] });
}

async function run(thread: ThreadApi, source: string): Promise<{ readonly outcome: LineOutcome; readonly printed: string }> {
  let printed = "";
  const outcome = await thread.run(source, { mode: "shell", sourceName: "prompt", write: (bytes) => (printed += Buffer.from(bytes).toString()), columns: 80, interactive: false });
  return { outcome, printed };
}

/** What a piece of source prints; it must run well. */
export async function printed(thread: ThreadApi, source: string): Promise<string> {
  const result = await run(thread, source);
  if (result.outcome.kind === "fault") throw new Error(`${source}: ${JSON.stringify(result.outcome.report.fault)}`);
  return result.printed;
}

/** The fault a piece of source ends with, or "none". */
export async function lineFault(thread: ThreadApi, source: string): Promise<string> {
  const { outcome } = await run(thread, source);
  return outcome.kind === "fault" ? outcome.report.fault.code : "none";
}

export async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
  return "none";
}
