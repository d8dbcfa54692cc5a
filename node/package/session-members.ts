import { FaultError } from "../../lang/base/fault.ts";
import type { LineOutcome } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Thread } from "./thread.ts";

/** Threads of one session. Each is data of some ten kilobytes between lines. */
const MOST_THREADS = 64;
/** Bytes of all of them between lines, so that one session cannot fill a node's memory: a machine filled to its limits, once more for `undo`, and room. */
const MOST_BYTES = 128 << 20;
/** Bytes of all threads of all sessions of one key, or of one address that proved none: twice that, whatever number of sessions it opens. */
const MOST_BYTES_TOGETHER = 256 << 20;

/** A thread as a session knows it. */
export interface Member {
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

/** What the threads of a session may hold. Tests set less. */
export interface MemberLimits {
  readonly mostBytes?: number;
  readonly mostBytesTogether?: number;
  /** Bytes of the threads of the same user's other sessions. */
  readonly bytesElsewhere: () => number;
}

/** The threads of one session by name, oldest first, and the room they have. */
export class SessionMembers {
  readonly #byName = new Map<string, Member>();
  readonly #limits: MemberLimits;
  #nextNumber = 2;

  constructor(limits: MemberLimits) {
    this.#limits = limits;
  }

  get all(): readonly Member[] {
    return [...this.#byName.values()];
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Fault: THREAD_NO_SUCH. */
  get(name: string): Member {
    return this.#byName.get(name) ?? refuse({ code: "THREAD_NO_SUCH", name });
  }

  add(fields: Omit<Member, "output" | "background">): Member {
    const member: Member = { ...fields, output: new Uint8Array(0), background: "none" };
    this.#byName.set(fields.name, member);
    if (!fields.isJoined) fields.thread.room = (sizeBytes) => this.#refuseSize(member, sizeBytes);
    return member;
  }

  /** Lets go of a thread, which ends with the last session that holds it. */
  remove(member: Member): void {
    this.#byName.delete(member.name);
    member.stopListening();
    member.thread.leave();
  }

  /** Whether one more of that name may be started. Faults: THREAD_EXISTS, THREAD_BAD_NAME, THREAD_TOO_MANY. */
  requireRoom(name: string): void {
    if (this.#byName.has(name)) refuse({ code: "THREAD_EXISTS", name });
    if (!/^[\p{L}\p{N}_-]{1,32}$/u.test(name)) refuse({ code: "THREAD_BAD_NAME", name });
    if (this.#byName.size >= MOST_THREADS) refuse({ code: "THREAD_TOO_MANY", limit: MOST_THREADS });
  }

  /** The least number that is no thread's name, from 2. */
  freeName(): string {
    while (this.#byName.has(String(this.#nextNumber))) this.#nextNumber += 1;
    return String(this.#nextNumber);
  }

  /** Bytes of the session's own threads between lines; those that it joined count where they were started. */
  get sizeBytes(): number {
    return this.#bytesBeside(undefined);
  }

  #bytesBeside(member: Member | undefined): number {
    const others = this.all.filter((each) => each !== member && !each.isJoined);
    return others.reduce((sum, { thread }) => sum + thread.sizeBytes, 0);
  }

  /** Why a thread may not have so many bytes; undefined if it may. */
  #refuseSize(member: Member, sizeBytes: number): ThreadFault | undefined {
    const { mostBytes = MOST_BYTES, mostBytesTogether = MOST_BYTES_TOGETHER, bytesElsewhere } = this.#limits;
    const inSession = sizeBytes + this.#bytesBeside(member);
    if (inSession > mostBytes) return { code: "THREAD_TOO_LARGE", limitBytes: mostBytes, of: "session" };
    return inSession + bytesElsewhere() > mostBytesTogether ? { code: "THREAD_TOO_LARGE", limitBytes: mostBytesTogether, of: "user" } : undefined;
  }
}

function refuse(fault: ThreadFault): never {
  throw new FaultError<ThreadFault>(fault);
}
