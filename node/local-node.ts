import { utf8 } from "../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../lang/base/fault.ts";
import { sha256 } from "../lang/base/hash.ts";
import type { ChainFacts, Draft, DraftSigner, DraftTerms, HeadView, Identity, IntentOffer, IntentProgress, LoginAnswer, LoginOffer, NodeApi, PendingThread, ReceiptStage, SignatureAnswer, ThreadApi } from "./api.ts";
import type { ExplorerApi } from "./explorer/explorer-api.ts";
import { LocalExplorer } from "./explorer/local-explorer.ts";
import type { PeersView } from "./explorer/views.ts";
import type { Faucet } from "./faucet.ts";
import type { PackageFault, SignFault } from "./fault.ts";
import type { Receipt } from "./ledger/block.ts";
import type { Chain } from "./ledger/chain.ts";
import type { Pool } from "./ledger/pool.ts";
import type { RealmState } from "./ledger/realm-states.ts";
import type { FoundReceipt, Receipts } from "./ledger/receipts.ts";
import type { BaseFacts, DraftJob, DraftReply, LinkReply, PreviewReply } from "./machines/jobs.ts";
import { decodeBody, encodeSignedPackage, packageId } from "./package/body-codec.ts";
import { decodeEffect } from "./package/effect-codec.ts";
import type { PackageSignature } from "./package/body.ts";
import { encodeIntent } from "./package/intent.ts";
import type { IntentBook } from "./package/intents.ts";
import type { JournalBook } from "./package/journal-book.ts";
import type { LoginBook } from "./package/login.ts";
import { proofLink, type ProofSubject } from "./package/prove.ts";
import { effectSentences } from "./package/sentences.ts";
import { hasDomain, Session } from "./package/session.ts";
import { SharedThreads } from "./package/shared-threads.ts";
import { SessionJournals } from "./package/session-journals.ts";
import { addSignature, missingSignatures } from "./package/gather.ts";
import { graceKey } from "./package/grace.ts";
import { Thread, type ThreadContext, type ThreadSelf } from "./package/thread.ts";
import type { Clock, Disk, Random } from "./ports.ts";
import { storageCost, storageCostText } from "./package/storage-cost.ts";
import { PRICES } from "./state/prices.ts";
import type { DomainRecord } from "./state/records.ts";
import type { StateReader } from "./state/versioned.ts";
import { domainOfKey, encodeAddress } from "./state/address.ts";
import { keyOf, keysOf } from "./state/key-set.ts";

/** Blocks within which a package must be included; on a devnet some half hour of activity. */
const EXPIRY_BLOCKS = 1_000n;

export interface LocalNodeParts {
  readonly chain: Chain<RealmState>;
  readonly pool: Pool;
  readonly receipts: Receipts<RealmState>;
  readonly intents: IntentBook;
  readonly logins: LoginBook;
  readonly threads: ThreadContext;
  readonly clock: Clock;
  readonly random: Random;
  readonly journals: JournalBook;
  /** What the explorer reads. */
  readonly disk: Disk;
  readonly reader: StateReader;
  /** Where signers find this node; known once the SSH server listens. */
  readonly reach: () => { readonly hostKey: Uint8Array; readonly address: string };
  readonly faucet: () => Faucet | undefined;
  readonly peers: () => PeersView;
  /** A domain's record at the newest state. */
  readonly domain: (domain: Uint8Array) => DomainRecord;
}

/** The node behind `NodeApi`, for sessions in the same process. */
export class LocalNode implements NodeApi {
  readonly chain: ChainFacts;
  readonly explorer: ExplorerApi;
  readonly #parts: LocalNodeParts;
  readonly #shared = new SharedThreads();
  #nextThread = 1;
  #nextSession = 1;

  constructor(parts: LocalNodeParts) {
    this.#parts = parts;
    const { params, chainId } = parts.chain.machine;
    this.explorer = new LocalExplorer({ ...parts, workers: parts.threads.pool, homeOf: (thread) => this.threadsOf(thread).home });
    this.chain = { preset: params.preset, chainId };
  }

  head(): HeadView {
    const { height, stateRoot, id } = this.#parts.chain.head();
    return { height, stateRoot, blockId: id };
  }

