import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../node/ports.ts";

/** The machine's clock. Timers of it keep the process alive; whoever starts one cancels it. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
