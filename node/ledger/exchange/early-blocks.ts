import type { Clock } from "../../ports.ts";

/** Blocks dated ahead of our clock that wait for it: so many, of so many bytes together. */
const MOST_BLOCKS = 256;
const MOST_BYTES = 64 << 20;
/** A block dated further ahead than this is not kept: it will be asked for again. */
const FURTHEST_MS = 600_000;

/** Keeps blocks until their time has come. */
export class EarlyBlocks {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #sizeBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back when the block's time has come, unless there is no room for it. */
  keep({ sizeBytes, untilMs }: { readonly sizeBytes: number; readonly untilMs: bigint }, retry: () => void): void {
    const delayMs = Number(untilMs) - this.#clock.nowMs();
    if (this.#waiting.size >= MOST_BLOCKS || this.#sizeBytes + sizeBytes > MOST_BYTES || delayMs > FURTHEST_MS) return;
    this.#sizeBytes += sizeBytes;
    const cancel = this.#clock.after(delayMs, () => {
      this.#waiting.delete(cancel);
      this.#sizeBytes -= sizeBytes;
      retry();
    });
    this.#waiting.add(cancel);
  }

  stop(): void {
    for (const cancel of this.#waiting) cancel();
  }
}
