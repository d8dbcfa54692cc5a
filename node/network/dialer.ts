import { connect, type Socket } from "node:net";
import type { Clock, Random } from "../ports.ts";
import { isLoopback, type Endpoint } from "./endpoint.ts";
import type { LinkEnd } from "./link.ts";
import type { LinkLimits } from "./limits.ts";

export interface DialerOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: LinkLimits;
  /** Uses a socket that is connected until its link is over. */
  readonly use: (socket: Socket) => Promise<LinkEnd>;
  /** Whether there is a link to that node. */
  readonly isLinked: (peer: string) => boolean;
}

/** A link that lasted so long was a good one: if it ends, the other side is probably starting anew. */
const GOOD_LINK_MS = 5_000;

/** Keeps a link to one place: dials, and after it ended dials again, with pauses that double while nothing comes of it. */
export class Dialer {
  readonly #options: DialerOptions;
  #pauseMs: number;
  #socket: Socket | undefined;
  #stopped = false;
  #cancelPause: () => void = () => undefined;
  /** The node behind this place dialled us itself: its link is as good as ours. */
  #other: string | undefined;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#pauseMs = options.limits.redialMs.least;
    this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelPause();
    this.#socket?.destroy();
  }

  #dial(): void {
    if (this.#other !== undefined && this.#options.isLinked(this.#other)) return this.#again();
    const socket = connect({ ...this.#options.endpoint, autoSelectFamily: true });
    this.#socket = socket;
    const failed = (): void => this.#again();
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      if (isLoopback(socket.remoteAddress)) void this.#use(socket);
      else (socket.destroy(), this.#again());
    });
  }

  async #use(socket: Socket): Promise<void> {
    const { clock, use, limits: { redialMs } } = this.#options;
    const beganMs = clock.nowMs();
    const end = await use(socket);
    if (end.kind === "self") return; // it will still be us the next time
    this.#other = end.kind === "double" ? end.peer : undefined;
    if (end.kind === "refused") this.#pauseMs = redialMs.most;
    else if (clock.nowMs() - beganMs >= GOOD_LINK_MS) this.#pauseMs = redialMs.least;
    this.#again();
  }

  /** Some chance in the pause, so that nodes that lost each other at one moment do not all dial at one moment. */
  #again(): void {
    if (this.#stopped) return;
    const { clock, random, limits } = this.#options;
    const share = 0.75 + (random.bytes(1)[0] as number) / 512;
    this.#cancelPause = clock.after(this.#pauseMs * share, () => this.#dial());
    this.#pauseMs = Math.min(2 * this.#pauseMs, limits.redialMs.most);
  }
}
