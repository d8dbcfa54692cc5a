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
import type { Pool, PoolEntry } from "../pool.ts";
import { checkWork } from "../checks.ts";
import { decodeMessage, encodeMessage, MAX_EVIDENCE_BYTES, MAX_PACKAGES, topicOf, type LedgerMessage } from "./messages.ts";
import { Orphans } from "./orphans.ts";
import { Fetch, locatorOf, pathAfter } from "./sync.ts";

/**
 * Ties a chain and its pool to peers. Own blocks and packages go out to all; what comes in is judged by
 * the chain; what is missing is asked for. A lost message costs time only: every head is told again, and
 * whoever sees one that it does not know asks for the way to it.
 */
export interface ExchangeOptions<S extends BlockState> {
  readonly chain: Chain<S>;
  readonly pool: Pool;
  readonly evidence: EvidenceBook<S>;
  readonly network: Network;
  readonly clock: Clock;
  /** A peer sent what no honest node sends. */
  readonly onMisbehaviour: (peer: string, fault: NodeFault | { readonly code: "CODEC_MALFORMED" }) => void;
  /** The disk failed or an assertion did: the node must stop. */
  readonly onFailure: (error: unknown) => void;
}
export interface Exchange {
  /** Tells everybody of a block of our own. */
  announce(block: Block): void;
  /** Resolves when everything that arrived so far was judged. */
  stop(): Promise<void>;
}

/** Larger blocks are announced by header: gossip of libp2p carries up to 4 MiB, and most peers have a block by then. */
const WHOLE_BLOCK_BYTES = 64 << 10;
/** How often the own head is told, and own packages that still wait. */
const STATUS_MS = 10_000;
/** An answer that took longer is not waited for. */
const ANSWER_MS = 15_000;
/** Blocks dated ahead of our clock that wait for it. */
const EARLY_BLOCKS = 256;
/** A block dated further ahead than this is not kept: it will be asked for again. */
const EARLY_MS = 600_000;
/** Refusals that an honest peer may cause: it follows another branch or knows newer rules. */
const HONEST_REFUSALS = new Set(["LEDGER_TOO_DEEP", "LEDGER_RULES"]);
/** Package refusals that only a forger causes. */
const FORGED_PACKAGES = new Set(["PACKAGE_MALFORMED", "PACKAGE_BAD_SIGNATURE", "PACKAGE_TOO_LARGE", "CODEC_MALFORMED"]);

/** Talks to other nodes until it is stopped: gives and takes blocks, packages and proofs of fraud. */
export function startExchange<S extends BlockState>(options: ExchangeOptions<S>): Exchange {
  return new BlockExchange(options);
}

class BlockExchange<S extends BlockState> implements Exchange {
  readonly #options: ExchangeOptions<S>;
  readonly #topic: string;
  readonly #orphans = new Orphans();
  readonly #fetches = new Map<string, { readonly fetch: Fetch; readonly sinceMs: number }>();
  readonly #ownPackages = new Map<string, PoolEntry>();
  readonly #closers: (() => void)[] = [];
  readonly #early = new Set<() => void>();
  #receiving = false;
  #stopped = false;
  #cancelStatus: () => void = () => undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ExchangeOptions<S>) {
    this.#options = options;
    this.#topic = topicOf(options.chain.machine.chainId);
    const { network, pool } = options;
    for (const entry of pool.entries()) this.#ownPackages.set(toHex(entry.facts.packageId), entry);
    this.#closers.push(
      options.evidence.listen((evidence) => this.#tellEvidence(evidence)),
      network.onMessage(this.#topic, (message, peer) => this.#queue(() => this.#receive(message, peer))),
      pool.listen({ added: (entry) => this.#packageAdded(entry), removed: (entry) => void this.#ownPackages.delete(toHex(entry.facts.packageId)) }),
    );
    this.#tick();
  }

  announce(block: Block): void {
    const bytes = encodeBlock(block);
    this.#broadcast(bytes.length <= WHOLE_BLOCK_BYTES ? { kind: "block", block: bytes } : { kind: "header", header: encodeHeader(block.header) });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelStatus();
    for (const close of this.#closers) close();
    for (const cancel of this.#early) cancel();
    await this.#work;
  }

  /** Messages are taken one after another: blocks that follow each other arrive in one burst. */
  #queue(job: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#stopped ? undefined : job())).catch((error: unknown) => {
      if (!this.#stopped) this.#options.onFailure(error);
    });
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#tellStatus();
    const waiting = [...this.#ownPackages.values()].slice(0, MAX_PACKAGES);
    if (waiting.length > 0) this.#broadcast({ kind: "packages", packages: waiting.map(({ bytes }) => bytes) });
    this.#cancelStatus = this.#options.clock.after(STATUS_MS, () => this.#tick());
  }

  #tellStatus(): void {
    const { id, height, totalWork } = this.#options.chain.head();
    this.#broadcast({ kind: "status", headId: id, height, totalWork });
  }

  #packageAdded(entry: PoolEntry): void {
    if (this.#receiving) return;
    this.#ownPackages.set(toHex(entry.facts.packageId), entry);
    this.#broadcast({ kind: "packages", packages: [entry.bytes] });
  }

  async #receive(bytes: Uint8Array, peer: string): Promise<void> {
    const message = this.#read(() => decodeMessage(bytes), peer);
    switch (message?.kind) {
      case "block":
        return this.#takeBlock(message.block, peer);
      case "header":
        return this.#takeHeader(message.header, peer);
      case "status":
        return this.#takeStatus(message, peer);
      case "get":
        for (const id of message.ids) this.#sendBlock(id, peer);
        return;
      case "locate":
        return this.#send(peer, { kind: "path", ids: pathAfter(message.ids, this.#options.chain.head(), this.#store) });
      case "path":
        return this.#takePath(message.ids, peer);
      case "packages":
        return this.#takePackages(message.packages, peer);
      case "evidence":
        return this.#takeEvidence(message.evidence, peer);
      case undefined:
        return;
    }
  }

  async #takeBlock(bytes: Uint8Array, peer: string): Promise<void> {
    const block = this.#read(() => decodeBlock(bytes, this.#options.chain.machine.params), peer);
    if (block === undefined) return;
    await this.#judge(block, bytes.length, peer);
    const fetching = this.#fetches.get(peer);
    if (fetching?.fetch.arrived(headerId(block.header)) === true) this.#fetchMore(peer, fetching.fetch);
  }

