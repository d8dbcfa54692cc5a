import type { ExplorerApi } from "./explorer/explorer-api.ts";
import type { Receipt } from "./ledger/block.ts";
import type { PackageBody } from "./package/body.ts";
import type { Effect } from "./package/effect.ts";
import type { MovedPlace } from "./package/moved.ts";
import type { ProofSubject } from "./package/prove.ts";
import type { PendingThread, SessionThreads, ThreadApi } from "./thread-api.ts";

export type { ExplorerFault, NodeFault, PackageFault, SignFault, ThreadFault } from "./fault.ts";
export type { ExplorerApi } from "./explorer/explorer-api.ts";
export { SEARCH_KINDS } from "./explorer/views.ts";
export type * from "./explorer/views.ts";
export type * from "./thread-api.ts";
export type { MovedPlace } from "./package/moved.ts";
export type { ThreadKind } from "./package/recorder-rules.ts";
export type { CommitEvent, HeldLock } from "./package/commit-lock.ts";
export type { ProgramEvent, Receipt, ReceiptOutcome } from "./ledger/block.ts";
export { eventItems, eventsOf } from "./ledger/block-codec.ts";
export { shippedProgram, SHIPPED_PROGRAMS } from "./library/programs.ts";
export { signEd25519, verifyEd25519 } from "./crypto/ed25519.ts";
export { sshString, sshUint32 } from "./crypto/ssh-wire.ts";
export { reviewDraft, type Review } from "./package/review.ts";
export { SIGNER_RULES } from "./package/signer-rules.ts";
export { coinsText } from "./state/coins.ts";
export { encodePackageFile } from "./package/package-file.ts";
export { messageToSign, parseSshPublicKey, parseSshsig, type Sshsig } from "./package/signing.ts";
export { LOGIN_NAMESPACE, loginMessage } from "./package/login.ts";
export { checkIntentTime, decodeIntent, intentFromBytes, type Intent } from "./package/intent.ts";
export { SSHSIG_NAMESPACE } from "./package/body.ts";
export { decodeAddress, domainOfKey, encodeAddress, looksLikeAddress } from "./state/address.ts";

/**
 * The only door into a node for shell and src. Bytes and plain data, no live objects of the node's
 * inside. Whatever takes time returns a promise and takes an AbortSignal.
 */
export interface NodeApi {
  readonly chain: ChainFacts;
  readonly explorer: ExplorerApi;
  head(): HeadView;
  /** Whether a key of 32 bytes is one of a domain's at the newest state, session keys that still count among them (R1). */
  isKeyOf(domain: Uint8Array, publicKey: Uint8Array): boolean;
  /** Starts a session with one thread, whose realm is based on the newest state; what it gives is always the thread in use. */
  openThread(identity: Identity): Promise<ThreadApi>;
  /** The other threads of that session. */
  threadsOf(thread: ThreadApi): SessionThreads;
  /**
   * Links and compiles what the session's threads recorded and marked ready, one section each, runs it as the signer's domain on a
   * fresh fork of the newest state, and keeps the result under its package id until it is signed,
   * replaced or expired. Faults: THREAD_*, PACKAGE_CANNOT_PAY, PACKAGE_STATE_MOVED.
   */
  draft(thread: ThreadApi, signer: DraftSigner, terms?: DraftTerms): Promise<Draft>;
  /** What each thread of the session with recorded lines would do if it were committed alone (G29). */
  pending(thread: ThreadApi): Promise<readonly PendingThread[]>;
  /**
   * One file that proves what stands, or does not, at a path as the thread in use knows it, or with a key what the
   * program there keeps under it, in the newest committed state or the one after a block (R12, G56). What is pending is no part of it. Faults: STATE_*.
   */
  prove(thread: ThreadApi, subject: ProofSubject, height?: bigint): Promise<Uint8Array>;
  /** An open request for a signature that `grid sign` or a device may answer (G36). Expires by itself. */
  offerIntent(thread: ThreadApi, draft: Draft | undefined, terms?: DraftTerms): IntentOffer;
  /** What a signer fetches. With an open intent, the signer's key decides the domain and the draft is made for it. */
  fetchIntent(intentId: Uint8Array, publicKey: Uint8Array): Promise<Draft>;
  /** Hands over a signature for an intent. The last one that is needed submits the package, and the waiting `ct` is told. */
  answerIntent(intentId: Uint8Array, answer: SignatureAnswer): Promise<IntentProgress>;
  /**
   * Asks for a signature that proves a key to this node, for this session alone (R1, G34). Once answered the session is
   * `proved`, and `~` of its threads with nothing pending is that key's domain. Faults: THREAD_NOT_COMMITTABLE while recording.
   */
  offerLogin(thread: ThreadApi): LoginOffer<Identity & { readonly level: "proved" }>;
  /** Hands over the signature for a login, whoever carries it. Faults: SIGN_NO_SUCH_INTENT, SIGN_REFUSED. */
  answerLogin(intentId: Uint8Array, answer: LoginAnswer): Promise<void>;
  /** Checks and takes a signed package into the pool. Throws FaultError with PACKAGE_*. */
  submit(signedPackage: Uint8Array): Promise<{ readonly packageId: Uint8Array }>;
  /** Resolves when the package has a receipt of at least this stage (R11). */
  untilReceipt(packageId: Uint8Array, stage: ReceiptStage, signal: AbortSignal): Promise<Receipt>;
  receipt(packageId: Uint8Array): { readonly receipt: Receipt; readonly stage: ReceiptStage } | undefined;
  /** Devnet and testnet: pays a domain from the faucet's key and waits for the receipt (R13). */
  faucet(domain: Uint8Array, signal: AbortSignal): Promise<{ readonly amountUnits: bigint; readonly receipt: Receipt }>;
}

