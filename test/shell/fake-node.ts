import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { concatBytes, equalBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { LangFault, SourceSpot } from "../../lang/fault.ts";
import { domainOfKey, messageToSign, type ChainFacts, type CommitEvent, type Draft, type DraftSigner, type ExplorerApi, type ExplorerFault, type Identity, type IntentOffer, type IntentProgress, type LineOutcome, type NodeApi, type PackageFate, type ReceiptStage, type RunOptions, type SessionThreads, type SignatureAnswer, type SyncView, type ThreadApi, type ThreadStatus } from "../../node/api.ts";
import type { PackageFault, SignFault, ThreadFault } from "../../node/fault.ts";
import type { Receipt } from "../../node/ledger/block.ts";
import { EMPTY_EFFECT } from "../../node/package/effect.ts";

/**
 * A node in memory for tests of the shell: a dozen words, one pending recording per thread, packages that are
 * included at once. Signatures are checked for real.
 */
export class FakeNode implements NodeApi {
  chain: ChainFacts = { preset: "devnet", chainId: new Uint8Array(32).fill(7) };
  readonly explorer = { package: (text: string) => this.fateOf(text) } as ExplorerApi;
  readonly threads: FakeThread[] = [];
  readonly receipts = new Map<string, Receipt>();
  readonly balances = new Map<string, bigint>();
  /** Receipts do not come while this is set. */
  holdReceipts = false;
  /** Sessions that want to know of commits. */
  readonly commitListeners = new Set<(event: CommitEvent) => void>();
  private readonly held = Promise.withResolvers<void>();
  private height = 1n;
  private threadOpened: (thread: FakeThread) => void = () => undefined;
  private intents = new Map<string, { readonly thread: FakeThread; draft: Draft | undefined; resolve: (value: { packageId: Uint8Array }) => void; reject: (error: Error) => void }>();

  head() {
    return { height: this.height, stateRoot: new Uint8Array(32).fill(1), blockId: new Uint8Array(32).fill(2) };
  }

  /** Keys of domains that changed theirs. */
  readonly keys = new Map<string, readonly Uint8Array[]>();
  isKeyOf(domain: Uint8Array, publicKey: Uint8Array): boolean {
    const keys = this.keys.get(toHex(domain));
    return keys === undefined ? equalBytes(domainOfKey(publicKey), domain) : keys.some((key) => equalBytes(key, publicKey));
  }

  openThread(identity: Identity): Promise<FakeThread> {
    const thread = new FakeThread(this.threads.length + 1, identity);
    this.threads.push(thread);
    this.threadOpened(thread);
    return Promise.resolve(thread);
  }

  /** Somebody waits for a receipt that is held. */
  get untilHeld(): Promise<void> {
    return this.held.promise;
  }

  threadsOf(thread: ThreadApi): SessionThreads {
    return new FakeThreads(thread as FakeThread, this.commitListeners);
  }

  /** The thread that is opened next. */
  nextThread(): Promise<FakeThread> {
    return new Promise((resolve) => (this.threadOpened = resolve));
  }

  async draft(thread: ThreadApi, signer: DraftSigner): Promise<Draft> {
    const fake = thread as FakeThread;
    if (fake.recording !== "ready") throw new FaultError<ThreadFault>({ code: "THREAD_NOT_READY" });
    const domain = domainOfKey(signer.publicKey);
    const haveUnits = this.balances.get(toHex(domain)) ?? 0n;
    if (haveUnits < 10n ** 15n) throw new FaultError<PackageFault>({ code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits: 10n ** 15n });
    const bodyBytes = concatBytes(utf8(fake.recorded.join("\n")), domain);
    const empty = new Uint8Array(0);
    return {
      packageId: sha256(bodyBytes),
      body: {
        format: 1, rulesVersion: 1, wordTableVersion: 1, wordsHash: empty, chainId: this.chain.chainId, domain, nonce: 1n,
        signers: { keys: [domain], needed: 1 }, ergPriceUnits: 1n, ergLimit: 10n ** 15n, expiryHeight: 100n, mode: "strict", effectHash: empty, sections: [],
      },
      bodyBytes,
      effect: EMPTY_EFFECT,
      effectBytes: empty,
      sentences: fake.recorded.map((line) => `does ${line}`),
      excerptBytes: empty,
      stateRoot: empty,
      moved: [],
      ergUsed: 1_234n,
      greatestFeeUnits: 10n ** 15n,
      warnings: [],
    };
  }

  async pending(thread: ThreadApi) {
    const { recorded, recording } = thread as FakeThread;
    return [{ name: "main", recording, lines: recorded.length, work: { kind: "runs" as const, sentences: recorded, ergUsed: 1_234n } }];
  }

  async prove(_thread: ThreadApi, { path }: { readonly path: string }): Promise<Uint8Array> {
    return utf8(`proof of ${path}`);
  }

  offerIntent(thread: ThreadApi, draft: Draft | undefined): IntentOffer {
    const intentId = sha256(utf8(`intent ${this.intents.size}`)).slice(0, 8);
    const key = toHex(intentId);
    const answered = new Promise<{ packageId: Uint8Array }>((resolve, reject) => {
      this.intents.set(key, { thread: thread as FakeThread, draft, resolve, reject });
    });
    answered.catch(() => undefined);
    const withdraw = (): void => this.refuseIntent(key, { code: "SIGN_REFUSED", reason: "withdrawn" });
    return { intentId, text: `GS:${key.toUpperCase()}`, expiresAtMs: 1, answered, withdraw };
  }

  /** What a test calls when the time of an intent is up. */
  expireIntents(): void {
    for (const key of this.intents.keys()) this.refuseIntent(key, { code: "SIGN_INTENT_EXPIRED" });
  }

  private refuseIntent(key: string, fault: SignFault): void {
    this.intents.get(key)?.reject(new FaultError(fault));
    this.intents.delete(key);
  }

  get openIntents(): readonly string[] {
    return [...this.intents.keys()];
  }

  async fetchIntent(intentId: Uint8Array, publicKey: Uint8Array): Promise<Draft> {
    const intent = this.intents.get(toHex(intentId));
    if (intent === undefined) throw new FaultError<SignFault>({ code: "SIGN_NO_SUCH_INTENT" });
    intent.draft ??= await this.draft(intent.thread, { publicKey });
    return intent.draft;
  }

  async answerIntent(intentId: Uint8Array, answer: SignatureAnswer): Promise<IntentProgress> {
    const intent = this.intents.get(toHex(intentId));
    if (intent?.draft === undefined) throw new FaultError<SignFault>({ code: "SIGN_NO_SUCH_INTENT" });
    const message = messageToSign(answer.scheme, intent.draft.bodyBytes);
    if (!verify(null, message, publicKeyObject(answer.publicKey), answer.signature)) throw new FaultError<PackageFault>({ code: "PACKAGE_BAD_SIGNATURE" });
    this.include(answer.packageId);
    intent.resolve({ packageId: answer.packageId });
    return { packageId: answer.packageId, missing: 0 };
  }

  offerLogin(): never {
    throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: "a node in memory knows nobody" });
  }
  async answerLogin(): Promise<void> {
    throw new FaultError<SignFault>({ code: "SIGN_NO_SUCH_INTENT" });
  }

  async submit(signedPackage: Uint8Array): Promise<{ packageId: Uint8Array }> {
    const packageId = sha256(signedPackage);
    this.include(packageId);
    return { packageId };
  }

  private include(packageId: Uint8Array): Receipt {
    this.height++;
    const hash = new Uint8Array(32).fill(Number(this.height));
    const receipt: Receipt = { packageId, blockId: hash, height: this.height, index: 0, outcome: { kind: "done" }, ergUsed: 1_234n, feeUnits: 1_234n, stateRoot: hash };
    this.receipts.set(toHex(packageId), receipt);
    return receipt;
  }

  async untilReceipt(packageId: Uint8Array, _stage: ReceiptStage, signal: AbortSignal): Promise<Receipt> {
    if (this.holdReceipts) {
      this.held.resolve();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }
    return this.receipts.get(toHex(packageId)) ?? this.include(packageId);
  }

  receipt(packageId: Uint8Array) {
    const receipt = this.receipts.get(toHex(packageId));
    return receipt === undefined ? undefined : { receipt, stage: "included" as const };
  }

  private async fateOf(text: string): Promise<PackageFate> {
    const receipt = this.receipts.get(text);
    if (receipt === undefined) throw new FaultError<ExplorerFault>({ code: "EXPLORER_NO_SUCH", what: "package", text });
    const { packageId, height, index, outcome, ergUsed, feeUnits } = receipt;
    const row = { packageId, height, index, outcome, ergUsed, feeUnits, timeMs: 0n, domain: new Uint8Array(20), nonce: 1n, sentences: [] };
    return { kind: "included", receipt, stage: "included", row, payer: undefined };
  }

  async faucet(domain: Uint8Array) {
    const amountUnits = 10n * 10n ** 18n;
    this.balances.set(toHex(domain), (this.balances.get(toHex(domain)) ?? 0n) + amountUnits);
    return { amountUnits, receipt: this.include(sha256(domain)) };
  }
}

