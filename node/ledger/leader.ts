import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import type { Clock } from "../ports.ts";
import { dataBlockMessage, workSeal } from "./header-codec.ts";
import type { Block, DataBlock } from "./block.ts";
import type { Chain, Submission } from "./chain.ts";
import type { ChainEntry } from "./chain-view.ts";
import { earliestDataTimeMs, leaderOf } from "./checks.ts";
import { draftDataBlock, draftKeyBlock } from "./draft-block.ts";
import type { BlockState } from "./executor.ts";
import type { EvidenceBook } from "./evidence-book.ts";
import type { Miner } from "./miner.ts";
import type { Pool } from "./pool.ts";
import type { BlockRun } from "./run-block.ts";
import { SerialQueue } from "./serial-queue.ts";
import type { SignJournal } from "./sign-journal.ts";

/**
 * Makes blocks: mines key blocks, and while the epoch is ours signs data blocks of what the pool has
 * ready. Own blocks go through `chain.submit` like a stranger's. Two loops, each with one thing under way.
 */
export interface LeaderKey {
  readonly publicKey: Uint8Array;
  /** 20 bytes: where coinbase and fees go. */
  readonly rewardDomain: Uint8Array;
  /** Ed25519, the same bytes each time. */
  sign(message: Uint8Array): Uint8Array;
}

export interface LeaderOptions<S extends BlockState> {
  readonly chain: Chain<S>;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly key: LeaderKey;
  readonly journal: SignJournal;
  /** Proofs of fraud for key blocks; without it none are brought. */
  readonly evidence?: EvidenceBook<S>;
  /** None: this node signs data blocks of epochs it won, and mines no more. */
  readonly miner: Miner | undefined;
  /** First nonce of a search, so that miners with one key do not repeat each other. */
  readonly firstNonce: () => bigint;
  /** A block of our own joined the chain, or was refused: the latter is a mistake of ours worth a log line. */
  readonly onBlock: (block: Block, submission: Submission) => void;
  /** The disk failed or an assertion did: the node must stop. */
  readonly onFailure: (error: unknown) => void;
}

export interface Leader {
  /** Resolves when nothing of it is under way. */
  stop(): Promise<void>;
}

/**
 * `turn`: the two loops submit in turn, so that a key block of ours never undoes a data block of ours by a race.
 * `rest`: whether mining waits for something to do. `rival`: a branch that was as heavy as the head when it was seen; the
 * first key block on either of them decides, so it is looked for from then on and not after the usual pause.
 */
type Making<S extends BlockState> = LeaderOptions<S> & { readonly turn: SerialQueue; readonly rest: { isResting: boolean; rival: { readonly totalWork: bigint; readonly fromMs: number } | undefined } };

/** A search is renewed after so many hashes (seconds), so that the header's time stays near the clock's. */
const ORDER_HASHES = 4_000_000;

/** Looks for key blocks, and signs data blocks while this node leads; rests when nothing waits on a devnet. */
export function startLeader<S extends BlockState>(leaderOptions: LeaderOptions<S>): Leader {
  const options: Making<S> = { ...leaderOptions, turn: new SerialQueue(), rest: { isResting: false, rival: undefined } };
  const stopped = new AbortController();
  const mining = options.miner === undefined ? undefined : new Loop(options.clock, (wake) => mineOnce(options, options.miner as Miner, stopped.signal, wake), options.onFailure);
  const signing = new Loop(options.clock, () => signOnce(options), options.onFailure);
  const closeChain = options.chain.listen({
    connected: () => undefined, disconnected: () => undefined, moved: () => (mining?.wake(), signing.wake()), sided: (entry) => noteRival(entry, options) && mining?.wake(),
  });
  const closePool = options.pool.listen({ added: () => (signing.wake(), options.rest.isResting && mining?.wake()), removed: () => undefined });
  const closeEvidence = options.evidence?.listen(() => mining?.wake());
  mining?.wake();
  signing.wake();
  return {
    async stop() {
      closeEvidence?.();
      closeChain();
      closePool();
      stopped.abort();
      await Promise.all([mining?.stop(), signing.stop()]);
    },
  };
}

