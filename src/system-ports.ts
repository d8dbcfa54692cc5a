import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../node/ports.ts";

/** The machine's clock. A timer keeps the process alive until it runs or is cancelled: whoever starts one also stops it. */
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
