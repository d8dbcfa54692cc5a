import type { PackageFault } from "../fault.ts";
import type { PackageTrace } from "../explorer/block-trace.ts";
import type { ReplayDetail, ReplayStep } from "../explorer/views.ts";
import type { GraceView } from "../package/grace.ts";
import type { PackedList } from "./packed.ts";
import type { SourceMode, LineOutcome } from "../api.ts";
import type { ProofSubject } from "../package/prove.ts";
import type { MovedPlace } from "../package/moved.ts";
import type { ThreadKind } from "../package/recorder-rules.ts";
import type { BatchVerdict, BlockContext, ExecutionVerdict, FillLimits } from "../ledger/executor.ts";

/**
 * What the main thread asks of a worker. Everything here is plain data that `postMessage` can clone.
 * A thread travels as its encoded runtime, and only when the worker does not hold that version already.
 */
export interface ThreadRef {
  readonly key: string;
  readonly version: number;
  /** Absent when the worker holds `version`. */
  readonly state?: Uint8Array;
  /** One Int32; not zero asks the machine to stop. */
  readonly interrupt: SharedArrayBuffer;
}

export interface BaseFacts {
  readonly height: bigint;
  readonly stateRoot: Uint8Array;
}

/** Makes a thread; its first version is 1. */
export interface OpenJob {
  readonly kind: "open";
  readonly thread: ThreadRef;
  /** 20 bytes: whose `~` it is. */
  readonly signer: Uint8Array;
  readonly identityText: string;
  readonly threadKind: ThreadKind;
  readonly base: BaseFacts;
}
export interface RunJob {
  readonly kind: "run";
  readonly thread: ThreadRef;
  readonly source: string;
  readonly mode: SourceMode;
  readonly sourceName: string;
  readonly columns: number;
  readonly interactive: boolean;
  readonly ergLimit: number;
  /** Free computing before this line. */
  readonly grace: GraceView;
  /** Time of the block that the thread stands on, in seconds since 1970. */
  readonly baseSeconds: number;
}
/** What a worker says while a job runs: bytes that were printed, or a text to be read screen by screen. */
export type Note = Uint8Array | { readonly content: Uint8Array; readonly title: string };
export interface ResumeJob {
  readonly kind: "resume";
  readonly thread: ThreadRef;
  readonly baseSeconds: number;
  readonly input: Uint8Array;
}
/** Makes a word of the recording with the present value of one that was made before `bt` (R3). */
export interface ImportJob {
  readonly kind: "import";
  readonly thread: ThreadRef;
  readonly name: string;
}
export interface SyncJob {
  readonly kind: "sync";
  readonly thread: ThreadRef;
  readonly base: BaseFacts;
  /** The recorded work was committed: drop it and end the recording. */
  readonly committed: boolean;
}
/** From now on `~` is this domain, where the thread holds nothing pending under another one. */
export interface IdentifyJob {
  readonly kind: "identify";
  readonly thread: ThreadRef;
  readonly signer: Uint8Array;
  readonly identityText: string;
}
/** Links what a ready thread recorded. */
export interface LinkJob {
  readonly kind: "link";
  readonly thread: ThreadRef;
  readonly when: "ready" | "anyhow";
}
export interface LinkReply {
  /** The thread's program, encoded. */
  readonly program: Uint8Array;
  /** What the sandbox read from while the user looked at it. */
  readonly base: BaseFacts;
}
/** Makes the proof file of what stands at a path of a thread, or of what is kept there; the reply is its bytes. */
export interface ProveJob {
  readonly kind: "prove";
  readonly thread: ThreadRef;
  readonly subject: ProofSubject;
  /** The state proved, and the headers of its block and those above. */
  readonly base: BaseFacts;
  readonly headers: readonly Uint8Array[];
}
/** Makes the package of linked threads, in their order. */
export interface DraftJob {
  readonly kind: "draft";
  readonly programs: readonly Uint8Array[];
  /** The oldest state that a linked thread read from. */
  readonly seen: BaseFacts;
  readonly mode: "strict" | "loose";
  readonly base: BaseFacts;
  readonly publicKey: Uint8Array;
  readonly domain: Uint8Array;
  /** An address, a `@nick`, or a contact of the domain. */
  readonly payer?: string;
  readonly ergPriceUnits: bigint;
  readonly expiryHeight: bigint;
  /** What the dry run takes for the time of the block. */
  readonly timeMs: bigint;
}
/** What committing these programs would do and cost, whoever may pay for it. */
export interface PreviewJob {
  readonly kind: "preview";
  readonly draft: DraftJob;
}
export interface PreviewReply {
  readonly effectBytes: Uint8Array;
  readonly ergUsed: bigint;
}
/** Runs one package on the state that its block has reached. */
export interface PackageJob {
  readonly kind: "package";
  /** The block's realm; absent when the worker holds `version` of it. */
  readonly block: { readonly key: string; readonly version: number; readonly realm?: Uint8Array };
  readonly signedPackage: Uint8Array;
  readonly context: BlockContext;
}
/** Runs the packages of a block, or makes one of them; see Batch in the ledger's executor. */
export interface BlockJob {
  readonly kind: "block";
  readonly base: BaseFacts;
  /** The block of the base is still being written: only the worker that ran it last knows what it wrote. */
  readonly ahead: boolean;
  readonly packages: PackedList;
  readonly context: BlockContext;
  readonly fill?: FillLimits | undefined;
}
export interface BlockReply {
  /** For each package what became of it; for those that were executed "executed", their results come in `results`. */
  readonly verdicts: readonly (Exclude<BatchVerdict, { readonly kind: "executed" }> | "executed")[];
  /** Encoded (encodeResult): as objects they would take longer to pass than to make. */
  readonly results: PackedList;
  readonly stateRoot: Uint8Array;
  /** As packOperations makes them. */
  readonly operations: Uint8Array<ArrayBuffer>;
}
/** The job asked for a base that is not written, and another worker ran it. */
export const BASE_MISSING = "base missing";
/** Runs the packages of a block up to and with the last of these, and tells the last line by line (`replay`). */
export interface ReplayJob {
  readonly kind: "replay";
  readonly detail: ReplayDetail;
  readonly base: BaseFacts;
  readonly packages: PackedList;
  readonly context: BlockContext;
}
export interface ReplayReply {
  readonly verdict: ExecutionVerdict;
  readonly intrinsicErg: bigint;
  readonly steps: readonly ReplayStep[];
  readonly isCut: boolean;
}
/** Checks the signatures of packages. */
export interface VerifyJob {
  readonly kind: "verify";
  readonly packages: PackedList;
}
export interface VerifyReply {
  readonly forged: { readonly index: number; readonly fault: PackageFault } | undefined;
}
/** After a reorganisation: what was read before counts no more. Has no reply. */
export interface ForgetNotice {
  readonly kind: "forget";
}
export type Job = OpenJob | RunJob | ResumeJob | ImportJob | SyncJob | IdentifyJob | LinkJob | ProveJob | DraftJob | PreviewJob | PackageJob | BlockJob | ReplayJob | VerifyJob;

