import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";
import { Fetch } from "./sync.ts";

export interface DownloadOptions {
  readonly clock: Clock;
  /** Asks a peer for the way from our head to its own; for what comes after a block, where it has told the way to that. */
  readonly locate: (peer: string, after: Uint8Array | undefined) => void;
  /** Asks a peer for blocks. */
  readonly get: (peer: string, ids: readonly Uint8Array[]) => void;
  /** A peer gave all that it said it had, and that was something. */
  readonly onDone: () => void;
  /** It is here, maybe without its parent. */
  readonly isKnown: (id: Uint8Array) => boolean;
  /** It is here, and so is all below it. */
  readonly isStored: (id: Uint8Array) => boolean;
  /** Messages that came still wait to be judged: what seems to be missing may be among them. */
  readonly isBusy: () => boolean;
}

/** Nothing came for so long: the question or its answer was lost, and what is missing is asked for again. */
const RETRY_MS = 2_500;
/** A peer from which nothing came for so long is not waited for. */
const STALL_MS = 10_000;
/** A peer that lags behind its own word, has nothing of what it told, or has what is refused, is left alone for so long. */
const AVOID_MS = 15_000;
/** After so long another peer gets its turn: one that hands out a block now and then must not hold us for ever. */
const TURN_MS = 60_000;
const REMEMBERED_PEERS = 64;

interface Running {
  readonly peer: string;
  readonly fetch: Fetch;
  readonly beganMs: number;
  progressMs: number;
  blocks: number;
  /** The way is asked for, and not a piece of it. */
  isLocating: boolean;
  /** The last block of the way so far, where that was only a part of it. */
  after: Uint8Array | undefined;
  /** The answer that is awaited is not the one that is wanted: the way is to be asked for from its beginning. */
  isAnew: boolean;
}

/**
 * Brings the node to where a peer is. One peer at a time: several would bring the same blocks. Others that have what
 * we lack wait in line; the first gets its turn when the peer before it is done, stalls, or had its turn.
 */
export class Download {
  readonly #options: DownloadOptions;
  readonly #avoidedUntilMs = new Newest<number>(REMEMBERED_PEERS);
  /** A block that we lack, of each peer that waits for its turn. */
  readonly #line = new Map<string, Uint8Array>();
  #running: Running | undefined;
  #isStopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /** Whether blocks are awaited from a peer. */
  isRunning(): boolean {
    return this.#running !== undefined;
  }

  isFrom(peer: string): boolean {
    return this.#running?.peer === peer;
  }

  /** The peer has blocks that we lack, `missing` among them. */
  follow(peer: string, missing: Uint8Array): void {
    const isAvoided = (this.#avoidedUntilMs.get(peer) ?? 0) > this.#options.clock.nowMs();
    if (this.#isStopped || isAvoided || this.#running?.peer === peer) return;
    if (this.#line.size < REMEMBERED_PEERS || this.#line.has(peer)) this.#line.set(peer, missing);
    if (this.#running === undefined) this.#begin(this.#nextInLine());
  }

  /** The way that a peer answered with. One that was not asked is not listened to. */
  takePath(peer: string, ids: readonly Uint8Array[]): void {
    const running = this.#of(peer);
    if (running?.isLocating !== true) return;
    if (running.isAnew) return this.#locateAnew(running);
    running.isLocating = false;
    running.fetch.begin(ids, this.#options.isKnown);
    this.#next(running);
  }

  /** A block came from a peer. */
  arrived(peer: string, id: Uint8Array): void {
    const running = this.#of(peer);
    if (running === undefined) return;
    const isTimeForMore = running.fetch.arrived(id);
    if (this.#isOver(running)) this.#begin(this.#nextInLine());
    else if (isTimeForMore) this.#next(running);
  }

  /** Blocks of the peer's way that were not needed are needed after all: the way is gone from its beginning. */
  again(peer: string, missing: Uint8Array): void {
    const running = this.#running;
    if (running?.peer !== peer) return this.follow(peer, missing);
    running.isAnew = true;
    if (!running.isLocating) this.#locateAnew(running);
  }

  /** A block of the peer was refused: what follows on its way is of no use, today at least. */
  spoil(peer: string): void {
    if (!this.isFrom(peer)) return;
    this.#avoid(peer);
    this.leave(peer);
  }

  /** What the peer has is of no use. */
  leave(peer: string): void {
    this.#line.delete(peer);
    if (this.isFrom(peer)) this.#begin(this.#nextInLine());
  }

  stop(): void {
    this.#isStopped = true;
    this.#begin(undefined);
  }

  #of(peer: string): Running | undefined {
    const running = this.#running;
    if (running?.peer !== peer) return undefined;
    running.progressMs = this.#options.clock.nowMs();
    this.#retryLater(running);
    return running;
  }

  #begin(peer: string | undefined): void {
    this.#cancelRetry();
    this.#running = undefined;
    if (peer === undefined) return;
    this.#line.delete(peer);
    const nowMs = this.#options.clock.nowMs();
    this.#running = { peer, fetch: new Fetch(), beganMs: nowMs, progressMs: nowMs, blocks: 0, isLocating: false, after: undefined, isAnew: false };
    this.#locate(this.#running);
    this.#retryLater(this.#running);
  }

  #locate(running: Running): void {
    running.isLocating = true;
    this.#options.locate(running.peer, running.after);
  }

  #locateAnew(running: Running): void {
    running.isAnew = false;
    running.after = undefined;
    running.fetch.begin([], this.#options.isKnown);
    this.#locate(running);
  }

  /** Those whose blocks came from somebody else meanwhile leave the line. */
  #nextInLine(): string | undefined {
    for (const [peer, missing] of this.#line) {
      if (!this.#options.isStored(missing)) return peer;
      this.#line.delete(peer);
    }
    return undefined;
  }

  #isOver({ beganMs, progressMs }: Running): boolean {
    const nowMs = this.#options.clock.nowMs();
    return nowMs - progressMs >= STALL_MS || (nowMs - beganMs >= TURN_MS && this.#nextInLine() !== undefined);
  }

  #retryLater(running: Running): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => this.#retry(running));
  }

  /** A question or answers were lost. Waiting for the peer's next word would cost more than the blocks that we lack take to make. */
  #retry(running: Running): void {
    const isBusy = this.#options.isBusy();
    if (isBusy) running.progressMs = this.#options.clock.nowMs();
    if (this.#isOver(running)) return this.#begin(this.#nextInLine());
    this.#retryLater(running);
    if (isBusy) return;
    if (running.isLocating) return this.#locate(running);
    const { ids, more } = running.fetch.again(this.#options.isKnown);
    running.blocks += more;
    if (ids.length > 0) this.#options.get(running.peer, ids);
    else this.#next(running);
  }

  #next(running: Running): void {
    const ids = running.fetch.next();
    running.blocks += ids.length;
    if (ids.length > 0) return this.#options.get(running.peer, ids);
    if (!running.fetch.isAnswered) return;
    if (running.fetch.wantsMore) return this.#goOn(running);
    if (running.blocks === 0) this.#avoid(running.peer);
    this.#begin(this.#nextInLine());
    if (running.blocks > 0) this.#options.onDone();
  }

  /** Asks for the next part of the way. A peer whose way never ends has its turn all the same. */
  #goOn(running: Running): void {
    if (this.#isOver(running)) return this.#begin(this.#nextInLine());
    running.after = running.fetch.last;
    this.#locate(running);
  }

  #avoid(peer: string): void {
    this.#avoidedUntilMs.set(peer, this.#options.clock.nowMs() + AVOID_MS);
  }
}
