import { equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { Block, DataBlock } from "./block.ts";
import type { ChainEntry, ChainView } from "./chain-view.ts";
import { checkHeader, type RuleContext } from "./checks.ts";
import type { BlockState } from "./executor.ts";
import { headerId } from "./header-codec.ts";
import { checkBodyToRun, type LedgerMachine } from "./run-block.ts";
import type { Verdict } from "./verdict.ts";

/**
 * While a worker runs a block, the main loop has time: for the next one that waits, it checks already that the body is
 * the one which the header promises. That takes thirty thousand hashes, and the worker would wait for them.
 *
 * Nobody buys more work with it than before: only a block whose header follows from the running one is looked at, with
 * the signature of the leader, and one for each that runs.
 */
export class LookAhead<S extends BlockState> {
  readonly #machine: LedgerMachine<S>;
  /** The rules over a view of the chain. */
  readonly #rules: (chain: ChainView) => RuleContext;
  readonly #isSettled: (id: Uint8Array) => boolean;
  /** Handed in, and their turn has not come. */
  readonly #waiting = new Set<DataBlock>();
  readonly #bodies = new WeakMap<Block, Verdict>();
  #running: ChainEntry | undefined;

  /** `isSettled`: of blocks that would be turned away before their body is looked at. */
  constructor(machine: LedgerMachine<S>, rules: (chain: ChainView) => RuleContext, isSettled: (id: Uint8Array) => boolean) {
    this.#machine = machine;
    this.#rules = rules;
    this.#isSettled = isSettled;
  }

  handedIn(block: Block): void {
    if (!("packages" in block)) return;
    this.#waiting.add(block);
    this.#look();
  }

  turnOf(block: Block): void {
    if ("packages" in block) this.#waiting.delete(block);
  }

  /** `run` is the run of this block, which has begun. */
  async during<T>(entry: ChainEntry, run: Promise<T>): Promise<T> {
    this.#running = entry;
    this.#look();
    try {
      return await run;
    } finally {
      this.#running = undefined;
    }
  }

  /** Of a block whose body was looked at. */
  bodyVerdict(block: Block): Verdict | undefined {
    return this.#bodies.get(block);
  }

  #look(): void {
    for (const block of this.#waiting) {
      const running = this.#running;
      if (running === undefined) return;
      if (!equalBytes(block.header.parentId, running.id)) continue;
      // One that doesn't follow is not asked again: its turn comes.
      this.#waiting.delete(block);
      if (!this.#follows(block, running)) continue;
      this.#bodies.set(block, checkBodyToRun(block, this.#machine));
      this.#running = undefined;
    }
  }

  #follows({ header }: DataBlock, running: ChainEntry): boolean {
    const { store } = this.#machine;
    const chain: ChainView = { entry: (id) => (equalBytes(id, running.id) ? running : store.entry(id)) };
    try {
      return !this.#isSettled(headerId(header)) && checkHeader(header, this.#rules(chain)).kind === "accept";
    } catch (error) {
      // What the store can't give is said when it is the block's turn.
      if (isFaultError(error)) return false;
      throw error;
    }
  }
}
