import type { BlockPlace } from "./head-marker.ts";

/** So many blocks, or packages in them, lie between two steps: a start looks at one or two such stretches, well under a second. */
const STEP_BLOCKS = 128;
const STEP_PACKAGES = 10_000;

/**
 * Up to where a start need not look again. It trails the head by one to two steps, because the newest blocks are
 * those that a crash can have spoiled, and goes back with a reorganisation.
 */
export class Checkpoint {
  #checked: BlockPlace;
  #next: BlockPlace;
  #blocks = 0;
  #packages = 0;

  constructor(checked: BlockPlace) {
    this.#checked = checked;
    this.#next = checked;
  }

  /** `head` with so many packages joined the main chain. What the head marker says from now on. */
  advance(head: BlockPlace, packages: number): BlockPlace {
    this.#blocks++;
    this.#packages += packages;
    if (this.#blocks < STEP_BLOCKS && this.#packages < STEP_PACKAGES) return this.#checked;
    [this.#checked, this.#next] = [this.#next, head];
    [this.#blocks, this.#packages] = [0, 0];
    return this.#checked;
  }

  /** The main chain went back to `fork`. */
  revert(fork: BlockPlace): BlockPlace {
    if (fork.height < this.#next.height) this.#next = fork;
    if (fork.height < this.#checked.height) this.#checked = fork;
    return this.#checked;
  }
}
