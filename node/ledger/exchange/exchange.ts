import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { NodeFault } from "../../fault.ts";
import type { Clock, Network } from "../../ports.ts";
import { decodeBlock, encodeBlock } from "../block-codec.ts";
import { decodeHeader, encodeHeader, headerId } from "../header-codec.ts";
import type { Block, Evidence } from "../block.ts";
import type { Chain } from "../chain.ts";
import type { BlockState } from "../executor.ts";
import type { EvidenceBook } from "../evidence-book.ts";
import { decodeEvidence, encodeEvidence } from "../fraud-codec.ts";
import type { Pool } from "../pool.ts";
import { Newest } from "../../newest.ts";
import { BlockServer } from "./block-server.ts";
import { DeepBranches } from "./deep-branches.ts";
import { Download } from "./download.ts";
import { InStep } from "./in-step.ts";
import { Intake } from "./intake.ts";
import { decodeMessage, encodeMessage, MAX_EVIDENCE_BYTES, topicOf, type LedgerMessage } from "./messages.ts";
import type { OrphanLimits } from "./orphans.ts";
import { PackageGossip } from "./package-gossip.ts";
import { tellRivals } from "./rivals.ts";
import { locatorOf, pathAfter } from "./sync.ts";

/**
 * Ties a chain and its pool to peers. Own blocks and packages go out to all; what comes in is judged by
 * the chain, and passed on if it moved the head; what is missing is asked for. A lost message costs time only:
 * every head is told again, and whoever sees one that it does not know asks for the way to it.
 */
export interface ExchangeOptions<S extends BlockState> {
  readonly chain: Chain<S>;
  readonly pool: Pool;
  readonly evidence: EvidenceBook<S>;
  readonly network: Network;
  readonly clock: Clock;
  readonly orphanLimits?: OrphanLimits;
  /** A peer sent what no honest node sends. */
  readonly onMisbehaviour: (peer: string, fault: NodeFault | { readonly code: "CODEC_MALFORMED" }) => void;
  /** The disk failed or an assertion did: the node must stop. */
  readonly onFailure: (error: unknown) => void;
}
export interface Exchange {
  /** Tells everybody of a block of our own. */
  announce(block: Block): void;
  /** Tells a peer that has just come where our chain ends. */
  greet(peer: string): void;
  /** The height that a peer told last. */
  heightOf(peer: string): bigint | undefined;
  /** Resolves when a peer is no further than we are, or when for so long nothing new was heard; also when this stops. */
  inStep(patienceMs: number): Promise<void>;
  /** Resolves when everything that arrived so far was judged. */
  stop(): Promise<void>;
}

/** Larger blocks are announced by header: gossip of libp2p carries up to 4 MiB, and most peers have a block by then. */
const WHOLE_BLOCK_BYTES = 64 << 10;
/** How often the own head is told, and what still waits for a block: own packages, and proofs of fraud. */
const STATUS_MS = 10_000;
/** A block that was asked for because of its header alone is not asked of others meanwhile. */
const ANSWER_MS = 10_000;
const REMEMBERED = 64;
/** What these say of blocks means something only when those that came before are judged. */
const ABOUT_BLOCKS: ReadonlySet<LedgerMessage["kind"]> = new Set(["header", "status", "path"]);
/** A refusal that an honest peer may cause: it knows newer rules. */
const HONEST_REFUSAL: NodeFault["code"] = "LEDGER_RULES";

/** Talks to other nodes until it is stopped: gives and takes blocks, packages and proofs of fraud. */
export function startExchange<S extends BlockState>(options: ExchangeOptions<S>): Exchange {
  return new BlockExchange(options);
}

