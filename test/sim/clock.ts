import type { Clock } from "../../node/ports.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Time that moves only when told, and runs what falls due in order of time, then of asking. */
export class SimClock implements Clock {
  #nowMs: number;
  #order = 0;
  #pending = 0;
  /** A binary heap; cancelled timers stay in it without a `run`. */
  readonly #heap: Timer[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#pending++;
    this.#push(timer);
    return () => {
      if (timer.run !== undefined) this.#pending--;
      timer.run = undefined;
    };
  }

  /** Moves on by `ms`. After each timer everything that waits on promises gets its turn first. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let due = this.#heap[0]; due !== undefined && due.atMs <= untilMs; due = this.#heap[0]) {
      this.#pop();
      const { run } = due;
      if (run === undefined) continue;
      due.run = undefined;
      this.#pending--;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      run();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  pendingTimers(): number {
    return this.#pending;
  }

  #push(timer: Timer): void {
    let at = this.#heap.push(timer) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(timer, this.#heap[up] as Timer); up = (at - 1) >> 1) {
      this.#heap[at] = this.#heap[up] as Timer;
      at = up;
    }
    this.#heap[at] = timer;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < this.#heap.length; child = 2 * at + 1) {
      if (child + 1 < this.#heap.length && before(this.#heap[child + 1] as Timer, this.#heap[child] as Timer)) child++;
      if (!before(this.#heap[child] as Timer, last)) break;
      this.#heap[at] = this.#heap[child] as Timer;
      at = child;
    }
    this.#heap[at] = last;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Lets every promise that is ready run: nothing in a simulation waits for more than promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
