import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";
import { Fetch } from "./sync.ts";

export interface DownloadOptions {
  readonly clock: Clock;
  /** Asks a peer for the way from our head to its own. */
  readonly locate: (peer: string) => void;
  /** Asks a peer for blocks. */
  readonly get: (peer: string, ids: readonly Uint8Array[]) => void;
  /** A peer gave all that it said it had, and that was something. */
  readonly onDone: () => void;
  readonly isKnown: (id: Uint8Array) => boolean;
}

/** A peer from which nothing came for so long is not waited for. */
const STALL_MS = 10_000;
/** A peer that lags behind its own word, or has nothing of what it told, is left alone for so long. */
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
}

/**
 * Brings the node to where a peer is. One peer at a time: several would bring the same blocks. Others are tried when
 * it stalls or has had its turn.
 */
export class Download {
  readonly #options: DownloadOptions;
  readonly #avoidedUntilMs = new Newest<number>(REMEMBERED_PEERS);
  #running: Running | undefined;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /** Whether blocks are awaited from a peer that answers. */
  isRunning(): boolean {
    return this.#running !== undefined && this.#options.clock.nowMs() - this.#running.progressMs < STALL_MS;
  }

  /** The peer has blocks that we lack. */
  follow(peer: string): void {
    const nowMs = this.#options.clock.nowMs();
    const running = this.#running;
    if (running !== undefined) {
      const isStalled = nowMs - running.progressMs >= STALL_MS;
      if (!isStalled && (peer === running.peer || nowMs - running.beganMs < TURN_MS)) return;
      if (isStalled) this.#avoid(running.peer);
      this.#running = undefined;
    }
    if ((this.#avoidedUntilMs.get(peer) ?? 0) > nowMs) return;
    this.#running = { peer, fetch: new Fetch(), beganMs: nowMs, progressMs: nowMs, blocks: 0 };
    this.#options.locate(peer);
  }

  /** The way that a peer answered with. One that was not asked is not listened to. */
  takePath(peer: string, ids: readonly Uint8Array[]): void {
    const running = this.#of(peer);
    if (running === undefined) return;
    running.fetch.begin(ids, this.#options.isKnown);
    this.#next(running);
  }

  /** A block came from a peer. */
  arrived(peer: string, id: Uint8Array): void {
    const running = this.#of(peer);
    if (running === undefined) return;
    const isPieceDone = running.fetch.arrived(id);
    if (isPieceDone) this.#next(running);
  }

  #of(peer: string): Running | undefined {
    const running = this.#running;
    if (running?.peer !== peer) return undefined;
    running.progressMs = this.#options.clock.nowMs();
    return running;
  }

  #next(running: Running): void {
    const ids = running.fetch.next();
    running.blocks += ids.length;
    if (ids.length > 0) return this.#options.get(running.peer, ids);
    if (running.fetch.wantsMore) return this.#options.locate(running.peer);
    this.#running = undefined;
    if (running.blocks === 0) this.#avoid(running.peer);
    else this.#options.onDone();
  }

  #avoid(peer: string): void {
    this.#avoidedUntilMs.set(peer, this.#options.clock.nowMs() + AVOID_MS);
  }
}
