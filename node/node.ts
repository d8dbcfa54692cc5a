import { availableParallelism } from "node:os";
import { equalBytes } from "../lang/base/bytes.ts";
import type { OutsideWordSpec } from "../lang/machine/run-result.ts";
import type { NodeApi } from "./api.ts";
import { ed25519PublicKey, isUsablePublicKey, signEd25519, verifyEd25519 } from "./crypto/ed25519.ts";
import { openDataFolder, type Beginning, type DataFolder } from "./data-folder.ts";
import { Faucet } from "./faucet.ts";
import type { Block } from "./ledger/block.ts";
import type { Chain, Submission } from "./ledger/chain.ts";
import { EvidenceBook } from "./ledger/evidence-book.ts";
import { chainIdOf, paramsOfGenesis } from "./ledger/genesis.ts";
import { smallFile } from "./ledger/head-marker.ts";
import { startLeader, type Leader } from "./ledger/leader.ts";
import { startMiner, type Miner } from "./ledger/miner.ts";
import { openChain } from "./ledger/open-chain.ts";
import type { LedgerParams } from "./ledger/params.ts";
import { startPool } from "./ledger/pool-feed.ts";
import { RealmStates, type RealmState } from "./ledger/realm-states.ts";
import { Receipts } from "./ledger/receipts.ts";
import { SignJournal } from "./ledger/sign-journal.ts";
import { LocalNode } from "./local-node.ts";
import { startScrub } from "./maintenance/scrub.ts";
import { LEDGER_CACHE_BYTES, ledgerPoolLimits, POOL_LIMITS, WorkerPool } from "./machines/pool.ts";
import type { WorkerData } from "./machines/worker.ts";
import { GraceBudget } from "./package/grace.ts";
import { IntentBook } from "./package/intents.ts";
import { LoginBook } from "./package/login.ts";
import { JournalBook } from "./package/journal-book.ts";
import { PackageExecutor } from "./package/package-executor.ts";
import type { NetworkFault } from "./fault.ts";
import { startPeers, type PeerPlaces, type Peers } from "./peers.ts";
import type { Clock, Random } from "./ports.ts";
import { domainOfKey } from "./state/address.ts";
import { Realm } from "./state/realm.ts";
import { createStateReader } from "./state/versioned.ts";

/** What an operator may choose; rules of the chain are none of it. */
export interface NodeOptions {
  /** Data folder; made with a new devnet if it is not there. */
  readonly folder: string;
  /** Words the sessions run themselves (R8); threads must know their signatures. */
  readonly outsideWords: readonly OutsideWordSpec[];
  /** Share of one core that mining may use, over 100 of several; 0 for none. Undefined: a tenth on a devnet, none elsewhere. */
  readonly miningPercent?: number | undefined;
  /** Blocks whose older state stays readable, or all; undefined or fewer than reorganisations need: what the preset says. */
  readonly history?: bigint | "archive" | undefined;
  /** Which chain a new folder is for; a new devnet of its own otherwise. */
  readonly beginning?: Beginning | undefined;
  /** Threads that run blocks and check signatures, and at most as many kept for lines of sessions; undefined: what the machine has. */
  readonly workers?: number | undefined;
  /** What a worker that runs blocks keeps of the newest state; undefined: LEDGER_CACHE_BYTES. */
  readonly cacheBytes?: number | undefined;
  /** Other nodes; undefined: this one talks to nobody. */
  readonly peers?: PeerPlaces | undefined;
}
export interface NodePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: { info(message: string, fields?: Record<string, unknown>): void; warn(message: string, fields?: Record<string, unknown>): void; error(message: string, fields?: Record<string, unknown>): void };
  /** The node cannot go on: its disk failed, or an assertion of ours did. */
  readonly onFailure: (error: unknown) => void;
  /** A node at that address can never be a peer; told once for each. */
  readonly onRefused?: (address: string, fault: NetworkFault) => void;
}

/** A node until it is stopped. */
export interface RunningNode {
  readonly api: NodeApi;
  readonly isNewChain: boolean;
  /** 32 bytes: the SSH server's key, the same at every start. */
  readonly hostSeed: Uint8Array;
  /** Where other nodes dial this one; undefined when it does not listen. */
  readonly listens: string | undefined;
  /** Where signers reach this node, for intents. */
  announce(address: string): void;
  stop(): Promise<void>;
}

/** Bytes of state that the main thread and each worker of sessions keep read. */
const CACHE_BYTES = 32 << 20;
/** One runs the block; the others, and it too once it is done, check signatures. */
const LEDGER_WORKERS = Math.min(Math.max(availableParallelism(), 2), 8);
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./machines/worker.ts" : "./machines/worker.js", import.meta.url);

