import { randomBytes } from "node:crypto";
import type { Clock, Network, Random } from "./ports.ts";

/** The machine's clock and timers. Timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };

/** The network of a node that talks to nobody. */
export const noNetwork: Network = { broadcast: () => undefined, onMessage: () => () => undefined };
