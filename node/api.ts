import type { FaultReport } from "../lang/fault.ts";
import type { Receipt } from "./ledger/block.ts";
import type { PackageBody } from "./package/body.ts";
import type { Effect } from "./package/effect.ts";

export type { NodeFault, PackageFault, SignFault, ThreadFault } from "./fault.ts";
export type { Receipt, ReceiptOutcome } from "./ledger/block.ts";
export { signEd25519, verifyEd25519 } from "./crypto/ed25519.ts";
export { reviewDraft, type Review } from "./package/review.ts";
export { coinsText } from "./state/coins.ts";
export { SIGNER_RULES } from "./package/signer-rules.ts";
export { messageToSign } from "./package/signing.ts";
export { decodeAddress, domainOfKey, encodeAddress, looksLikeAddress } from "./state/address.ts";

/**
 * The only door into a node for shell and src. Bytes and plain data, no live objects of the node's
 * inside. Whatever takes time returns a promise and takes an AbortSignal.
 */
export interface NodeApi {
  readonly chain: ChainFacts;
  head(): HeadView;
  /**
   * The Ed25519 keys that may speak for a domain of 20 bytes at the newest state; undefined when it has signed
   * nothing yet, and the one key that its address is derived from speaks for it.
   */
  domainKeys(domain: Uint8Array): readonly Uint8Array[] | undefined;
  /** Starts a thread whose realm is based on the newest state. */
  openThread(identity: Identity): Promise<ThreadApi>;
  /**
   * Links and compiles what the thread recorded and marked ready, runs it as the signer's domain on a
   * fresh fork of the newest state, and keeps the result under its package id until it is signed,
   * replaced or expired. Faults: THREAD_*, PACKAGE_CANNOT_PAY, PACKAGE_STATE_MOVED.
   */
  draft(thread: ThreadApi, signer: DraftSigner): Promise<Draft>;
  /** An open request for a signature that `grid sign` or a device may answer (G36). Expires by itself. */
  offerIntent(thread: ThreadApi, draft: Draft | undefined): IntentOffer;
  /** What a signer fetches. With an open intent, the signer's key decides the domain and the draft is made for it. */
  fetchIntent(intentId: Uint8Array, publicKey: Uint8Array): Promise<Draft>;
  /** Hands over a signature for an intent; the waiting `ct` is told, and submits. */
  answerIntent(intentId: Uint8Array, answer: SignatureAnswer): Promise<{ readonly packageId: Uint8Array }>;
  /** Checks and takes a signed package into the pool. Throws FaultError with PACKAGE_*. */
  submit(signedPackage: Uint8Array): Promise<{ readonly packageId: Uint8Array }>;
  /** Resolves when the package has a receipt of at least this stage (R11). */
  untilReceipt(packageId: Uint8Array, stage: ReceiptStage, signal: AbortSignal): Promise<Receipt>;
  receipt(packageId: Uint8Array): { readonly receipt: Receipt; readonly stage: ReceiptStage } | undefined;
  /** Devnet and testnet: pays a domain from the faucet's key and waits for the receipt (R13). */
  faucet(domain: Uint8Array, signal: AbortSignal): Promise<{ readonly amountUnits: bigint; readonly receipt: Receipt }>;
}

export interface ChainFacts {
  readonly preset: "devnet" | "testnet" | "mainnet";
  readonly chainId: Uint8Array;
}
export interface HeadView {
  readonly height: bigint;
  readonly stateRoot: Uint8Array;
  readonly blockId: Uint8Array;
}

/** R1. `sshUser` is what was typed before the @; it proves nothing. `domain` is the one it names, if it is an address that the key may speak for. */
export type Identity =
  | { readonly level: "claimed"; readonly sshUser: string; readonly sourceAddress: string }
  | { readonly level: "proved"; readonly sshUser: string; readonly sourceAddress: string; readonly key: ProvedKey; readonly domain?: Uint8Array };
export interface ProvedKey {
  /** As in the ssh wire format: "ssh-ed25519", "rsa-sha2-512", "ecdsa-sha2-nistp256" … */
  readonly algorithm: string;
  /** "SHA256:…" as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  /** 32 bytes for ssh-ed25519; absent for keys that can log in but not commit. */
  readonly ed25519?: Uint8Array;
}

export type SourceMode = "shell" | "forth"; // R14

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
  /** Moves the base of the realm to the newest state, keeping what is pending. */
  sync(): Promise<void>;
  status(): ThreadStatus;
  /** After its package was done: pending work is over, entries hidden at `bt` come back (R3). */
  committed(): Promise<void>;
  close(): void;
}

export interface RunOptions {
  readonly mode: SourceMode;
  /** Shown in faults: "prompt", a file's name. */
  readonly sourceName: string;
  readonly write: (bytes: Uint8Array) => void;
  readonly columns: number;
  readonly interactive: boolean;
  /** Called each time a program begins to wait for `input`. */
  readonly onWaiting?: () => void;
}

export type LineOutcome =
  | { readonly kind: "done"; readonly stack: readonly string[]; readonly depth: number; readonly ergUsed: number }
  | { readonly kind: "fault"; readonly report: FaultReport; readonly ergUsed: number }
  /** An outside word (R8) stood last: the session runs it, then goes on with `rest`, the lines after it. */
  | { readonly kind: "outside"; readonly word: string; readonly args: readonly string[]; readonly options: Readonly<Record<string, string | true>>; readonly rest: string; readonly ergUsed: number }
  | { readonly kind: "exit"; readonly code: number };

export interface ThreadStatus {
  readonly recording: "off" | "recording" | "ready";
  readonly pendingLines: number;
  readonly baseHeight: bigint;
  readonly behind: boolean;
  readonly directory: string;
  readonly waiting: boolean;
  /** Depth of unfinished `:` or `[if]`; the prompt shows that it continues. */
  readonly unfinished: boolean;
}

/** `publicKey` is the Ed25519 key that will sign; the domain is its own unless it is named. */
export interface DraftSigner {
  readonly publicKey: Uint8Array;
  readonly domain?: Uint8Array;
}
export interface Draft {
  readonly packageId: Uint8Array;
  readonly body: PackageBody;
  readonly bodyBytes: Uint8Array;
  readonly effect: Effect;
  readonly effectBytes: Uint8Array;
  /** One sentence for each effect, derived from `effect` alone. */
  readonly sentences: readonly string[];
  readonly ergUsed: bigint;
  /** At most this many base units leave the signer for the fee: limit × price. */
  readonly greatestFeeUnits: bigint;
  readonly warnings: readonly string[];
}
export interface IntentOffer {
  readonly intentId: Uint8Array;
  /** What is drawn as QR and printed as text. */
  readonly text: string;
  readonly expiresAtMs: number;
  /** Resolves when a signer handed over a valid signature; rejects when the intent expires or is withdrawn. */
  readonly answered: Promise<{ readonly packageId: Uint8Array }>;
  withdraw(): void;
}
export interface SignatureAnswer {
  readonly packageId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly scheme: "raw" | "sshsig";
  readonly signature: Uint8Array;
}
export type ReceiptStage = "included" | "settled" | "final";