class BlockExchange<S extends BlockState> implements Exchange {
  readonly #options: ExchangeOptions<S>;
  readonly #topic: string;
  readonly #deep: DeepBranches;
  readonly #intake: Intake<S>;
  readonly #download: Download;
  readonly #server: BlockServer;
  readonly #packages: PackageGossip;
  readonly #inStep: InStep;
  readonly #askedMs = new Newest<number>(REMEMBERED);
  readonly #heights = new Newest<bigint>(REMEMBERED);
  readonly #closers: (() => void)[] = [];
  #stopped = false;
  /** Messages that are judged or wait for it. */
  #queued = 0;
  #cancelStatus: () => void = () => undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ExchangeOptions<S>) {
    this.#options = options;
    this.#topic = topicOf(options.chain.machine.chainId);
    const { network, pool, clock } = options;
    this.#inStep = new InStep(clock);
    this.#deep = new DeepBranches({ clock, isTooDeep: (forkId) => options.chain.isTooDeep(forkId) });
    this.#intake = new Intake({
      chain: options.chain, clock, deep: this.#deep, ...(options.orphanLimits !== undefined && { orphanLimits: options.orphanLimits }), onMoved: (block) => this.#passOn(block),
      onMissing: (peer, missing) => this.#download.follow(peer, missing), onWanted: (peer, missing) => this.#download.again(peer, missing),
      onRefused: (peer, fault) => (this.#download.spoil(peer), this.#blame(peer, fault)), onTooDeep: (peer, id) => this.#download.isFrom(peer) && this.#part(peer, id),
      onDue: (arrival) => void this.#queue(() => this.#intake.take(arrival)), onFailure: options.onFailure,
    });
    this.#download = new Download({
      clock, isKnown: (id) => this.#isKnown(id), isStored: (id) => this.#store.entry(id) !== undefined, isBusy: () => this.#queued > 0 || this.#intake.isBusy(), onDone: () => this.#inStep.reach(),
      locate: (peer, after) => this.#send(peer, { kind: "locate", ids: locatorOf(options.chain.head(), this.#store, after) }),
      get: (peer, ids) => this.#send(peer, { kind: "get", ids }),
    });
    this.#server = new BlockServer({
      clock, onFailure: options.onFailure, read: (id) => this.#readBlock(id),
      send: (peer, block) => network.send(peer, this.#topic, encodeMessage({ kind: "block", block })),
    });
    this.#packages = new PackageGossip({ pool, clock, tell: (packages) => this.#broadcast({ kind: "packages", packages }), blame: (peer, fault) => this.#blame(peer, fault) });
    this.#closers.push(
      options.evidence.listen((evidence) => this.#tellEvidence(evidence)),
      tellRivals(options.chain, (header) => this.#broadcast({ kind: "header", header: encodeHeader(header) })),
      network.onMessage(this.#topic, (message, peer) => this.#queue(() => this.#receive(message, peer))),
      () => this.#packages.stop(), () => this.#server.stop(), () => this.#download.stop(), () => this.#inStep.reach(), () => this.#intake.stop(),
    );
    this.#tick();
  }

  announce(block: Block): void {
    const bytes = encodeBlock(block);
    this.#broadcast(bytes.length <= WHOLE_BLOCK_BYTES ? { kind: "block", block: bytes } : { kind: "header", header: encodeHeader(block.header) });
  }

  greet(peer: string): void {
    this.#send(peer, this.#status());
  }

  heightOf(peer: string): bigint | undefined {
    return this.#heights.get(peer);
  }

  inStep(patienceMs: number): Promise<void> {
    return this.#inStep.within(patienceMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelStatus();
    for (const close of this.#closers) close();
    await this.#work;
    await this.#intake.idle();
  }

  /** Messages are taken one after another; of blocks that follow each other some are under way at once. */
  #queue(job: () => Promise<void>): Promise<void> {
    this.#queued++;
    this.#work = this.#work.then(() => (this.#stopped ? undefined : job())).catch((error: unknown) => {
      if (!this.#stopped) this.#options.onFailure(error);
    }).finally(() => void this.#queued--);
    return this.#work;
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#broadcast(this.#status());
    this.#packages.retell();
    // Who was away when a proof was told may be the one who makes the next key block.
    for (const evidence of this.#options.evidence.forBlock(this.#options.chain.head())) this.#tellEvidence(evidence);
    this.#cancelStatus = this.#options.clock.after(STATUS_MS, () => this.#tick());
  }

  #status(): LedgerMessage {
    const { id, height, totalWork } = this.#options.chain.head();
    return { kind: "status", headId: id, height, totalWork };
  }

  async #receive(bytes: Uint8Array, peer: string): Promise<void> {
    const message = this.#read(() => decodeMessage(bytes), peer);
    if (message !== undefined && ABOUT_BLOCKS.has(message.kind)) await this.#intake.idle();
    switch (message?.kind) {
      case "block":
        return this.#takeBlock(message.block, peer);
      case "header":
        return this.#takeHeader(message.header, peer);
      case "status":
        return this.#takeStatus(message, peer);
      case "get":
        return this.#server.ask(peer, message.ids);
      case "locate":
        return this.#server.mayLocate(peer) ? this.#send(peer, { kind: "path", ids: pathAfter(message.ids, this.#options.chain.head(), this.#store) }) : undefined;
      case "path":
        return this.#takePath(message.ids, peer);
      case "packages":
        return this.#packages.take(message.packages, peer);
      case "evidence":
        return this.#takeEvidence(message.evidence, peer);
      case undefined:
        return;
    }
  }

  async #takeBlock(bytes: Uint8Array, peer: string): Promise<void> {
    const block = this.#read(() => decodeBlock(bytes, this.#options.chain.machine.params), peer);
    if (block === undefined) return;
    this.#noteHeight(peer, block.header.height);
    const id = headerId(block.header);
    await this.#intake.take({ block, sizeBytes: bytes.length, peer, onJudged: () => this.#download.arrived(peer, id) });
  }

  /** To those who are not linked to its maker; not while we catch up, when all others have had it for long. */
  #passOn({ header }: Block): void {
    this.#inStep.progress();
    if (!this.#download.isRunning()) this.#broadcast({ kind: "header", header: encodeHeader(header) });
  }

  #noteHeight(peer: string, height: bigint): void {
    if (height > (this.#heights.get(peer) ?? -1n)) this.#heights.set(peer, height);
  }

  async #takeHeader(bytes: Uint8Array, peer: string): Promise<void> {
    const header = this.#read(() => decodeHeader(bytes), peer);
    if (header === undefined) return;
    this.#noteHeight(peer, header.height);
    const isOutOfReach = this.#deep.goOn(header) || (this.#deep.isFollowedBy(peer) && this.#store.entry(header.parentId) === undefined);
    if (isOutOfReach) return;
    const id = headerId(header);
    const nowMs = this.#options.clock.nowMs();
    if (this.#isKnown(id) || nowMs - (this.#askedMs.get(toHex(id)) ?? -Infinity) < ANSWER_MS) return;
    this.#askedMs.set(toHex(id), nowMs);
    this.#send(peer, { kind: "get", ids: [id] });
  }

  async #takeStatus({ headId, height, totalWork }: Extract<LedgerMessage, { kind: "status" }>, peer: string): Promise<void> {
    const head = this.#options.chain.head();
    this.#heights.set(peer, height);
    // A head of our own height that we do not know may be the twin of ours: whoever has both has the proof.
    const isAhead = totalWork > head.totalWork || (totalWork === head.totalWork && height >= head.height);
    const isHere = this.#store.entry(headId) !== undefined;
    if (isHere) this.#deep.forget(peer);
    const isNew = !isHere && !this.#deep.has(headId) && !this.#deep.isFollowedBy(peer);
    if (!(totalWork > head.totalWork && isNew) && !this.#download.isRunning()) this.#inStep.reach();
    if (isAhead && isNew) this.#download.follow(peer, headId);
  }

  /** A way with a block that is too deep leads there: all that comes after is on that branch. */
  #takePath(ids: readonly Uint8Array[], peer: string): void {
    const deep = ids.find((id) => this.#deep.has(id));
    if (deep === undefined) this.#download.takePath(peer, ids);
    else this.#part(peer, deep);
  }

  /** The peer's chain left ours too deep: what it has is of no use to us. */
  #part(peer: string, id: Uint8Array): void {
    this.#deep.follows(peer, id);
    this.#download.leave(peer);
  }

  #tellEvidence(evidence: Evidence): void {
    const bytes = encodeEvidence(evidence);
    if (bytes.length <= MAX_EVIDENCE_BYTES) this.#broadcast({ kind: "evidence", evidence: bytes });
  }

  async #takeEvidence(bytes: Uint8Array, peer: string): Promise<void> {
    const evidence = this.#read(() => decodeEvidence(bytes, this.#options.chain.machine.params), peer);
    const verdict = evidence === undefined ? undefined : await this.#options.evidence.add(evidence);
    if (verdict?.kind === "reject" && "reason" in verdict.fault && verdict.fault.reason === "false") this.#blame(peer, verdict.fault);
  }

  #readBlock(id: Uint8Array): Uint8Array | undefined {
    const entry = this.#store.entry(id);
    const block = entry === undefined || !this.#store.isWhole(entry) ? undefined : this.#store.block(entry);
    return block === undefined ? undefined : encodeBlock(block);
  }

  #isKnown(id: Uint8Array): boolean {
    return this.#store.entry(id) !== undefined || this.#intake.isWaiting(id) || equalBytes(id, this.#options.chain.machine.chainId);
  }

  #blame(peer: string, fault: NodeFault): void {
    if (fault.code !== HONEST_REFUSAL) this.#options.onMisbehaviour(peer, fault);
  }

  /** What a peer sent, or undefined when it does not have its form; that is the peer's doing. */
  #read<T>(read: () => T, peer: string): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isFaultError(error)) throw error;
      this.#options.onMisbehaviour(peer, { code: "CODEC_MALFORMED" });
      return undefined;
    }
  }

  get #store(): Chain<S>["machine"]["store"] {
    return this.#options.chain.machine.store;
  }

  #broadcast(message: LedgerMessage): void {
    this.#options.network.broadcast(this.#topic, encodeMessage(message));
  }

  #send(peer: string, message: LedgerMessage): void {
    void this.#options.network.send(peer, this.#topic, encodeMessage(message));
  }
}
