import { FaultError } from "../../lang/base/fault.ts";
import type { ThreadFault } from "../fault.ts";
import { decodeThread, encodeThread, type ThreadIdentity } from "../package/thread-codec.ts";
import type { ThreadRuntime, ThreadSetup } from "../package/thread-runtime.ts";
import type { StateReader } from "../state/versioned.ts";
import type { RuntimeFacts, ThreadRef, ThreadReply } from "./jobs.ts";

/** Threads a worker keeps ready to go on; the others come back from their bytes. */
const HELD_THREADS = 64;

/** A thread as a worker has it between two jobs. Another version of it is somebody else's by now. */
export interface HeldThread {
  readonly version: number;
  readonly runtime: ThreadRuntime;
  readonly identity: ThreadIdentity;
}

/** The threads of one worker: those used last stay as they are, of the others the session has the bytes. */
export class HeldThreads {
  readonly #held = new Map<string, HeldThread>();
  readonly #reader: StateReader;
  readonly #world: Omit<ThreadSetup, "interrupt" | keyof ThreadIdentity>;

  /** `world` is what all threads of the worker have in common. */
  constructor(reader: StateReader, world: Omit<ThreadSetup, "interrupt" | keyof ThreadIdentity>) {
    this.#reader = reader;
    this.#world = world;
  }

  /** The thread for one job, which nobody has until it is kept again. Faults: THREAD_LOST, CODEC_MALFORMED. */
  take(ref: ThreadRef): HeldThread {
    const known = this.#held.get(ref.key);
    this.#held.delete(ref.key);
    if (known?.version === ref.version) return known;
    if (ref.state === undefined) throw new FaultError<ThreadFault>({ code: "THREAD_LOST", reason: "the worker that held it let it go" });
    return this.decode(ref, ref.state);
  }

  /** A thread from its bytes. Faults: CODEC_MALFORMED. */
  decode(ref: ThreadRef, state: Uint8Array): HeldThread {
    let identity: ThreadIdentity | undefined;
    const runtime = decodeThread(state, this.#reader, (found) => {
      identity = found;
      return { ...found, ...this.#world, interrupt: ref.interrupt };
    });
    return { version: ref.version, runtime, identity: identity as ThreadIdentity };
  }

  keep(ref: ThreadRef, version: number, { runtime, identity }: HeldThread): void {
    this.#held.set(ref.key, { version, runtime, identity });
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD_THREADS && oldest !== undefined) this.#held.delete(oldest);
  }

  /** Keeps a thread that a job changed, as its next version, and gives what the session is told. */
  reply<Outcome>(ref: ThreadRef, thread: HeldThread, outcome: Outcome): ThreadReply<Outcome> {
    this.keep(ref, ref.version + 1, thread);
    return { state: encodeThread(thread.runtime, thread.identity), facts: factsOf(thread.runtime), outcome };
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
