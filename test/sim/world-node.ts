import { encodeBlock } from "../../node/ledger/block-codec.ts";
import { dataBlockMessage, headerId } from "../../node/ledger/header-codec.ts";
import type { Block, DataBlock, DataBlockHeader } from "../../node/ledger/block.ts";
import type { Chain, Submission } from "../../node/ledger/chain.ts";
import { startExchange, type Exchange } from "../../node/ledger/exchange/exchange.ts";
import { encodeMessage, topicOf } from "../../node/ledger/exchange/messages.ts";
import { EvidenceBook } from "../../node/ledger/evidence-book.ts";
import { accusedEpoch } from "../../node/ledger/fraud-codec.ts";
import { chainIdOf, type Genesis } from "../../node/ledger/genesis.ts";
import { startLeader, type Leader } from "../../node/ledger/leader.ts";
import type { Miner } from "../../node/ledger/miner.ts";
import { openChain } from "../../node/ledger/open-chain.ts";
import type { LedgerParams } from "../../node/ledger/params.ts";
import { Pool } from "../../node/ledger/pool.ts";
import { startPool, type PoolFeed } from "../../node/ledger/pool-feed.ts";
import { RealmStates, type RealmState } from "../../node/ledger/realm-states.ts";
import { SignJournal } from "../../node/ledger/sign-journal.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import { checkedDisk } from "../../node/store/checked-disk.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../../node/fault.ts";
import type { Clock, Disk, Network } from "../../node/ports.ts";
import { SimDisk, SimFile } from "./disk.ts";
import { toyKey, verifyToy } from "./keys.ts";
import type { SimNetwork } from "./network.ts";
import { BatchTransferExecutor } from "./batch-transfers.ts";
import { TransferExecutor } from "./transfers.ts";

/**
 * What a leader does wrong: says nothing in its epoch, leaves out one account's packages, holds its
 * blocks back, signs two blocks on one parent, or signs a block whose state root is wrong.
 */
export type Behaviour = "honest" | "silent" | "censoring" | "selfish" | "equivocating" | "invalid";
export const MISDEEDS: readonly Behaviour[] = ["silent", "censoring", "selfish", "equivocating", "invalid"];

export interface WorldNodeOptions {
  readonly name: string;
  readonly behaviour: Behaviour;
  /** The node's own clock: the world's, off by what the scenario says. */
  readonly clock: Clock;
  /** How long its disk takes for each batch once it has started. */
  readonly diskPause: () => Promise<void>;
  /** Whether it runs blocks at once, also on one that is being written, as a node with workers does. */
  readonly runsAtOnce: boolean;
  readonly network: SimNetwork;
  readonly genesis: Genesis;
  readonly params: LedgerParams;
  readonly miner: Miner;
  /** Whose packages a censor leaves out. */
  readonly censored: Uint8Array;
  /** How long a selfish leader holds back what it has. */
  readonly holdMs: () => number;
  readonly log: (event: string) => void;
  /** The disk failed under the node: it is down from now on. */
  readonly onDown: () => void;
  /** The node saw two blocks on one parent, or has a proof of fraud, against the leader of the epoch. */
  readonly onFraud: (keyBlockId: Uint8Array) => void;
}

/** One node of a world: a whole ledger node on a disk that can crash, and its way of behaving. */
export class WorldNode {
  readonly options: WorldNodeOptions;
  readonly key: ReturnType<typeof toyKey>;
  /** What the node that runs now is made of; undefined while it is down. */
  running: Running | undefined;
  /** Whether it mines and signs. */
  leads = true;
  disk = new SimDisk();
  marker = new SimFile();
  readonly blamed: string[] = [];

  constructor(options: WorldNodeOptions) {
    this.options = options;
    this.key = toyKey(options.name);
  }

  get name(): string {
    return this.options.name;
  }