/** What never changes of a chain. */
export interface ChainFacts {
  readonly preset: "devnet" | "testnet" | "mainnet";
  readonly chainId: Uint8Array;
}

/** The newest block of the main chain. */
export interface HeadView {
  readonly height: bigint;
  readonly stateRoot: Uint8Array;
  readonly blockId: Uint8Array;
}

/** R1. `sshUser` is what was typed before the @; it proves nothing. `domain` is the one it names, if it is an address that the key may speak for. */
export type Identity =
  | { readonly level: "claimed"; readonly sshUser: string; readonly sourceAddress: string }
  | { readonly level: "proved"; readonly sshUser: string; readonly sourceAddress: string; readonly key: ProvedKey; readonly domain?: Uint8Array };

/** A public key whose owner signed a challenge of ours. */
export interface ProvedKey {
  /** As in the ssh wire format: "ssh-ed25519", "rsa-sha2-512", "ecdsa-sha2-nistp256" … */
  readonly algorithm: string;
  /** "SHA256:…" as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  /** 32 bytes for ssh-ed25519; absent for keys that can log in but not commit. */
  readonly ed25519?: Uint8Array;
}

/**
 * `publicKey` is the Ed25519 key that begins to sign; the domain is its own unless it is named. Where one key is not
 * enough, the body of the draft says who else may sign. `payer`, an address, a `@nick` or a contact of the domain, pays the fee
 * instead of it, and signs too (R13).
 */
export interface DraftSigner {
  readonly publicKey: Uint8Array;
  readonly domain?: Uint8Array;
  readonly payer?: string;
}

/** `missing` more signatures are needed before the package is submitted. */
export interface IntentProgress {
  readonly packageId: Uint8Array;
  readonly missing: number;
}

/** `strict` unless it is meant to run on whatever it finds. `onto: "newest"` accepts that the state moved (G23). */
export interface DraftTerms {
  /** Who pays the fee of what a signer from afar signs. */
  readonly payer?: string;
  readonly mode?: "strict" | "loose";
  readonly onto?: "seen" | "newest";
  /** This thread alone, instead of all that are ready. */
  readonly only?: string;
}

/** A package that nobody has signed yet, and what a signer is shown of it. */
export interface Draft {
  readonly packageId: Uint8Array;
  readonly body: PackageBody;
  readonly bodyBytes: Uint8Array;
  readonly effect: Effect;
  readonly effectBytes: Uint8Array;
  /** Merkle proofs of all that the code reads, for a signer to run it alone; empty if they would be too large. */
  readonly excerptBytes: Uint8Array;
  /** 32 bytes: the perspective of a block on the present state that holds this package alone (R4). */
  readonly stateRoot: Uint8Array;
  /** One sentence for each effect, derived from `effect` alone. */
  readonly sentences: readonly string[];
  /** Where the package would do something else than the user saw, because the state has moved. */
  readonly moved: readonly MovedPlace[];
  readonly ergUsed: bigint;
  /** At most this many base units leave the signer for the fee: limit × price. */
  readonly greatestFeeUnits: bigint;
  /** What of the price is for bytes that every node keeps (G61), as a sentence; absent when nothing is stored. */
  readonly storage?: string;
  readonly warnings: readonly string[];
}

/** An open request to sign a package. */
export interface IntentOffer {
  readonly intentId: Uint8Array;
  /** What is drawn as QR and printed as text. */
  readonly text: string;
  readonly expiresAtMs: number;
  /** Resolves when a signer handed over a valid signature; rejects when the intent expires or is withdrawn. */
  readonly answered: Promise<{ readonly packageId: Uint8Array }>;
  withdraw(): void;
}

/** An open request to prove a key to one node. */
export interface LoginOffer<Answered> {
  readonly intentId: Uint8Array;
  /** What is signed: `loginMessage` of these bytes, which are the intent's own. */
  readonly challenge: Uint8Array;
  readonly text: string;
  readonly expiresAtMs: number;
  readonly answered: Promise<Answered>;
  withdraw(): void;
}

/** The signature that proves a key. */
export interface LoginAnswer {
  readonly publicKey: Uint8Array;
  readonly scheme: "raw" | "sshsig";
  /** 64 bytes over `loginMessage`. */
  readonly signature: Uint8Array;
}

/** One signature for a package that waits under an intent. */
export interface SignatureAnswer {
  readonly packageId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly scheme: "raw" | "sshsig";
  readonly signature: Uint8Array;
}

/** In a block; with a few key blocks above it; deeper than any reorganisation goes (R11). */
export type ReceiptStage = "included" | "settled" | "final";
