import type { PoolEntry } from "./pool.ts";

interface DomainRun {
  readonly run: readonly PoolEntry[];
  at: number;
}

/**
 * Packages in the order in which a block takes them: the best price first, but each domain's in order of
 * nonce. A binary heap of domains by the price of their next package; the older package wins a tie.
 */
export class ReadyQueue {
  readonly #heap: DomainRun[];

  /** `runs`: for each domain the packages that may run now, without gaps, by nonce. */
  constructor(runs: Iterable<readonly PoolEntry[]>) {
    this.#heap = [...runs].filter((run) => run.length > 0).map((run) => ({ run, at: 0 }));
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** The best package now; undefined when none is left. */
  peek(): PoolEntry | undefined {
    const top = this.#heap[0];
    return top?.run[top.at];
  }

  /** The best package was taken: its domain's next one may compete. */
  take(): void {
    const top = this.#heap[0];
    if (top === undefined) return;
    top.at++;
    if (top.at < top.run.length) this.#sink(0);
    else this.skipDomain();
  }

  /** The best package cannot be taken, and so nothing after it of the same domain. */
  skipDomain(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(start: number): void {
    for (let at = start; ; ) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.#heap.length && this.#before(child, best)) best = child;
      if (best === at) return;
      const moved = this.#heap[at] as DomainRun;
      this.#heap[at] = this.#heap[best] as DomainRun;
      this.#heap[best] = moved;
      at = best;
    }
  }

  #before(a: number, b: number): boolean {
    const left = this.#next(a);
    const right = this.#next(b);
    if (left.facts.ergPriceUnits !== right.facts.ergPriceUnits) return left.facts.ergPriceUnits > right.facts.ergPriceUnits;
    return left.arrival < right.arrival;
  }

  #next(index: number): PoolEntry {
    const domain = this.#heap[index] as DomainRun;
    return domain.run[domain.at] as PoolEntry;
  }
}