/** A devnet's target is tiny: a tenth of a core finds a key block in about its half minute. */
const DEVNET_MINING_PERCENT = 10;
/** More blocks than there will ever be. */
const ALL_HISTORY = 1n << 62n;

/** Opens store and chain, checks them, and starts the workers, the pool and the leader. Faults: STORE_*, KEY_*, LEDGER_*. */
export async function startNode(options: NodeOptions, ports: NodePorts): Promise<RunningNode> {
  const data = await openDataFolder(options.folder, ports, options.beginning);
  const params = nodeParams(data, options);
  const workerData: WorkerData = { storeFolder: data.storeFolder, cacheBytes: CACHE_BYTES, params, chainId: chainIdOf(data.genesis), outsideWords: options.outsideWords };
  const count = options.workers ?? LEDGER_WORKERS;
  const workers = new WorkerPool(WORKER_FILE, workerData, { ...POOL_LIMITS, warmWorkers: Math.min(POOL_LIMITS.warmWorkers, count) });
  const ledgerData: WorkerData = { ...workerData, cacheBytes: options.cacheBytes ?? LEDGER_CACHE_BYTES };
  const ledgerWorkers = new WorkerPool(WORKER_FILE, ledgerData, ledgerPoolLimits(count));
  const closeWorkers = (): Promise<unknown> => Promise.all([workers.close(), ledgerWorkers.close()]);
  try {
    return await startOn(data, { params, workers, ledgerWorkers, closeWorkers }, options, ports);
  } catch (error) {
    await closeWorkers();
    await data.disk.close();
    throw error;
  }
}

/** The chain's numbers; how far back this node can read state is its own affair, as long as reorganisations are not cut short. */
function nodeParams({ genesis }: DataFolder, { history }: NodeOptions): LedgerParams {
  const params = paramsOfGenesis(genesis);
  const wanted = history === "archive" ? ALL_HISTORY : (history ?? 0n);
  return wanted > params.historyBlocks ? { ...params, historyBlocks: wanted } : params;
}

interface Workers {
  readonly params: LedgerParams;
  readonly workers: WorkerPool;
  readonly ledgerWorkers: WorkerPool;
  readonly closeWorkers: () => Promise<unknown>;
}

async function startOn(data: DataFolder, { params, workers, ledgerWorkers, closeWorkers }: Workers, options: NodeOptions, ports: NodePorts): Promise<RunningNode> {
  const { clock, random, log } = ports;
  const { disk, genesis } = data;
  const reader = createStateReader(disk, { cacheBytes: CACHE_BYTES, folder: data.storeFolder });
  const executor = new PackageExecutor({ pool: ledgerWorkers, verifiers: options.workers ?? LEDGER_WORKERS, reader, params, chainId: chainIdOf(genesis) });
  const states = new RealmStates(disk, reader, params.historyBlocks);
  const rule = { verify: verifyEd25519, isUsableKey: isUsablePublicKey };
  const chain = await openChain({ genesis, ports: { clock, disk, marker: smallFile(data.headMarkerPath) }, states, executor, rule, folder: data.storeFolder, params });
  // Workers remember what they read; blocks that were taken back make that wrong.
  chain.listen({
    connected: () => undefined,
    disconnected: () => (workers.broadcast({ kind: "forget" }), ledgerWorkers.broadcast({ kind: "forget" })),
    moved: ({ height, id }) => log.info("head changed", { height, blockId: id }),
  });
  const feed = await startPool({ chain, disk, onFailure: ports.onFailure });
  const receipts = new Receipts(chain, feed.pool);
  const intents = new IntentBook({ clock, random });
  const logins = new LoginBook({ clock, random });
  const journals = await JournalBook.open({ clock, disk, random });
  let address = "";
  const hostKey = ed25519PublicKey(data.hostSeed);
  let faucet: Faucet | undefined;
  let peers: Peers | undefined;
  const api = new LocalNode({
    chain, pool: feed.pool, receipts, intents, logins, journals, clock, random, disk, reader,
    threads: { pool: workers, grace: new GraceBudget(clock), base: () => chain.head(), timeMs: (height) => timeAt(chain, height) },
    reach: () => ({ hostKey, address }),
    faucet: () => faucet,
    peers: () => peers?.view() ?? { rows: [] },
    domain: (domain) => Realm.at(reader, chain.head()).domain(domain),
  });
  faucet = makeFaucet(api, data.faucetSeed);
  const miner = minerFor(data, params, options);
  const evidence = await EvidenceBook.open(chain, disk, ports.onFailure);
  if (options.peers !== undefined) peers = await startPeers({ places: options.peers, chain, pool: feed.pool, evidence }, ports);
  const stopScrub = data.uncheckedBytes === 0 ? () => undefined : startScrub({ folder: data.storeFolder, clock, onDamage: ports.onFailure });
  // Whoever says that the node is there means that it answers; and one that still loads hears too late of others' blocks.
  await workers.warm();
  const leader = leadInStep(chain, { evidence, data, pool: feed.pool, miner, peers }, ports);
  return {
    api,
    isNewChain: data.isNew,
    hostSeed: data.hostSeed,
    listens: peers?.view().listens,
    announce: (found) => void (address = found),
    async stop() {
      stopScrub();
      intents.close();
      logins.close();
      receipts.close(new Error("the node is stopping"));
      await leader.stop();
      await peers?.stop();
      await miner?.close();
      await chain.idle();
      feed.close();
      await feed.flushed();
      await closeWorkers();
      await disk.close();
      log.info("stopped", { height: String(chain.head().height) });
    },
  };
}

