import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { Library } from "../../lang/host.ts";
import type { OutsideWordSpec, RunResult } from "../../lang/machine/run-result.ts";
import type { PackageFault, ThreadFault } from "../fault.ts";
import type { LedgerParams } from "../ledger/params.ts";
import { encodeProgram, PROGRAM_LIMITS, type Program } from "../../lang/program/program.ts";
import { draftPackage, previewPackage } from "../package/draft-package.ts";
import { proveFor } from "../package/prove.ts";
import { decodeThread, encodeThread, type ThreadIdentity } from "../package/thread-codec.ts";
import { NO_RECORDING } from "../package/recording.ts";
import { ThreadRuntime } from "../package/thread-runtime.ts";
import { BaseState } from "../state/base-state.ts";
import { showPlace } from "../state/paths.ts";
import { Realm } from "../state/realm.ts";
import type { Disk } from "../ports.ts";
import type { StateReader } from "../state/versioned.ts";
import type { IdentifyJob, ImportJob, Job, LinkJob, LinkReply, Note, OpenJob, ProveJob, ResumeJob, RunJob, RunReply, RunReplyOutcome, RuntimeFacts, SyncJob, SyncReply, ThreadRef, ThreadReply } from "./jobs.ts";
import { replayJob } from "../explorer/replay-job.ts";
import { createBlockRunner, verifyJob } from "./block-runner.ts";
import { createPackageRunner } from "./package-runner.ts";

export interface JobRunnerParts {
  readonly reader: StateReader;
  /** Where blocks plan their writes; workers that run no blocks need none. */
  readonly disk?: Disk;
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
  readonly outsideWords: readonly OutsideWordSpec[];
  readonly library?: Library;
  /** Bytes a program printed, for whoever waits for the job. */
  readonly note: (note: Note) => void;
}

/** Threads a worker keeps ready to go on; the others come back from their bytes. */
const HELD_THREADS = 64;
/** Output is sent in pieces of this size, or when the job ends. */
const OUTPUT_PIECE_BYTES = 16 << 10;

interface Held {
  readonly version: number;
  readonly runtime: ThreadRuntime;
  readonly identity: ThreadIdentity;
}

/** Does the jobs of one worker, one after another. Throws FaultError for what a job is refused. */
export function createJobRunner(parts: JobRunnerParts): { run(job: Job): unknown } {
  const held = new Map<string, Held>();
  // Of the job that is being done: a worker does one after another.
  let baseSeconds = 0;
  const words = { timeSeconds: () => baseSeconds, outsideWords: parts.outsideWords, ...(parts.library !== undefined && { library: parts.library }) };
  const output = createOutput(parts.note);
  const runPackage = createPackageRunner(parts);
  const runBlock = createBlockRunner({ ...parts, disk: parts.disk });

  function take(ref: ThreadRef): Held {
    const known = held.get(ref.key);
    held.delete(ref.key);
    if (known?.version === ref.version) return known;
    if (ref.state === undefined) throw new FaultError<ThreadFault>({ code: "THREAD_LOST", reason: "the worker that held it let it go" });
    return decoded(ref, ref.state);
  }

  function decoded(ref: ThreadRef, state: Uint8Array): Held {
    let identity: ThreadIdentity | undefined;
    const runtime = decodeThread(state, parts.reader, (found) => {
      identity = found;
      return { ...found, ...words, write: output.write, page: output.page, interrupt: ref.interrupt };
    });
    return { version: ref.version, runtime, identity: identity as ThreadIdentity };
  }

  function keep(ref: ThreadRef, version: number, { runtime, identity }: Held): void {
    held.set(ref.key, { version, runtime, identity });
    const [oldest] = held.keys();
    if (held.size > HELD_THREADS && oldest !== undefined) held.delete(oldest);
  }

  function reply<Outcome>(ref: ThreadRef, thread: Held, outcome: Outcome): ThreadReply<Outcome> {
    keep(ref, ref.version + 1, thread);
    return { state: encodeThread(thread.runtime, thread.identity), facts: factsOf(thread.runtime), outcome };
  }

  function open(job: OpenJob): ThreadReply<undefined> {
    const identity = { signer: job.signer, identityText: job.identityText, kind: job.threadKind };
    const setup = { ...identity, ...words, write: output.write, page: output.page, interrupt: job.thread.interrupt };
    const directory = { domain: job.signer, path: "/" };
    const runtime = new ThreadRuntime(setup, Realm.at(parts.reader, job.base), { directory, recording: NO_RECORDING });
    return reply(job.thread, { version: 0, runtime, identity }, undefined);
  }

  function runLines(job: RunJob): RunReply {
    const thread = take(job.thread);
    const { mode, sourceName, ergLimit, columns, interactive } = job;
    thread.runtime.grace = job.grace;
    output.pages(interactive ? "apart" : "printed");
    baseSeconds = job.baseSeconds;
    const result = thread.runtime.run(job.source, { mode, sourceName, ergLimit, columns, interactive });
    output.flush();
    return reply(job.thread, thread, outcomeOf(result, thread.runtime));
  }

  function resume(job: ResumeJob): RunReply {
    const thread = take(job.thread);
    baseSeconds = job.baseSeconds;
    const result = thread.runtime.resume(job.input.length === 0 ? undefined : job.input);
    output.flush();
    return reply(job.thread, thread, outcomeOf(result, thread.runtime));
  }

  function importWord(job: ImportJob): RunReply {
    const thread = take(job.thread);
    return reply(job.thread, thread, outcomeOf(thread.runtime.importWord(job.name), thread.runtime));
  }

  function sync(job: SyncJob): SyncReply {
    const thread = take(job.thread);
    if (job.committed) thread.runtime.committed(new BaseState(parts.reader, job.base));
    const report = job.committed ? { overlapping: [] } : thread.runtime.sync(job.base);
    const paths = report.overlapping.map((place) => showPlace(place, thread.identity.signer));
    return reply(job.thread, thread, { overlapping: paths });
  }

  /** The thread as it was, for somebody else: only `~` and what stands on it change. */
  function identify(job: IdentifyJob): ThreadReply<undefined> {
    const { runtime, identity } = take(job.thread);
    const { inner } = runtime;
    if (equalBytes(inner.directory.domain, identity.signer)) inner.directory = { domain: job.signer, path: "/" };
    const state = encodeThread(runtime, { ...identity, signer: job.signer, identityText: job.identityText });
    return reply(job.thread, decoded(job.thread, state), undefined);
  }

  function link(job: LinkJob): LinkReply {
    const thread = take(job.thread);
    keep(job.thread, job.thread.version, thread);
    const { height, stateRoot } = thread.runtime.realm.base;
    return { program: encoded(thread.runtime.link(job.when)), base: { height, stateRoot } };
  }

  function prove({ thread: ref, subject, base, headers }: ProveJob): Uint8Array {
    const thread = take(ref);
    keep(ref, ref.version, thread);
    return proveFor({ home: thread.identity.signer, directory: thread.runtime.inner.directory }, subject, { base, headers }, parts.reader);
  }

  return {
    run(job) {
      switch (job.kind) {
        case "open":
          return open(job);
        case "run":
          return runLines(job);
        case "resume":
          return resume(job);
        case "import":
          return importWord(job);
        case "sync":
          return sync(job);
        case "draft":
          return draftPackage(job, parts);
        case "preview":
          return previewPackage(job.draft, parts);
        case "identify":
          return identify(job);
        case "link":
          return link(job);
        case "prove":
          return prove(job);
        case "package":
          return runPackage(job);
        case "block":
          return runBlock(job);
        case "replay":
          return replayJob(job, parts);
        case "verify":
          return verifyJob(job);
      }
    },
  };
}

