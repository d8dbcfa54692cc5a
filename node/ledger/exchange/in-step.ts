import type { Clock } from "../../ports.ts";

/**
 * Whether this node is where its peers are. Whoever mines before that builds on blocks that nobody follows any more,
 * and a node that is away for long enough would make a branch too deep to leave.
 */
export class InStep {
  readonly #clock: Clock;
  readonly #reached = Promise.withResolvers<void>();
  #patienceMs: number | undefined;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when a peer says that it is no further than we are, or when nothing was heard or brought for so long. */
  within(patienceMs: number): Promise<void> {
    this.#patienceMs = patienceMs;
    this.progress();
    return this.#reached.promise;
  }

  /** A block came. */
  progress(): void {
    if (this.#patienceMs === undefined) return;
    this.#cancel();
    this.#cancel = this.#clock.after(this.#patienceMs, () => this.reach());
  }

  reach(): void {
    this.#patienceMs = undefined;
    this.#cancel();
    this.#reached.resolve();
  }
}
