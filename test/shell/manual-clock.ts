import type { Clock } from "../../node/ports.ts";

/** Time that moves only when told, for limits that would take minutes. */
export class ManualClock implements Clock {
  private now = 1_000_000;
  private readonly timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.now + delayMs, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Whether something is to happen in exactly this time. */
  awaits(delayMs: number): boolean {
    return [...this.timers].some(({ atMs }) => atMs === this.now + delayMs);
  }

  /** Runs what is due on the way, in order of time. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.timers.delete(next);
      this.now = next.atMs;
      next.run();
    }
    this.now = until;
  }
}