  /** Hands a block to the chain, then those that waited for it. */
  async #judge(first: Block, sizeBytes: number, firstPeer: string): Promise<void> {
    const waiting = [{ block: first, sizeBytes, peer: firstPeer }];
    for (let next = waiting.shift(); next !== undefined && !this.#stopped; next = waiting.shift()) {
      const { block, peer } = next;
      const answer = await this.#options.chain.submit(block);
      if (answer.kind === "orphan") {
        if (!this.#hasWork(block)) continue;
        this.#orphans.add(block, next.sizeBytes, peer);
        this.#locate(peer);
      } else if (answer.kind === "surplus") {
        const children = this.#orphans.takeChildren(headerId(block.header));
        if (children.some((child) => child.block.header.kind === "key")) await this.#options.chain.submit(block, { wanted: true });
        waiting.push(...children);
      } else if (answer.kind === "early") this.#keepEarly(block, next.sizeBytes, peer, answer.untilMs);
      else if (answer.kind === "reject") this.#blame(peer, answer.fault);
      else waiting.push(...this.#orphans.takeChildren(headerId(block.header)));
    }
  }

  #keepEarly(block: Block, sizeBytes: number, peer: string, untilMs: bigint): void {
    const delayMs = Number(untilMs) - this.#options.clock.nowMs();
    if (this.#early.size >= EARLY_BLOCKS || delayMs > EARLY_MS) return;
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#early.delete(cancel);
      this.#queue(() => this.#judge(block, sizeBytes, peer));
    });
    this.#early.add(cancel);
  }

  async #takeHeader(bytes: Uint8Array, peer: string): Promise<void> {
    const header = this.#read(() => decodeHeader(bytes), peer);
    if (header === undefined) return;
    const id = headerId(header);
    if (!this.#isKnown(id)) this.#send(peer, { kind: "get", ids: [id] });
  }

  async #takeStatus({ headId, height, totalWork }: Extract<LedgerMessage, { kind: "status" }>, peer: string): Promise<void> {
    const head = this.#options.chain.head();
    // A head of our own height that we do not know may be the twin of ours: whoever has both has the proof.
    const isAhead = totalWork > head.totalWork || (totalWork === head.totalWork && height >= head.height);
    if (isAhead && this.#store.entry(headId) === undefined) this.#locate(peer);
  }

  /** Asks for the way to the peer's head, unless an answer of it is still awaited. */
  #locate(peer: string): void {
    const nowMs = this.#options.clock.nowMs();
    const running = this.#fetches.get(peer);
    if (running !== undefined && nowMs - running.sinceMs < ANSWER_MS) return;
    this.#fetches.set(peer, { fetch: new Fetch(), sinceMs: nowMs });
    this.#send(peer, { kind: "locate", ids: locatorOf(this.#options.chain.head(), this.#store) });
  }

  async #takePath(ids: readonly Uint8Array[], peer: string): Promise<void> {
    const fetching = this.#fetches.get(peer);
    if (fetching === undefined) return;
    fetching.fetch.begin(ids, (id) => this.#isKnown(id));
    this.#fetchMore(peer, fetching.fetch);
  }

  #fetchMore(peer: string, fetch: Fetch): void {
    const ids = fetch.next();
    if (ids.length === 0) {
      this.#fetches.delete(peer);
      if (fetch.wantsMore) this.#locate(peer);
      return;
    }
    this.#fetches.set(peer, { fetch, sinceMs: this.#options.clock.nowMs() });
    this.#send(peer, { kind: "get", ids });
  }

  /** A key block without its parent is kept only if somebody worked for it. */
  #hasWork({ header }: Block): boolean {
    return header.kind === "data" || checkWork(header, this.#options.chain.machine.params).kind === "accept";
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

  async #takePackages(packages: readonly Uint8Array[], peer: string): Promise<void> {
    this.#receiving = true;
    try {
      for (const bytes of packages) this.#takePackage(bytes, peer);
    } finally {
      this.#receiving = false;
    }
  }

  #takePackage(bytes: Uint8Array, peer: string): void {
    try {
      this.#options.pool.add(bytes);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      if (FORGED_PACKAGES.has(error.fault.code)) this.#blame(peer, error.fault as NodeFault);
    }
  }

  #sendBlock(id: Uint8Array, peer: string): void {
    const entry = this.#store.entry(id);
    const block = entry === undefined ? undefined : this.#store.block(entry);
    if (block !== undefined) this.#send(peer, { kind: "block", block: encodeBlock(block) });
  }

  #isKnown(id: Uint8Array): boolean {
    return this.#store.entry(id) !== undefined || this.#orphans.has(id) || equalBytes(id, this.#options.chain.machine.chainId);
  }

  #blame(peer: string, fault: NodeFault): void {
    if (!HONEST_REFUSALS.has(fault.code)) this.#options.onMisbehaviour(peer, fault);
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
    this.#options.network.send(peer, this.#topic, encodeMessage(message));
  }
}