  isKeyOf(domain: Uint8Array, publicKey: Uint8Array): boolean {
    const key = keyOf(keysOf(domain, this.#parts.domain(domain)), domainOfKey(publicKey));
    return key !== undefined && (key.role !== "session" || this.head().height < key.limits.untilHeight);
  }

  openThread(identity: Identity): Promise<Session> {
    return Session.open({
      id: this.#nextSession++, identity, clock: this.#parts.clock, shared: this.#shared,
      openThread: (kind, user) => Thread.open(this.#nextThread++, user.identity, this.#parts.threads, { ...user.self, kind }),
      adoptThread: (kind, bytes, user) => Thread.adopt(this.#nextThread++, user.identity, this.#parts.threads, { kind, bytes }),
      selfOf: (who, signer) => this.#selfOf(who, signer),
      journals: new SessionJournals(this.#parts.journals, this.#parts.random, identity),
    });
  }

  threadsOf(thread: ThreadApi): Session {
    return thread as Session;
  }

  async draft(thread: ThreadApi, signer: DraftSigner, terms: DraftTerms = {}): Promise<Draft> {
    const session = this.threadsOf(thread);
    const threads = session.ready(terms.only);
    const links = await Promise.all(threads.map((one) => one.link()));
    const domain = signer.domain ?? domainOfKey(signer.publicKey);
    const common = this.#draftJob(links.map(({ program }) => program), { seen: oldestOf(links), publicKey: signer.publicKey, domain });
    const job: DraftJob = { ...common, mode: terms.mode ?? "strict", ...(signer.payer === undefined ? {} : { payer: signer.payer }) };
    const reply = (await this.#parts.threads.pool.run({ identity: graceKey(session.identity), message: () => ({ body: job }) })) as DraftReply;
    session.drafted(threads, domain);
    const body = decodeBody(reply.bodyBytes);
    const effect = decodeEffect(reply.effectBytes);
    const storage = storageCostText(storageCost(effect, PRICES.writeByte, reply.kept));
    return {
      ...reply, packageId: packageId(reply.bodyBytes), body, effect,
      effectBytes: body.mode === "strict" ? reply.effectBytes : new Uint8Array(0),
      sentences: effectSentences(effect, domain), greatestFeeUnits: body.ergLimit * body.ergPriceUnits, ...(storage === undefined ? {} : { storage }),
    };
  }

  async pending(thread: ThreadApi): Promise<readonly PendingThread[]> {
    const session = this.threadsOf(thread);
    return Promise.all(session.pending().map(async ({ name, thread: one }): Promise<PendingThread> => {
      const { recording, pendingLines } = one.status();
      try {
        return { name, recording, lines: pendingLines, work: await this.#preview(one, session) };
      } catch (error) {
        if (!isFaultError(error)) throw error;
        return { name, recording, lines: pendingLines, work: { kind: "fails", fault: error.fault } };
      }
    }));
  }

  /** As whoever `~` stands for now; a stand-in's key is nobody's, and a preview asks for no signature. */
  async #preview(thread: Thread, { identity, domain }: Session): Promise<Extract<PendingThread["work"], { kind: "runs" }>> {
    const { program, base } = await thread.link("anyhow");
    const publicKey = (identity.level === "proved" ? identity.key.ed25519 : undefined) ?? new Uint8Array(32);
    const draft = this.#draftJob([program], { domain, publicKey, seen: base });
    const reply = (await this.#parts.threads.pool.run({ identity: graceKey(identity), message: () => ({ body: { kind: "preview", draft } }) })) as PreviewReply;
    const effect = decodeEffect(reply.effectBytes);
    const storage = storageCostText(storageCost(effect, PRICES.writeByte));
    return { kind: "runs", sentences: effectSentences(effect, domain), ergUsed: reply.ergUsed, ...(storage === undefined ? {} : { storage }) };
  }

  #draftJob(programs: readonly Uint8Array[], signer: Pick<DraftJob, "domain" | "publicKey" | "seen">): DraftJob {
    const { params } = this.#parts.chain.machine;
    const { height, stateRoot } = this.head();
    return {
      kind: "draft", programs, ...signer, mode: "strict", base: { height, stateRoot },
      ergPriceUnits: params.minErgPriceUnits, expiryHeight: height + EXPIRY_BLOCKS, timeMs: BigInt(this.#parts.clock.nowMs()),
    };
  }

  async prove(thread: ThreadApi, subject: ProofSubject, height?: bigint): Promise<Uint8Array> {
    return this.threadsOf(thread).prove(subject, proofLink(this.#parts.chain, height));
  }

  offerIntent(thread: ThreadApi, draft: Draft | undefined, terms: DraftTerms = {}): IntentOffer {
    const gathered = new Map<Draft, readonly PackageSignature[]>();
    return this.#parts.intents.offer({
      owner: `session ${thread.id}`,
      draft,
      draftFor: async (publicKey) => acceptable(await this.draft(thread, { publicKey, ...(terms.payer === undefined ? {} : { payer: terms.payer }) }, terms), terms),
      answer: (shown, answer) => this.#takeAnswer(shown, answer, gathered),
      describe: ({ intentId, expiresAtMs, packageId: wanted }) => encodeIntent({
        version: 1, kind: wanted === undefined ? "open" : "package", chainIdPrefix: this.chain.chainId.subarray(0, 8),
        packageId: wanted ?? new Uint8Array(0), intentId, expirySeconds: Math.floor(expiresAtMs / 1_000), ...this.#parts.reach(),
      }),
    });
  }

  fetchIntent(intentId: Uint8Array, publicKey: Uint8Array): Promise<Draft> {
    return this.#parts.intents.fetch(intentId, publicKey);
  }

  answerIntent(intentId: Uint8Array, answer: SignatureAnswer): Promise<IntentProgress> {
    return this.#parts.intents.answer(intentId, answer);
  }

  offerLogin(thread: ThreadApi): LoginOffer<Identity & { readonly level: "proved" }> {
    const session = this.threadsOf(thread);
    session.requireNoRecording("logmein");
    const offer = this.#parts.logins.offer(`session ${thread.id}`, { chainIdPrefix: this.chain.chainId.subarray(0, 8), ...this.#parts.reach() });
    const answered = offer.answered.then(async (key) => {
      const { sshUser, sourceAddress } = session.identity;
      const identity = { level: "proved", sshUser, sourceAddress, key } as const;
      await session.identify(identity);
      return identity;
    });
    answered.catch(() => undefined); // told to whoever waits
    return { ...offer, answered };
  }

  async answerLogin(intentId: Uint8Array, answer: LoginAnswer): Promise<void> {
    this.#parts.logins.answer(intentId, answer);
  }

  async submit(signedPackage: Uint8Array): Promise<{ readonly packageId: Uint8Array }> {
    return { packageId: this.#parts.pool.add(signedPackage).facts.packageId };
  }

  untilReceipt(id: Uint8Array, stage: ReceiptStage, signal: AbortSignal): Promise<Receipt> {
    return this.#parts.receipts.until(id, stage, signal);
  }

  receipt(id: Uint8Array): FoundReceipt | undefined {
    return this.#parts.receipts.find(id);
  }

  async faucet(domain: Uint8Array, signal: AbortSignal): Promise<{ readonly amountUnits: bigint; readonly receipt: Receipt }> {
    const faucet = this.#parts.faucet();
    if (faucet === undefined) throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: "this node has no faucet" });
    return faucet.pay(domain, signal);
  }

  /** One bad signature must not use up the intent, so each is judged before it is kept. */
  async #takeAnswer(draft: Draft, answer: SignatureAnswer, gathered: Map<Draft, readonly PackageSignature[]>): Promise<IntentProgress> {
    const { publicKey, scheme, signature } = answer;
    const signatures = addSignature({ ...draft, signatures: gathered.get(draft) ?? [] }, { publicKey, scheme, signature });
    gathered.set(draft, signatures);
    const missing = missingSignatures(draft.body, signatures);
    if (missing > 0) return { packageId: draft.packageId, missing };
    return { ...(await this.submit(encodeSignedPackage({ body: draft.body, signatures }))), missing };
  }

  #selfOf(identity: Identity, signedFor?: Uint8Array): ThreadSelf {
    if (signedFor !== undefined) return { signer: signedFor, identityText: identityText(identity, signedFor, "signed") };
    const signer = this.#domainOf(identity);
    return { signer, identityText: identityText(identity, signer, hasDomain(identity) ? "proved" : "unknown") };
  }

  /** A proved Ed25519 key has the domain it named as user, which the server has checked (R1), else its own; anyone else gets a stand-in that no key opens, until `ct` learns the signer (R5). */
  #domainOf(identity: Identity): Uint8Array {
    if (identity.level === "proved" && identity.key.ed25519 !== undefined) return identity.domain ?? domainOfKey(identity.key.ed25519);
    return sha256(utf8("gridshell-stand-in"), this.#parts.random.bytes(32)).subarray(0, 20);
  }
}

/** Whoever signs from afar did not see what moved, so only what the user accepted is offered. */
function acceptable(draft: Draft, { onto }: DraftTerms): Draft {
  const open = draft.moved.filter(({ merged }) => merged === undefined);
  if (open.length > 0 && onto !== "newest") throw new FaultError<PackageFault>({ code: "PACKAGE_STATE_MOVED", paths: open.map(({ place }) => place) });
  return draft;
}

function oldestOf(links: readonly LinkReply[]): BaseFacts {
  const [first, ...others] = links.map(({ base }) => base);
  return others.reduce((oldest, base) => (base.height < oldest.height ? base : oldest), first as BaseFacts);
}

/** What `whoami` prints; `home` says how it is known whose `~` is. */
function identityText(identity: Identity, signer: Uint8Array, home: "proved" | "signed" | "unknown"): string {
  const who = identity.level === "claimed" ? `${identity.sshUser} (claimed: no key was proved)` : `${identity.sshUser} (proved: ${identity.key.algorithm} ${identity.key.fingerprint})`;
  const known = identity.level === "proved" && home !== "proved" ? `${who}\n${identity.key.algorithm} keys log in but cannot commit` : who;
  if (home === "unknown") return `${known}\n~ stands for whoever signs at ct`;
  return `${known}\n~ is ${encodeAddress(signer)}${home === "signed" ? ", who signed here last" : ""}`;
}
