import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { Library } from "../../lang/host.ts";
import type { OutsideWordSpec, RunResult } from "../../lang/machine/run-result.ts";
import type { PackageFault } from "../fault.ts";
import type { LedgerParams } from "../ledger/params.ts";
import { encodeProgram, PROGRAM_LIMITS, type Program } from "../../lang/program/program.ts";
import { draftPackage, previewPackage } from "../package/draft-package.ts";
import { proveFor } from "../package/prove.ts";
import { encodeThread } from "../package/thread-codec.ts";
import { NO_RECORDING } from "../package/recording.ts";
import { ThreadRuntime } from "../package/thread-runtime.ts";
import { BaseState } from "../state/base-state.ts";
import { showPlaceOrNick } from "../state/nicks.ts";
import { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";
import type { AheadDisk } from "../store/ahead-disk.ts";
import type { IdentifyJob, ImportJob, Job, LinkJob, LinkReply, Note, OpenJob, ProveJob, ResumeJob, RunJob, RunReply, RunReplyOutcome, SyncJob, SyncReply, ThreadReply } from "./jobs.ts";
import { replayJob } from "../explorer/replay-job.ts";
import { createBlockRunner, verifyJob } from "./block-runner.ts";
import { HeldThreads } from "./held-threads.ts";
import { createOutput } from "./job-output.ts";
import { createPackageRunner } from "./package-runner.ts";

/** What a worker has for all its jobs. */
export interface JobRunnerParts {
  readonly reader: StateReader;
  /** Where blocks plan their writes; workers that run no blocks need none. */
  readonly disk?: AheadDisk;
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
  readonly outsideWords: readonly OutsideWordSpec[];
  readonly library?: Library;
  /** Bytes a program printed, for whoever waits for the job. */
  readonly note: (note: Note) => void;
}

/** Does the jobs of one worker, one after another. Throws FaultError for what a job is refused. */
export function createJobRunner(parts: JobRunnerParts): { run(job: Job): unknown } {
  // Of the job that is being done: a worker does one after another.
  let baseSeconds = 0;
  const output = createOutput(parts.note);
  const world = { timeSeconds: () => baseSeconds, outsideWords: parts.outsideWords, write: output.write, page: output.page, ...(parts.library !== undefined && { library: parts.library }) };
  const held = new HeldThreads(parts.reader, world);
  const runPackage = createPackageRunner(parts);
  const runBlock = createBlockRunner({ ...parts, disk: parts.disk });

  function open(job: OpenJob): ThreadReply<undefined> {
    const identity = { signer: job.signer, identityText: job.identityText, kind: job.threadKind };
    const setup = { ...identity, ...world, interrupt: job.thread.interrupt };
    const directory = { domain: job.signer, path: "/" };
    const runtime = new ThreadRuntime(setup, Realm.at(parts.reader, job.base), { directory, recording: NO_RECORDING });
    return held.reply(job.thread, { version: 0, runtime, identity }, undefined);
  }

  function runLines(job: RunJob): RunReply {
    const thread = held.take(job.thread);
    const { mode, sourceName, ergLimit, columns, interactive } = job;
    thread.runtime.grace = job.grace;
    output.pages(interactive ? "apart" : "printed");
    baseSeconds = job.baseSeconds;
    const result = thread.runtime.run(job.source, { mode, sourceName, ergLimit, columns, interactive });
    output.flush();
    return held.reply(job.thread, thread, outcomeOf(result, thread.runtime));
  }

  function resume(job: ResumeJob): RunReply {
    const thread = held.take(job.thread);
    baseSeconds = job.baseSeconds;
    const result = thread.runtime.resume(job.input.length === 0 ? undefined : job.input);
    output.flush();
    return held.reply(job.thread, thread, outcomeOf(result, thread.runtime));
  }

  function importWord(job: ImportJob): RunReply {
    const thread = held.take(job.thread);
    return held.reply(job.thread, thread, outcomeOf(thread.runtime.importWord(job.name), thread.runtime));
  }

  function sync(job: SyncJob): SyncReply {
    const thread = held.take(job.thread);
    if (job.committed) thread.runtime.committed(new BaseState(parts.reader, job.base));
    const report = job.committed ? { overlapping: [] } : thread.runtime.sync(job.base);
    const paths = report.overlapping.map((place) => showPlaceOrNick(place, thread.identity.signer));
    return held.reply(job.thread, thread, { overlapping: paths });
  }

  /** The thread as it was, for somebody else: only `~` and what stands on it change. */
  function identify(job: IdentifyJob): ThreadReply<undefined> {
    const { runtime, identity } = held.take(job.thread);
    const { inner } = runtime;
    if (equalBytes(inner.directory.domain, identity.signer)) inner.directory = { domain: job.signer, path: "/" };
    const state = encodeThread(runtime, { ...identity, signer: job.signer, identityText: job.identityText });
    return held.reply(job.thread, held.decode(job.thread, state), undefined);
  }

  function link(job: LinkJob): LinkReply {
    const thread = held.take(job.thread);
    held.keep(job.thread, job.thread.version, thread);
    const { height, stateRoot } = thread.runtime.realm.base;
    return { program: encoded(thread.runtime.link(job.when)), base: { height, stateRoot } };
  }

  function prove({ thread: ref, subject, base, headers }: ProveJob): Uint8Array {
    const thread = held.take(ref);
    held.keep(ref, ref.version, thread);
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
