import { compareBytes, toHex } from "../../lang/base/bytes.ts";
import { decodeBlock } from "../../node/ledger/block-codec.ts";
import { dataBlockMessage, headerId } from "../../node/ledger/header-codec.ts";
import { decodeMessage } from "../../node/ledger/exchange/messages.ts";
import type { Genesis } from "../../node/ledger/genesis.ts";
import { paramsOf, UNITS_PER_COIN, type LedgerParams } from "../../node/ledger/params.ts";
import { SimClock } from "./clock.ts";
import { toyKey, verifyToy } from "./keys.ts";
import { simMiner } from "./miner.ts";
import { SimNetwork, type LinkQuality } from "./network.ts";
import { SeededRandom } from "./random.ts";
import { BURN, encodeTransfer, NICK, TransferExecutor } from "./transfers.ts";
import { MISDEEDS, WorldNode, type Behaviour } from "./world-node.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Simulated minutes with everything going wrong; a quarter of an hour of peace follows. */
  readonly minutes: number;
  /** Links that lose and damage several times as much, up to half of the nodes bad or with a wrong clock, and crashes all the time. */
  readonly isNasty?: boolean;
}

const ACCOUNTS = 5;
/** A devnet in which one hash in sixteen finds a key block, and miners compete for it. */
const PARAMS: LedgerParams = { ...paramsOf("devnet"), easiestTarget: 1n << 252n, miningPauseMs: 0, dataBlockGapMs: 3_000n };
/** Half of what the bound on reorganisations allows, in spacings of key blocks. */
const LONGEST_SPLIT_MS = Number((PARAMS.reorgKeyBlocks * PARAMS.keyBlockSpacingMs) / 4n);
const WORST_SKEW_MS = 150_000;
const SLOWEST_DISK_MS = 400;

/**
 * A whole network in one process, and everything that can go wrong drawn from a seed. The same seed gives
 * the same run, to the last byte and millisecond.
 */
