import { toHex } from "../../lang/base/bytes.ts";
import type { Block } from "../../node/ledger/block.ts";
import { Chain, type Submission } from "../../node/ledger/chain.ts";
import type { Genesis } from "../../node/ledger/genesis.ts";
import { startLeader, type Leader } from "../../node/ledger/leader.ts";
import { openChain } from "../../node/ledger/open-chain.ts";
import { paramsOf, UNITS_PER_COIN, type LedgerParams } from "../../node/ledger/params.ts";
import { startPool, type PoolFeed } from "../../node/ledger/pool-feed.ts";
import { RealmStates, type RealmState } from "../../node/ledger/realm-states.ts";
import { Receipts } from "../../node/ledger/receipts.ts";
import { SignJournal } from "../../node/ledger/sign-journal.ts";
import type { Disk } from "../../node/ports.ts";
import { checkedDisk } from "../../node/store/checked-disk.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import type { SimClock } from "./clock.ts";
import { SimDisk, SimFile } from "./disk.ts";
import { testKey, verifyTest } from "./keys.ts";
import { inlineMiner } from "./miner.ts";
import { encodeTransfer, TransferExecutor } from "./transfers.ts";

/** A devnet in which one hash in sixteen finds a key block. */
export const SIM_PARAMS: LedgerParams = { ...paramsOf("devnet"), easiestTarget: 1n << 252n };
export const ALICE = testKey("alice").domain;
export const BOB = testKey("bob").domain;
export const SIM_GENESIS: Genesis = {
  preset: "devnet", salt: new Uint8Array(32).fill(5), timeMs: 1_699_999_999_000n,
  allocations: [{ domain: ALICE, units: 1_000n * UNITS_PER_COIN }, { domain: BOB, units: 10n * UNITS_PER_COIN }].sort((a, b) => (toHex(a.domain) < toHex(b.domain) ? -1 : 1)),
};

/** Everybody who can hold coins: the two with genesis coins and the leaders of nodes "a" to "d". */
const EVERYBODY = [ALICE, BOB, ...["a", "b", "c", "d"].map((name) => testKey(`leader ${name}`).domain)];

/** What outlives a node: its disk and its marker. */
export interface Remains {
  readonly disk: SimDisk;
  readonly marker: SimFile;
}
export interface SimNodeOptions {
  readonly clock: SimClock;
  readonly name: string;
  readonly mines?: boolean;
  readonly params?: LedgerParams;
  readonly remains?: Remains;
  /** The pool and leader stay off: a node that only takes blocks. */
  readonly passive?: boolean;
  /** A block of its own joined the chain. */
  readonly onOwnBlock?: (block: Block) => void;
}

/** One whole ledger node in memory, run by a simulated clock. */
export class SimNode {
  readonly disk: SimDisk;
  /** The disk as the node sees it, with checksums. */
  readonly checked: Disk;
  readonly marker: SimFile;
  readonly states: RealmStates;
  readonly blocks: Block[] = [];
  readonly refused: Submission[] = [];
  readonly failures: unknown[] = [];
  readonly #options: SimNodeOptions;
  #chain: Chain<RealmState> | undefined;
  #feed: PoolFeed | undefined;
  #receipts: Receipts<RealmState> | undefined;
  #leader: Leader | undefined;

  private constructor(options: SimNodeOptions) {
    this.#options = options;
    this.disk = options.remains?.disk ?? new SimDisk();
    this.marker = options.remains?.marker ?? new SimFile();
    const params = options.params ?? SIM_PARAMS;
    this.checked = checkedDisk(this.disk, "sim");
    this.states = new RealmStates(this.checked, createStateReader(this.checked, { cacheBytes: 1 << 20, folder: "sim" }), params.historyBlocks);
  }

  static async start(options: SimNodeOptions): Promise<SimNode> {
    const node = new SimNode(options);
    await node.#open();
    return node;
  }

  get clock(): SimClock {
    return this.#options.clock;
  }

  get chain(): Chain<RealmState> {
    return present(this.#chain);
  }

  get feed(): PoolFeed {
    return present(this.#feed);
  }

  get receipts(): Receipts<RealmState> {
    return present(this.#receipts);
  }

  async stop(): Promise<void> {
    await this.#leader?.stop();
    this.#receipts?.close(new Error("the node stopped"));
    this.#feed?.close();
    await this.#feed?.flushed();
    await this.#chain?.idle();
  }

  /** Kills the node; what a restart finds. Promises of the dead node fail on its dead disk. */
  kill(cause: "power cut" | "kill" = "power cut"): Remains {
    const disk = this.disk.crash(cause);
    this.#feed?.close();
    void this.#leader?.stop();
    return { disk, marker: new SimFile(this.marker.bytes) };
  }

  balance(domain: Uint8Array): bigint {
    return this.states.begin(this.chain.head()).balanceUnits(domain);
  }

  /** All coins of everybody in these tests. */
  supplyUnits(): bigint {
    return EVERYBODY.reduce((sum, domain) => sum + this.balance(domain), 0n);
  }

  root(): string {
    return toHex(this.chain.head().stateRoot);
  }

  async #open(): Promise<void> {
    const { clock, name, params = SIM_PARAMS } = this.#options;
    const executor = new TransferExecutor();
    const rule = { verify: verifyTest, isUsableKey: (key: Uint8Array) => key.some((byte) => byte !== 0) };
    this.#chain = await openChain({ genesis: SIM_GENESIS, ports: { clock, disk: this.checked, marker: this.marker }, states: this.states, executor, rule, folder: "sim", params });
    this.#chain.listen({ connected: ({ block }) => void this.blocks.push(block), disconnected: () => void this.blocks.pop(), moved: () => undefined });
    if (this.#options.passive === true) return;
    this.#feed = await startPool({ chain: this.#chain, disk: this.checked, onFailure: (error) => void this.failures.push(error) });
    this.#receipts = new Receipts(this.#chain, this.#feed.pool);
    const key = testKey(`leader ${name}`);
    this.#leader = startLeader({
      chain: this.#chain, pool: this.#feed.pool, clock, key: { publicKey: key.publicKey, rewardDomain: key.domain, sign: (message) => key.sign(message) },
      journal: new SignJournal(this.checked, params, "sim"), miner: this.#options.mines === false ? undefined : inlineMiner(),
      firstNonce: () => 0n, onBlock: (block, submission) => {
        if (submission.kind === "appended" || submission.kind === "reorganised") this.#options.onOwnBlock?.(block);
        else this.refused.push(submission);
      },
      onFailure: (error) => void this.failures.push(error),
    });
  }
}

/** A transfer of `units` from Alice; `nonce` counts from 1. */
export function transfer(nonce: number, changes: Partial<Parameters<typeof encodeTransfer>[0]> = {}): Uint8Array {
  return encodeTransfer({ from: ALICE, nonce: BigInt(nonce), to: BOB, units: 7n, ergPriceUnits: 10n, expiryHeight: 1_000_000n, ...changes });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the node is not open");
  return value;
}