/** Nobody reads it; without a reason given the engine makes an error with a stack, for each package that arrives. */
const WOKEN = "woken";

/** Runs a step whenever woken, one at a time. The step says after how many milliseconds to look again. */
class Loop {
  readonly #clock: Clock;
  readonly #step: (wake: AbortSignal) => Promise<number | undefined>;
  readonly #onFailure: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #cancelTimer: () => void = () => undefined;
  #woken = new AbortController();

  constructor(clock: Clock, step: (wake: AbortSignal) => Promise<number | undefined>, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#step = step;
    this.#onFailure = onFailure;
  }

  /** Something changed: a step under way hears it through its signal, and another one follows. */
  wake(): void {
    this.#again = true;
    this.#woken.abort(WOKEN);
    if (this.#running === undefined && !this.#stopped) this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    this.#woken.abort(WOKEN);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        this.#woken = new AbortController();
        this.#cancelTimer();
        const delayMs = await this.#step(this.#woken.signal);
        if (delayMs !== undefined && !this.#stopped) this.#cancelTimer = this.#clock.after(delayMs, () => this.wake());
      }
    } catch (error) {
      this.#stopped = true;
      this.#onFailure(error);
    }
    this.#running = undefined;
  }
}

/** One search for a key block on the head; a moved head or an order without luck leads to the next. */
async function mineOnce<S extends BlockState>(options: Making<S>, miner: Miner, stopped: AbortSignal, wake: AbortSignal): Promise<number | undefined> {
  const { chain, clock, key } = options;
  const parent = chain.head();
  const rival = options.rest.rival?.totalWork === parent.totalWork ? options.rest.rival : undefined;
  options.rest.isResting = rival === undefined && mayRest(parent, options);
  if (options.rest.isResting) return undefined;
  const pauseMs = miningPauseLeft(parent, options);
  const waitMs = rival === undefined ? pauseMs : Math.min(pauseMs, rival.fromMs - clock.nowMs());
  if (waitMs > 0) return waitMs;
  const evidence = options.evidence?.forBlock(parent) ?? [];
  const header = draftKeyBlock(parent, key, clock.nowMs(), chain.machine, evidence);
  const order = { seal: workSeal(header), target: header.target, firstNonce: options.firstNonce(), hashes: ORDER_HASHES };
  const workNonce = await miner.search(order, AbortSignal.any([stopped, wake]));
  if (workNonce === undefined || stopped.aborted) return 0;
  const block = { header: { ...header, workNonce }, evidence };
  return options.turn.run(async () => {
    if (isUseless(parent, options)) return 0;
    const submission = await submitOwn(block, options);
    return retryAfter(submission, options) ?? (submission.kind === "reject" ? Number(chain.machine.params.keyBlockSpacingMs) : undefined);
  });
}

/**
 * Where work is a formality, key blocks that nobody waits for are not made: the last data block is final and its
 * epoch paid, and no package is ready. No rule asks for a key block at any time, and a long pause only counts as
 * a few spacings when the target is set. The next package wakes the miner.
 */
function mayRest<S extends BlockState>(head: ChainEntry, { chain, pool, evidence }: Making<S>): boolean {
  const { params, store } = chain.machine;
  if (params.miningPauseMs === 0) return false;
  const enough = (params.maturityKeyBlocks > params.reorgKeyBlocks ? params.maturityKeyBlocks : params.reorgKeyBlocks) + 2n;
  for (let at = head; head.keyHeight - at.keyHeight <= enough; ) {
    const parent = store.entry(at.parentId);
    if (at.header?.kind !== "key" || parent === undefined) return false;
    at = parent;
  }
  return (evidence?.forBlock(head) ?? []).length === 0 && !pool.hasReady();
}

/** So long those on one of two equal branches wait for a key block of those on the other. */
const RIVAL_MS = 3_000;