interface LeaderParts {
  readonly evidence: EvidenceBook<RealmState>;
  readonly data: DataFolder;
  readonly pool: Parameters<typeof startLeader>[0]["pool"];
  readonly miner: Miner | undefined;
  readonly peers: Peers | undefined;
}

/** Leads as soon as the node is where its peers are; at once where it has none. */
function leadInStep(chain: Chain<RealmState>, parts: LeaderParts, ports: NodePorts): Leader {
  if (parts.peers === undefined) return lead(chain, parts, ports);
  let leader: Leader | undefined;
  let stopped = false;
  void parts.peers.inStep().then(() => {
    if (stopped) return;
    ports.log.info("in step", { height: chain.head().height });
    leader = lead(chain, parts, ports);
  });
  return {
    async stop() {
      stopped = true;
      await leader?.stop();
    },
  };
}

function lead(chain: Chain<RealmState>, { evidence, data, pool, miner, peers }: LeaderParts, { clock, random, log, onFailure }: NodePorts): Leader {
  const { epochSeed, disk, storeFolder } = data;
  const publicKey = ed25519PublicKey(epochSeed);
  return startLeader({
    chain, pool, evidence, clock, miner, onFailure,
    key: { publicKey, rewardDomain: domainOfKey(publicKey), sign: (message) => signEd25519(epochSeed, message) },
    journal: new SignJournal(disk, chain.machine.params, storeFolder),
    firstNonce: () => new DataView(random.bytes(8).buffer).getBigUint64(0) >> 1n,
    onBlock(block, submission) {
      logBlock(log, block, submission);
      if (submission.kind === "appended" || submission.kind === "reorganised") peers?.announce(block);
    },
  });
}

/** None where mining is off, or where the genesis lets others lead alone. */
function minerFor({ genesis, epochSeed }: DataFolder, { leaderKeys }: LedgerParams, { miningPercent }: NodeOptions): Miner | undefined {
  const percent = miningPercent ?? (genesis.preset === "devnet" ? DEVNET_MINING_PERCENT : 0);
  const publicKey = ed25519PublicKey(epochSeed);
  const mayLead = leaderKeys.length === 0 || leaderKeys.some((key) => equalBytes(key, publicKey));
  return percent > 0 && mayLead ? startMiner({ percent }) : undefined;
}

/** Time of the block at a height; that of the head where the chain has none, as above a reorganisation that made it shorter. */
function timeAt(chain: Chain, height: bigint): bigint {
  const { store } = chain.machine;
  const id = store.idAt(height);
  return ((id && store.entry(id)) ?? chain.head()).timeMs;
}

function logBlock(log: NodePorts["log"], block: Block, submission: Submission): void {
  const { kind, height } = block.header;
  if ("fault" in submission) log.error("own block refused", { kind, height: String(height), fault: JSON.stringify(submission, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)) });
  else log.info(`${kind} block`, { height: String(height), ...("packages" in block && { packages: block.packages.length }) });
}

function makeFaucet(api: LocalNode, seed: Uint8Array | undefined): Faucet | undefined {
  if (seed === undefined || api.chain.preset === "mainnet") return undefined;
  const key = { algorithm: "ssh-ed25519", fingerprint: "the faucet's key", ed25519: ed25519PublicKey(seed) };
  return new Faucet({
    seed,
    openThread: () => api.openThread({ level: "proved", sshUser: "faucet", sourceAddress: "this node", key }),
    draft: (thread, signer) => api.draft(thread, signer),
    submit: (bytes) => api.submit(bytes),
    untilIncluded: (packageId, signal) => api.untilReceipt(packageId, "included", signal),
  });
}