const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** A raw Ed25519 key as node:crypto takes it. */
function publicKeyObject(publicKey: Uint8Array) {
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: "der", type: "spki" });
}

/** A new key pair: an OpenSSH-less pair for `raw` signatures. */
export function newEd25519() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { publicKey: new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32)), privateKey };
}

/** A session with one thread. */
class FakeThreads implements SessionThreads {
  private readonly thread: FakeThread;
  private readonly listeners: Set<(event: CommitEvent) => void>;

  constructor(thread: FakeThread, listeners: Set<(event: CommitEvent) => void>) {
    this.thread = thread;
    this.listeners = listeners;
  }

  list() {
    const { recording, pendingLines, behind } = this.thread.status();
    return [{ name: "main", kind: "both", share: "private", isCurrent: true, state: "idle", recording, pendingLines, behind, ergUsed: 1 }] as const;
  }
  start(): never {
    throw new FaultError<ThreadFault>({ code: "THREAD_TOO_MANY", limit: 1 });
  }
  join = this.start;
  use = this.start;
  background = this.start;
  takeOutput = this.start;
  pause = this.start;
  resume = this.start;
  free = this.start;
  resumeJournal = this.start;
  forgetJournal = this.start;
  keepJournal = this.start;
  journals() {
    return [];
  }
  lockCommit() {
    const { recording, pendingLines } = this.thread.status();
    if (recording === "off") throw new FaultError<ThreadFault>({ code: "THREAD_NOT_RECORDING", word: "ct" });
    if (recording === "recording") throw new FaultError<ThreadFault>({ code: "THREAD_NOT_READY" });
    if (pendingLines === 0) throw new FaultError<ThreadFault>({ code: "THREAD_NOTHING_TO_COMMIT" });
    return { release: () => undefined };
  }
  onCommit(listener: (event: CommitEvent) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

/** A thread that knows numbers, + . and words that a test of the shell needs. */
export class FakeThread implements ThreadApi {
  readonly id: number;
  readonly identity: Identity;
  stack: bigint[] = [];
  recording: ThreadStatus["recording"] = "off";
  recorded: string[] = [];
  private readonly closing = Promise.withResolvers<void>();
  private readonly waiting = Promise.withResolvers<void>();
  private readonly idle = Promise.withResolvers<void>();
  private readonly past: { readonly source: string; readonly before: object }[] = [];
  unfinished = false;
  behind = false;
  private waitingFor: ((bytes: Uint8Array) => void) | undefined;
  private stopLine: (() => void) | undefined;

  constructor(id: number, identity: Identity) {
    this.id = id;
    this.identity = identity;
  }

  get untilClosed(): Promise<void> {
    return this.closing.promise;
  }

  /** A program waits for input for the first time. */
  get untilWaiting(): Promise<void> {
    return this.waiting.promise;
  }
  /** A run has ended well for the first time. */
  get untilIdle(): Promise<void> {
    return this.idle.promise;
  }

  async run(source: string, options: RunOptions): Promise<LineOutcome> {
    const lines = source.split("\n");
    const before = { stack: [...this.stack], recording: this.recording, recorded: [...this.recorded], unfinished: this.unfinished };
    for (const [index, text] of lines.entries()) {
      const outcome = await this.runLine(text, index + 1, lines.slice(index + 1).join("\n"), options);
      if (outcome?.kind === "fault") Object.assign(this, before);
      if (outcome !== undefined) return outcome;
    }
    this.idle.resolve();
    this.past.push({ source, before });
    return { kind: "done", stack: this.stack.map(String), depth: this.stack.length, ergUsed: 1 };
  }

  private async runLine(text: string, line: number, rest: string, options: RunOptions): Promise<LineOutcome | undefined> {
    for (const match of text.matchAll(/\S+/g)) {
      const word = match[0];
      const at: SourceSpot = { source: options.sourceName, line, column: match.index, length: word.length, text };
      const fault = (fault: LangFault): LineOutcome => ({ kind: "fault", report: { fault, at, trace: [] }, ergUsed: 1 });
      const write = (text: string): void => options.write(utf8(text));
      if (word === ":") this.unfinished = true;
      else if (word === ";") this.unfinished = false;
      else if (this.unfinished) continue;
      else if (/^-?\d+$/.test(word)) this.stack.push(BigInt(word));
      else if (word === "+") {
        if (this.stack.length < 2) return fault({ code: "LANG_UNDERFLOW", word, needs: 2, depth: this.stack.length });
        this.stack.push((this.stack.pop() ?? 0n) + (this.stack.pop() ?? 0n));
      } else if (word === ".") write(`${this.stack.pop() ?? 0n} `);
      else if (word === "bt") this.recording = "recording";
      else if (word === "rt") this.recording = "ready";
      else if (word === "at") this.recording = "off";
      else if (word === "do") this.recorded.push(text.slice(match.index));
      else if (word === "hostile") write("\x1b]0;owned\x07a\x1b[31mred\x1b[0m\x9b5n\x1b[2J");
      else if (word === "flood") for (let i = 0; i < 1_024; i++) write("x".repeat(65_536));
      else if (word === "columns") write(String(options.columns));
      else if (word === "loop") {
        await new Promise<void>((resolve) => (this.stopLine = resolve));
        return fault({ code: "LANG_ABORT", message: "interrupted" });
      } else if (word === "key") {
        const bytes = await new Promise<Uint8Array>((resolve) => {
          this.waitingFor = resolve;
          options.onWaiting?.();
          this.waiting.resolve();
        });
        this.waitingFor = undefined;
        this.stack.push(BigInt(bytes[0] ?? 0));
      } else if (word === "bye") return { kind: "exit", code: Number(this.stack.pop() ?? 0n) };
      else if (["ct", "faucet", "receipt", "stack-line", "sync", "undo"].includes(word)) {
        const args = text.slice(match.index + word.length).trim().split(/\s+/).filter((part) => part !== "");
        const options = { ...(args.includes("--qr") ? { qr: true as const } : {}), ...(args.includes("--plain") ? { plain: true as const } : {}), ...(args.includes("--raw-agent") ? { rawAgent: true as const } : {}) };
        return { kind: "outside", word, args: args.filter((part) => !part.startsWith("--")), options, rest, ergUsed: 1 };
      } else return fault({ code: "LANG_UNKNOWN_WORD", word: word.slice(0, 100), nearest: [] });
      if (word === "do") break;
    }
    return undefined;
  }

  input(bytes: Uint8Array): void {
    this.waitingFor?.(bytes);
  }
  interrupt(): void {
    this.stopLine?.();
    this.waitingFor?.(new Uint8Array(0));
  }
  async importWord(): Promise<void> {
    throw new FaultError<ThreadFault>({ code: "THREAD_NOT_RECORDING", word: "import" });
  }
  async undo(): Promise<string | undefined> {
    const last = this.past.pop();
    Object.assign(this, last?.before);
    return last?.source;
  }
  async sync(): Promise<SyncView> {
    this.behind = false;
    return { overlapping: [] };
  }
  status(): ThreadStatus {
    return { recording: this.recording, pendingLines: this.recorded.length, baseHeight: 1n, behind: this.behind, directory: "~", waiting: this.waitingFor !== undefined, unfinished: this.unfinished };
  }
  async committed(): Promise<void> {
    this.recording = "off";
    this.recorded = [];
  }
  close(): void {
    this.closing.resolve();
    this.interrupt();
  }
}