export class World {
  readonly params = PARAMS;
  readonly clock = new SimClock();
  readonly random: SeededRandom;
  readonly genesis: Genesis;
  readonly network: SimNetwork;
  readonly nodes: WorldNode[];
  readonly events: string[] = [];
  /** Every package that was handed to anybody, by id. */
  readonly submitted = new Map<string, Uint8Array>();
  /** Parents on which two data blocks of one key were sent, and whose key it was. */
  readonly twins = new Map<string, string>();
  /** Epochs in which somebody cheated where all could see it. */
  readonly frauds = new Set<string>();
  /** Those of which an honest node saw enough to prove them. */
  readonly seenFrauds = new Set<string>();
  heaviestWork = 0n;
  readonly #options: WorldOptions;
  readonly #accounts: readonly ReturnType<typeof toyKey>[];
  readonly #nonces: bigint[] = [];
  readonly #signed = new Map<string, string>();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new SeededRandom(options.seed);
    this.#accounts = Array.from({ length: ACCOUNTS }, (_, index) => toyKey(`account ${index}`));
    const allocations = this.#accounts.map(({ domain }) => ({ domain, units: 1_000n * UNITS_PER_COIN })).sort((a, b) => compareBytes(a.domain, b.domain));
    this.genesis = { preset: "devnet", salt: new Uint8Array(32).fill(6), timeMs: BigInt(this.clock.nowMs() - 1_000), allocations };
    const mostMs = 50 + this.random.below(900);
    this.network = new SimNetwork(this.clock, this.random, { leastMs: 10, mostMs, inOrder: this.random.below(2) === 0, ...this.#linkTrouble() });
    this.network.onSent = (_, message) => this.#watch(message);
    // Packages of the simulation carry no signatures: one with a turned bit would be somebody's other package.
    this.network.isSpared = (message) => decodeMessage(message).kind === "packages";
    this.nodes = Array.from({ length: options.nodes }, (_, index) => this.#makeNode(index));
  }

  node(name: string): WorldNode {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  log(who: string, event: string): void {
    this.events.push(`${((this.clock.nowMs() - 1_700_000_000_000) / 1_000).toFixed(3).padStart(10)} ${who.padEnd(6)} ${event}`);
  }

  /** Trouble, then peace: links whole, nobody cheats, one node goes on alone, and at last nothing happens. */
  async run(): Promise<void> {
    for (const node of this.nodes) await node.start();
    this.#plan();
    await this.#pass(this.#options.minutes * 60_000);
    this.log("world", "peace");
    this.network.heal();
    this.network.quality = { ...this.network.quality, lossPercent: 0, damagePermille: 0 };
    for (const node of this.nodes) {
      node.disk.onBatch = () => undefined;
      if (node.running === undefined) await node.start();
    }
    await this.#stopLeading(this.nodes.filter(({ isHonest }) => !isHonest));
    await this.#pass(120_000);
    await this.#finish();
  }

  /** The first node, whose clock is right and whose will is good, leads alone until every branch has one answer. */
  async #finish(): Promise<void> {
    const [last, ...others] = this.nodes;
    await this.#stopLeading(others);
    // A node whose clock is ahead may have a longer branch that nobody takes yet: one as heavy would be no answer to it.
    const keyHeight = this.nodes.map(({ running }) => running?.chain.head().keyHeight ?? 0n).reduce((one, other) => (one > other ? one : other));
    // After a few lucky finds a key block may be due in an hour only.
    for (let i = 0; i < 1_000 && (last?.running?.chain.head().keyHeight ?? 0n) < keyHeight + 3n; i++) await this.#pass(10_000);
    await this.#pass(20_000);
    await this.#stopLeading(this.nodes.slice(0, 1));
    await this.#pass(WORST_SKEW_MS + 60_000);
  }

  /** What they are about to write takes its time. */
  async #stopLeading(nodes: readonly WorldNode[]): Promise<void> {
    const stopped = Promise.all(nodes.map((node) => node.stopLeading()));
    await this.#pass(5_000);
    await stopped;
  }

  async #pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 5_000) {
      await this.clock.advance(Math.min(leftMs, 5_000));
      if (this.random.below(3) === 0) this.#resubmit();
      for (const { running, isHonest } of this.nodes) {
        const work = running?.chain.head().totalWork ?? 0n;
        if (isHonest && work > this.heaviestWork) this.heaviestWork = work;
      }
    }
  }

  #linkTrouble(): Omit<LinkQuality, "leastMs" | "mostMs"> {
    const { random } = this;
    if (this.#options.isNasty === true) return { lossPercent: 10 + random.below(30), doublePercent: random.below(20), damagePermille: random.below(60) };
    return { lossPercent: random.below(16), doublePercent: random.below(6), damagePermille: random.below(20) };
  }

  /** The first node has the right time and no vice, so that every run can end well. */
  #vices(index: number): { readonly behaviour: Behaviour; readonly skewMs: number } {
    const { random } = this;
    const isNasty = this.#options.isNasty === true;
    const isBad = isNasty ? index % 2 === 1 && random.below(8) > 0 : index === 1 && random.below(4) > 0;
    const behaviour: Behaviour = isBad ? random.pick(MISDEEDS) : "honest";
    const isSkewed = isNasty ? index % 3 === 2 : index === 2 && random.below(3) === 0;
    return { behaviour, skewMs: isSkewed ? random.below(2 * WORST_SKEW_MS) - WORST_SKEW_MS : 0 };
  }

  #makeNode(index: number): WorldNode {
    const { random, clock, network, genesis, params } = this;
    const name = `n${index}`;
    const { behaviour, skewMs } = this.#vices(index);
    const slowestMs = random.below(2) * random.below(SLOWEST_DISK_MS);
    const node = new WorldNode({
      name, behaviour, network, genesis, params, runsAtOnce: random.below(2) === 0,
      diskPause: () => new Promise((resolve) => void clock.after(slowestMs === 0 ? 0 : random.below(slowestMs), resolve)), clock: { nowMs: () => clock.nowMs() + skewMs, after: (delayMs, run) => clock.after(delayMs, run) },
      miner: simMiner(clock, random, params, () => this.nodes.filter((one) => one.leads && one.running !== undefined).length || 1),
      censored: this.#accounts[0]?.domain ?? new Uint8Array(20), holdMs: () => 15_000 + random.below(30_000),
      log: (event) => this.log(name, event), onDown: () => this.#restartLater(node),
      onFraud: (keyBlockId) => void (node.isHonest && this.seenFrauds.add(toHex(keyBlockId))),
    });
    this.log(name, `${behaviour}, clock ${skewMs} ms, disk ${slowestMs} ms`);
    return node;
  }

  /** Lays down what will go wrong when. */
  #plan(): void {
    const lengthMs = this.#options.minutes * 60_000;
    const { random, clock } = this;
    for (let atMs = 500; atMs < lengthMs; atMs += 2_000 + random.below(8_000)) clock.after(atMs, () => this.#transfer());
    const isNasty = this.#options.isNasty === true;
    for (let i = isNasty ? 2 + random.below(5) : random.below(3); i > 0; i--) clock.after(random.below(lengthMs), () => this.#split());
    for (let i = isNasty ? 10 + random.below(6 * this.nodes.length) : random.below(2 * this.nodes.length); i > 0; i--) clock.after(random.below(lengthMs), () => this.#crash());
  }

  #transfer(): void {
    const { random } = this;
    const from = random.below(ACCOUNTS);
    const nonce = (this.#nonces[from] ?? 0n) + 1n;
    this.#nonces[from] = nonce;
    const somebody = random.pick(this.#accounts).domain;
    const coins = BigInt(random.below(5)) * UNITS_PER_COIN;
    const { to, units } = [{ to: BURN, units: coins }, { to: somebody, units: 100n * coins }, { to: NICK, units: coins }, { to: somebody, units: 100n * coins }][Number(nonce % 4n)] as { readonly to: Uint8Array; readonly units: bigint };
    const bytes = encodeTransfer({ from: this.#accounts[from]?.domain ?? somebody, nonce, to, units, ergPriceUnits: BigInt(1 + random.below(1_000)), expiryHeight: 1_000_000n });
    this.submitted.set(toHex(new TransferExecutor().facts(bytes).packageId), bytes);
    random.pick(this.nodes).submit(bytes);
  }

  /** As wallets do: what has no receipt after a while is handed in once more, to somebody else. */
  #resubmit(): void {
    const node = this.random.pick(this.nodes);
    const store = node.running?.chain.machine.store;
    if (store === undefined) return;
    for (const [id, bytes] of this.submitted) {
      const packageId = Buffer.from(id, "hex");
      if (node.running?.feed.pool.get(packageId) === undefined && store.place(packageId) === undefined) node.submit(bytes);
    }
  }

  #split(): void {
    const names = this.nodes.map(({ name }) => name);
    const left = names.filter(() => this.random.below(2) === 0);
    const forMs = 10_000 + this.random.below(LONGEST_SPLIT_MS);
    this.log("world", `split [${left.join(" ")}] for ${forMs} ms`);
    this.network.split([left, names.filter((name) => !left.includes(name))]);
    this.clock.after(forMs, () => {
      this.log("world", "heal");
      this.network.heal();
    });
  }

  /** At once, or in the middle of one of the next batches. */
  #crash(): void {
    const node = this.random.pick(this.nodes);
    if (node.running === undefined) return;
    if (this.random.below(2) === 0) {
      const dieAt = node.disk.batches + 1 + this.random.below(6);
      node.disk.onBatch = (count) => {
        if (count >= dieAt) throw new Error("the disk died");
      };
      return;
    }
    this.log(node.name, "killed");
    node.crash();
    this.#restartLater(node);
  }

  #restartLater(node: WorldNode): void {
    this.clock.after(1_000 + this.random.below(40_000), () => {
      if (node.running !== undefined) return;
      this.log(node.name, "started");
      void node.start();
    });
  }

  /** Looks at every block that is sent for two by one key on one parent. */
  #watch(bytes: Uint8Array): void {
    if (bytes.length < 200) return;
    const message = decodeMessage(bytes);
    if (message.kind !== "block") return;
    const { header } = decodeBlock(message.block, this.params);
    if (header.kind !== "data") return;
    const [id, parent] = [toHex(headerId(header)), toHex(header.parentId)];
    const before = this.#signed.get(parent);
    if (header.stateRoot.every((byte) => byte === 7)) this.frauds.add(toHex(header.keyBlockId));
    if (before === undefined) this.#signed.set(parent, id);
    else if (before !== id) {
      this.frauds.add(toHex(header.keyBlockId));
      const signer = this.nodes.find(({ key }) => verifyToy(key.publicKey, dataBlockMessage(header), header.signature));
      if (signer !== undefined && !this.twins.has(parent)) {
        this.twins.set(parent, signer.name);
        this.log(signer.name, `signed two blocks on ${parent.slice(0, 8)}`);
      }
    }
  }
}