/**
 * Where work is a formality two nodes may find a key block before they hear of each other; they would then lead side by
 * side for a whole pause. Those whose key block has the lower id go on at once, the others later, or both would find
 * a block at one moment again.
 */
function noteRival<S extends BlockState>(side: ChainEntry, { chain, clock, rest }: Making<S>): boolean {
  const head = chain.head();
  if (side.totalWork !== head.totalWork || equalBytes(side.keyBlockId, head.keyBlockId)) return false;
  const isFirst = compareBytes(head.keyBlockId, side.keyBlockId) < 0;
  rest.rival = { totalWork: side.totalWork, fromMs: clock.nowMs() + (isFirst ? 0 : RIVAL_MS) };
  return true;
}

/** Where work is a formality, a key block that would drop data blocks of ours is not worth keeping. */
function isUseless<S extends BlockState>(parent: ChainEntry, { chain }: Making<S>): boolean {
  return chain.machine.params.miningPauseMs > 0 && !equalBytes(chain.head().id, parent.id);
}

function miningPauseLeft<S extends BlockState>(head: ChainEntry, { chain, clock }: Making<S>): number {
  const key = chain.machine.store.entry(head.keyBlockId);
  return key?.header === undefined ? 0 : Number(key.timeMs) + chain.machine.params.miningPauseMs - clock.nowMs();
}

/** One data block, if the epoch is ours, the gap has passed and something is ready. */
async function signOnce<S extends BlockState>(options: Making<S>): Promise<number | undefined> {
  return options.turn.run(() => signInTurn(options));
}

async function signInTurn<S extends BlockState>(options: Making<S>): Promise<number | undefined> {
  const { chain, clock, key, pool } = options;
  await chain.idle();
  const parent = chain.head();
  const leader = leaderOf(parent, chain.machine.store);
  if (leader === undefined || !equalBytes(leader.leaderKey, key.publicKey) || !pool.hasReady()) return undefined;
  const waitMs = Number(earliestDataTimeMs(parent, chain.machine.params)) - clock.nowMs();
  if (waitMs > 0) return waitMs;
  const made = await signedBlockOn(parent, options);
  return made === undefined ? undefined : retryAfter(await submitOwn(made.block, options, made.run), options);
}

/** The one block this leader ever signs on `parent`: from the journal if it is there, else a new one through it. */
async function signedBlockOn<S extends BlockState>(parent: ChainEntry, options: Making<S>): Promise<{ readonly block: DataBlock; readonly run: BlockRun | undefined } | undefined> {
  const { chain, clock, journal, key, pool } = options;
  const before = journal.find(key.publicKey, parent.id);
  const drafted = before === undefined ? await draftDataBlock(parent, pool, clock.nowMs(), chain.machine) : undefined;
  const unsigned = before ?? drafted;
  if (unsigned === undefined || !equalBytes(chain.head().id, parent.id)) return undefined;
  if (before === undefined) await journal.record(key.publicKey, unsigned, deepParent(parent, chain));
  const header = { ...unsigned.header, signature: key.sign(dataBlockMessage(unsigned.header)) };
  return { block: { header, packages: unsigned.packages }, run: drafted?.run };
}

/** What lies before the kept history is never built on again; further back the same was done for each block. */
function deepParent<S extends BlockState>({ height }: ChainEntry, { machine }: Chain<S>): Uint8Array | undefined {
  const deep = height - machine.params.historyBlocks;
  return deep < 0n ? undefined : machine.store.idAt(deep);
}

async function submitOwn<S extends BlockState>(block: Block, options: Making<S>, run?: BlockRun): Promise<Submission> {
  const submission = await options.chain.submit(block, run === undefined ? {} : { run });
  options.onBlock(block, submission);
  return submission;
}

/** After the clock was set back the chain is ahead of it: the same step is right again when the clock has caught up. */
function retryAfter<S extends BlockState>(submission: Submission, { clock }: Making<S>): number | undefined {
  return submission.kind === "early" ? Number(submission.untilMs) - clock.nowMs() : undefined;
}
