import type { Vm } from "../vm.ts";

/** A word called in a loop waits this much longer, so that the loop is compiled first, with the word inside it. */
const CALLS_PER_ROUND = 8;

/** Counters of calls and rounds, by the low bits of the address: who shares one is only compiled earlier. */
const COUNTERS = 4_096;

/**
 * A loop or word that runs often within a loop of a caller waits for that loop to come round, so that all is compiled together:
 * at most for this much ERG. Callers deeper than so many calls are not looked at.
 */
const WAIT_ERG = 30_000;
const OUTER_DEPTH = 32;

/** Where it is counted: memory of its own for each machine would cost a short program more than running it. */
export interface HeatCounters {
  readonly counts: Int32Array;
  readonly rounds: Int32Array;
}

/** All zero. */
export function newCounters(): HeatCounters {
  return { counts: new Int32Array(COUNTERS), rounds: new Int32Array(OUTER_DEPTH + 1) };
}

/** Counts what the interpreter runs, and says when it has run often enough to be compiled. */
export class Heat {
  readonly #patience: number;
  readonly #counts: Int32Array;
  /** Rounds seen of a loop at each depth of calls, since a round of a loop further out. */
  readonly #rounds: Int32Array;
  /** A loop at this depth or less is compiled at its next round; -1 for none. */
  #awaited = -1;
  #waitingFrom = 0;

  /** `counters` are a machine's, all zero. */
  constructor(patience: number, { counts, rounds }: HeatCounters) {
    this.#patience = patience;
    this.#counts = counts;
    this.#rounds = rounds;
  }

  /** At a call of the code there; `isDecided` when it is known already what comes of it. */
  ofCall(vm: Vm, code: number, isDecided: boolean): boolean {
    return this.#isHot(code, this.#patience * CALLS_PER_ROUND) && (isDecided || !this.#waits(vm));
  }

  /** At a round of the loop whose head is at `vm.ip`. */
  ofRound(vm: Vm, isDecided: boolean): boolean {
    const { depth } = vm;
    if (depth < OUTER_DEPTH) {
      this.#rounds[depth] = (this.#rounds[depth] as number) + 1;
      this.#rounds[depth + 1] = 0;
    }
    if (depth > this.#awaited && (!this.#isHot(vm.ip, this.#patience) || (!isDecided && this.#waits(vm)))) return false;
    this.#awaited = -1;
    return true;
  }

  #isHot(code: number, patience: number): boolean {
    const count = this.#counts[code & (COUNTERS - 1)] as number;
    if (count >= patience) return true;
    this.#counts[code & (COUNTERS - 1)] = count + 1;
    return false;
  }

  /** Whether something that is to be compiled should wait for a loop further out. */
  #waits(vm: Vm): boolean {
    if (this.#patience === 0) return false;
    if (this.#awaited < 0) {
      const outer = this.#rounds.findIndex((rounds) => rounds > 1);
      if (outer < 0 || outer >= vm.depth) return false;
      this.#awaited = outer;
      this.#waitingFrom = vm.ergLeft;
    }
    const waited = this.#waitingFrom - vm.ergLeft;
    if (waited >= 0 && waited <= WAIT_ERG) return true;
    this.#awaited = -1;
    this.#rounds.fill(0);
    return false;
  }
}