/** What no block could hold is refused as a package. */
function encoded(program: Program): Uint8Array {
  try {
    return encodeProgram(program);
  } catch (error) {
    if (!isFaultError(error) || error.fault.code !== "LANG_TOO_LARGE") throw error;
    throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: PROGRAM_LIMITS.bytes });
  }
}

function outcomeOf(result: RunResult, { machine }: ThreadRuntime): RunReplyOutcome {
  switch (result.kind) {
    case "done":
      return { kind: "done", stack: machine.stackShown(), depth: machine.depth, ergUsed: result.ergUsed };
    case "fault":
      return { kind: "fault", report: result.report, ergUsed: result.ergUsed };
    case "exit":
      return { kind: "exit", code: result.code };
    case "waiting":
      return { kind: "waiting", ergUsed: result.ergUsed };
    case "outside":
      return result;
  }
}

/** What the prompt shows. */
function factsOf(runtime: ThreadRuntime): RuntimeFacts {
  const { recording, realm, machine } = runtime;
  return {
    recording: recording.phase,
    pendingLines: recording.lines.length,
    baseHeight: realm.base.height,
    directory: runtime.directoryText(),
    unfinished: machine.unfinished,
    isClean: realm.isClean && recording.phase === "off" && !machine.waiting,
    undoBarrier: runtime.undoBarrier,
    hasChanged: runtime.host.hasChanged,
  };
}

interface Output {
  write(bytes: Uint8Array): void;
  flush(): void;
  /** Whether `less` is shown apart from the output, by whoever reads it, or printed. */
  pages(shown: "apart" | "printed"): void;
  page(content: Uint8Array, title: string): void;
}

function createOutput(send: (note: Note) => void): Output {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let shown: "apart" | "printed" = "printed";
  const flush = (): void => {
    if (size > 0) send(new Uint8Array(Buffer.concat(pieces)));
    [pieces, size] = [[], 0];
  };
  const write = (bytes: Uint8Array): void => {
    pieces.push(bytes.slice());
    size += bytes.length;
    if (size >= OUTPUT_PIECE_BYTES) flush();
  };
  return {
    flush, write,
    pages: (wanted) => void (shown = wanted),
    page(content, title) {
      if (shown === "printed") return write(content);
      flush();
      send({ content: content.slice(), title });
    },
  };
}