  get #topic(): string {
    return topicOf(chainIdOf(this.options.genesis));
  }

  get isHonest(): boolean {
    return this.options.behaviour === "honest";
  }

  async start(): Promise<void> {
    const { params, clock, genesis, runsAtOnce } = this.options;
    const disk = checkedDisk(this.disk, this.name);
    const states = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder: this.name }), params.historyBlocks);
    const rule = { verify: verifyToy, isUsableKey: (key: Uint8Array) => key.some((byte) => byte !== 0) };
    const onFailure = (error: unknown): void => this.#failed(running, error);
    const chain = await openChain({ genesis, ports: { clock, disk, marker: this.marker }, states, executor: runsAtOnce ? new BatchTransferExecutor(states) : new TransferExecutor(), rule, folder: this.name, params });
    const feed = await startPool({ chain, disk, onFailure });
    if (this.options.behaviour === "censoring") censor(feed.pool, this.options.censored);
    const evidence = await EvidenceBook.open(chain, disk, onFailure);
    evidence.listen((proof) => this.options.onFraud(accusedEpoch(proof)));
    const outgoing = new Outgoing(this.options.network.port(this.name));
    const exchange = startExchange({
      chain, pool: feed.pool, network: outgoing, clock, onFailure, evidence,
      onMisbehaviour: (peer, fault) => void this.blamed.push(`${peer} ${fault.code}`),
    });
    const running: Running = { disk, chain, feed, states, exchange, evidence, outgoing, leader: undefined };
    this.running = running;
    chain.listen({
      connected: () => undefined, disconnected: () => undefined, moved: (head) => this.options.log(`head ${head.height} key ${head.keyHeight} ${toHex(head.id).slice(0, 8)}`),
      cheated: (suspicion) => suspicion.kind === "twin" && this.options.onFraud(accusedEpoch(suspicion)),
    });
    const journal = new SignJournal(disk, params, this.name);
    if (this.leads) running.leader = this.#lead(running, journal, onFailure);
    this.disk.pause = this.options.diskPause;
  }

  /** The power goes: what was not synced is lost. */
  crash(): void {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    this.options.network.detach(this.name);
    this.disk = this.disk.crash();
    this.marker = new SimFile(this.marker.bytes);
    void running.leader?.stop();
    void running.exchange.stop();
    running.feed.close();
  }

  async stopLeading(): Promise<void> {
    this.leads = false;
    this.running?.outgoing.release();
    await this.running?.leader?.stop();
    if (this.running !== undefined) this.running.leader = undefined;
  }

  submit(bytes: Uint8Array): void {
    try {
      this.running?.feed.pool.add(bytes);
    } catch (error) {
      if (!isFaultError(error)) throw error;
    }
  }

  /** A failure of the node that runs is a crash; one of a dead node's promises is not news. */
  #failed(running: Running | undefined, error: unknown): void {
    if (running === undefined || this.running !== running) return;
    if (!String(error).includes("disk")) throw error;
    this.options.log(`down: ${String(error)}`);
    this.crash();
    this.options.onDown();
  }

  #lead(running: Running, journal: SignJournal, onFailure: (error: unknown) => void): Leader {
    const { behaviour, clock, params, miner } = this.options;
    const { chain, feed, evidence } = running;
    const nothing = new Pool(params, { facts: (bytes) => chain.machine.executor.facts(bytes), objection: () => undefined, nonceOf: () => 0n, nextHeight: () => 0n, hasReceipt: () => true });
    return startLeader({
      chain, clock, miner, journal, onFailure, pool: behaviour === "silent" ? nothing : feed.pool, firstNonce: () => 0n, evidence,
      key: { publicKey: this.key.publicKey, rewardDomain: this.key.domain, sign: this.key.sign },
      onBlock: (block, submission) => this.#tell(running, block, submission),
    });
  }

  #tell({ exchange, outgoing }: Running, block: Block, submission: Submission): void {
    this.options.log(`own ${block.header.kind} block ${toHex(headerId(block.header)).slice(0, 8)} at ${block.header.height}: ${submission.kind}`);
    const { behaviour } = this.options;
    if (behaviour === "selfish" && block.header.kind === "key") outgoing.hold(this.options.clock, this.options.holdMs());
    if (!("packages" in block) || behaviour === "honest") return exchange.announce(block);
    if (behaviour === "equivocating") return this.#sendTwins(outgoing, block);
    if (behaviour === "invalid") return outgoing.broadcast(this.#topic, blockMessage(this.#resign(block, { stateRoot: new Uint8Array(32).fill(7) })));
    exchange.announce(block);
  }

  /** One block to one half of the others, another to the other half. */
  #sendTwins(outgoing: Outgoing, block: DataBlock): void {
    const twin = this.#resign(block, { timeMs: block.header.timeMs + 1n });
    const peers = this.options.network.names().filter((peer) => peer !== this.name);
    peers.forEach((peer, index) => void outgoing.send(peer, this.#topic, blockMessage(index % 2 === 0 ? block : twin)));
  }

  #resign(block: DataBlock, changes: Partial<DataBlockHeader>): DataBlock {
    const header = { ...block.header, ...changes };
    return { header: { ...header, signature: this.key.sign(dataBlockMessage(header)) }, packages: block.packages };
  }
}

export interface Running {
  /** With checksums, as the node sees it. */
  readonly disk: Disk;
  readonly chain: Chain<RealmState>;
  readonly feed: PoolFeed;
  readonly states: RealmStates;
  readonly exchange: Exchange;
  readonly evidence: EvidenceBook<RealmState>;
  readonly outgoing: Outgoing;
  leader: Leader | undefined;
}

/** A network port that can hold back what it should send. */
class Outgoing implements Network {
  readonly #port: Network;
  #held: (() => void)[] | undefined;

  constructor(port: Network) {
    this.#port = port;
  }

  broadcast(topic: string, message: Uint8Array): void {
    this.#pass(() => this.#port.broadcast(topic, message));
  }

  send(peer: string, topic: string, message: Uint8Array): Promise<void> {
    this.#pass(() => void this.#port.send(peer, topic, message));
    return Promise.resolve();
  }

  onMessage(topic: string, receive: (message: Uint8Array, peer: string) => void | Promise<void>): () => void {
    return this.#port.onMessage(topic, receive);
  }

  hold(clock: Clock, forMs: number): void {
    if (this.#held !== undefined) return;
    this.#held = [];
    clock.after(forMs, () => this.release());
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  #pass(send: () => void): void {
    if (this.#held === undefined) send();
    else this.#held.push(send);
  }
}

function blockMessage(block: Block): Uint8Array {
  return encodeMessage({ kind: "block", block: encodeBlock(block) });
}

function censor(pool: Pool, domain: Uint8Array): void {
  const add = pool.add.bind(pool);
  pool.add = (bytes) => {
    const entry = new TransferExecutor().facts(bytes);
    if (equalBytes(entry.domain, domain)) throw new FaultError<PackageFault>({ code: "PACKAGE_KNOWN" });
    return add(bytes);
  };
}
