import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../node/ports.ts";

/** The machine's clock. Its timers do not keep the process alive: a node lives as long as its SSH server and workers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