/** What a thread says of itself after each job; the main thread shows it in the prompt. */
export interface RuntimeFacts {
  readonly recording: "off" | "recording" | "ready";
  readonly pendingLines: number;
  readonly baseHeight: bigint;
  readonly directory: string;
  readonly unfinished: boolean;
  /** Nothing is pending: no write, no recording. Such a thread may move to a newer base unasked. */
  readonly isClean: boolean;
  /** The job crossed `bt` or `at`: undo does not reach behind it (R3). */
  readonly undoBarrier: boolean;
  /** The last lines run did more than show something: there is something for undo to take back. */
  readonly hasChanged: boolean;
}

export interface ThreadReply<Outcome> {
  readonly state: Uint8Array;
  readonly facts: RuntimeFacts;
  readonly outcome: Outcome;
}
/** A run that waits for a key or a line has not ended; its thread resumes with the input. */
export type RunReplyOutcome = LineOutcome | { readonly kind: "waiting"; readonly ergUsed: number };
export type RunReply = ThreadReply<RunReplyOutcome>;
export type SyncReply = ThreadReply<{ readonly overlapping: readonly string[] }>;
export interface DraftReply {
  readonly bodyBytes: Uint8Array;
  /** What the dry run did; a loose package does not bind it. */
  readonly effectBytes: Uint8Array;
  /** Proofs for a signer (`package/excerpt.ts`); empty if they would be too large. */
  readonly excerptBytes: Uint8Array;
  readonly moved: readonly MovedPlace[];
  readonly ergUsed: bigint;
  /** 32 bytes: the root of a block on the same base that holds this package alone, nonce and fee included (R4). */
  readonly stateRoot: Uint8Array;
  readonly warnings: readonly string[];
  /** Bytes of keys and values that programs keep: those that are written, and those that were there instead. */
  readonly kept: { readonly newBytes: number; readonly oldBytes: number };
}
/** `realm` holds what the package changed, for the block's realm to take over. */
export interface PackageReply {
  readonly verdict: ExecutionVerdict;
  readonly trace: PackageTrace | undefined;
  readonly realm: Uint8Array;
}
