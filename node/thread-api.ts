import type { FaultReport } from "../lang/fault.ts";
import type { CommitEvent, HeldLock } from "./package/commit-lock.ts";
import type { ThreadKind } from "./package/recorder-rules.ts";

/** What the shell may ask of threads: running lines, several of them side by side, and those an earlier session left. Part of `api.ts`. */

/** `shell` reads command lines (R14); `forth` reads words alone. */
export type SourceMode = "shell" | "forth";

/** One thread of a session: a machine and its realm, to which lines are given. */
export interface ThreadApi {
  readonly id: number;
  /**
   * Runs one piece of source as if typed: lines are run one after another until one fails. Output
   * arrives in order through `write` before the promise resolves. Never rejects for what the user did.
   */
  run(source: string, options: RunOptions): Promise<LineOutcome>;
  /** Gives a waiting program its key or line. */
  input(bytes: Uint8Array): void;
  /** Stops the running line; it fails with LANG_ABORT "interrupted" and changes nothing. */
  interrupt(): void;
  /** Brings a word made before `bt` into the recording with its present value (R3). */
  importWord(name: string): Promise<void>;
  /** Takes back the last good line and gives its source; undefined when there is none to take back (R3). */
  undo(): Promise<string | undefined>;
  /** Moves the base of the realm to the newest state, keeping what is pending; names the places that both changed. */
  sync(): Promise<SyncView>;
  status(): ThreadStatus;
  /** After its package was done: pending work is over, entries hidden at `bt` come back (R3). */
  committed(): Promise<void>;
  close(): void;
}

/** A thread with pending work that a lost connection or a killed node left behind (G31). */
export interface JournalInfo {
  /** 12 hex digits. */
  readonly id: string;
  /** Of the thread, as its session called it. */
  readonly name: string;
  readonly kind: ThreadKind;
  readonly pendingLines: number;
  readonly baseHeight: bigint;
  readonly savedAtMs: number;
}

/** A session's threads (G14, G19–G21, G30). Names are unique in a session; its first thread is `main`. */
export interface SessionThreads {
  list(): readonly ThreadInfo[];
  /** Starts a thread and goes to it. Faults: THREAD_EXISTS, THREAD_BAD_NAME, THREAD_TOO_MANY. */
  start(options: StartOptions): Promise<ThreadInfo>;
  /** Goes to a shared thread of another session of the same proved key. Faults: THREAD_NO_SUCH, THREAD_PRIVATE. */
  join(name: string): ThreadInfo;
  /** Goes to another thread. Faults: THREAD_NO_SUCH. */
  use(name: string): ThreadInfo;
  /** Runs source in a thread while the session goes on. Faults: THREAD_NO_SUCH, THREAD_BUSY. */
  background(name: string, source: string, options: Pick<RunOptions, "mode" | "columns">): void;
  /** What a background line printed since the last call, and how it ended if it did. */
  takeOutput(name: string): ThreadOutput;
  /** Stops what runs; until `resume` the thread takes no line and `ct` leaves it out. */
  pause(name: string): void;
  resume(name: string): void;
  /** Drops a thread with all it has pending. Faults: THREAD_MAIN. */
  free(name: string): void;
  /** One committer at a time; until it is released or times out the ready threads take no lines. Faults: THREAD_COMMITTING and those of `draft`. */
  lockCommit(timeoutMs?: number, only?: string): HeldLock;
  /** Tells of commits of this session, and of those of its shared threads by other sessions; gives what ends that. */
  onCommit(listener: (event: CommitEvent) => void): () => void;
  /** Threads that earlier sessions left behind: of the proved key, or of whoever has the resume code. Faults: THREAD_NO_JOURNAL for what is no code. */
  journals(code?: string): readonly JournalInfo[];
  /** Takes such a thread into this session and goes to it. Faults: THREAD_NO_JOURNAL, THREAD_TOO_MANY. */
  resumeJournal(id: string, code?: string): Promise<ThreadInfo>;
  /** Forgets such a thread. Faults: THREAD_NO_JOURNAL. */
  forgetJournal(id: string, code?: string): Promise<void>;
  /** From now on what a session without a proved key has pending can be resumed with this code. Faults: THREAD_KEPT_BY_KEY. */
  keepJournal(): Promise<string>;
}

/** `private` and able to change things unless it says otherwise. */
export interface StartOptions {
  readonly name?: string;
  readonly kind?: ThreadKind;
  readonly share?: "private" | "shared";
}

/** A row of what `threads` lists. */
export interface ThreadInfo {
  readonly name: string;
  readonly kind: ThreadKind;
  readonly share: "private" | "shared";
  readonly isCurrent: boolean;
  readonly state: "idle" | "running" | "waiting" | "paused";
  readonly recording: ThreadStatus["recording"];
  readonly pendingLines: number;
  readonly behind: boolean;
  /** Since it was started. */
  readonly ergUsed: number;
}

/** Of a line that runs in the background. */
export interface ThreadOutput {
  readonly output: Uint8Array;
  readonly outcome?: LineOutcome;
}

/** A thread's recorded work, as `ct` would show it. */
export interface PendingThread {
  readonly name: string;
  readonly recording: ThreadStatus["recording"];
  readonly lines: number;
  readonly work:
    /** `ergUsed` is what would be charged on the present state. */
    | { readonly kind: "runs"; readonly sentences: readonly string[]; readonly ergUsed: bigint; readonly storage?: string }
    | { readonly kind: "fails"; readonly fault: { readonly code: string } };
}

/** What moving to the newest state came to. */
export interface SyncView {
  /** As the signer knows them: "~/docs/note". What is pending lies on top there. */
  readonly overlapping: readonly string[];
}

/** How one piece of source is run, and where its output goes. */
export interface RunOptions {
  readonly mode: SourceMode;
  /** Shown in faults: "prompt", a file's name. */
  readonly sourceName: string;
  readonly write: (bytes: Uint8Array) => void;
  readonly columns: number;
  readonly interactive: boolean;
  /** Called each time a program begins to wait for `input`. */
  readonly onWaiting?: () => void;
  /** `less` at a terminal: the text, in order with what is written. Without it such text is written. */
  readonly onPage?: (content: Uint8Array, title: string) => void;
}

/** How a line ended. */
export type LineOutcome =
  | { readonly kind: "done"; readonly stack: readonly string[]; readonly depth: number; readonly ergUsed: number }
  | { readonly kind: "fault"; readonly report: FaultReport; readonly ergUsed: number }
  /** An outside word (R8) stood last: the session runs it, then goes on with `rest`, the lines after it. */
  | { readonly kind: "outside"; readonly word: string; readonly args: readonly string[]; readonly options: Readonly<Record<string, string | true>>; readonly rest: string; readonly ergUsed: number }
  | { readonly kind: "exit"; readonly code: number };

/** What the prompt tells of a thread. */
export interface ThreadStatus {
  readonly recording: "off" | "recording" | "ready";
  readonly pendingLines: number;
  readonly baseHeight: bigint;
  readonly behind: boolean;
  readonly directory: string;
  readonly waiting: boolean;
  /** Depth of unfinished `:` or `[if]`; the prompt shows that it continues. */
  readonly unfinished: boolean;
  /** Name of the thread in use, unless it is the session's first. */
  readonly thread?: string;
}
