import { toHex } from "../../../lang/base/bytes.ts";
import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";
import type { BlockHeader } from "../block.ts";
import { headerId } from "../header-codec.ts";

/**
 * Remembers branches that left the main chain too deep to be taken, however heavy, and the peers that follow one. Both
 * are honest: they were apart for too long, and each would fetch the other's blocks for ever. A header says by hash on
 * what it stands, so what is remembered of blocks is true whoever told it. Which chain a peer follows it says itself:
 * that counts for this peer alone, and it is asked again now and then. The fork only gets deeper while our chain
 * grows; if a reorganisation brings it within the bound after all, what is remembered does not count any more.
 */
export interface DeepBranchOptions {
  readonly clock: Clock;
  /** Whether a branch that leaves at this block of ours, or at one below it, is too deep; false of a block that is not here. */
  readonly isTooDeep: (forkId: Uint8Array) => boolean;
}

/** Of blocks: some 300 bytes each. */
const REMEMBERED_BLOCKS = 4_096;
const REMEMBERED_PEERS = 64;
/** After so long a peer is asked for its way once more: two small messages. */
const ASK_AGAIN_MS = 600_000;

interface Following {
  readonly id: Uint8Array;
  readonly untilMs: number;
}

/** What is known of branches that are too deep, and of who follows them; bounded. */
export class DeepBranches {
  readonly #options: DeepBranchOptions;
  /** By block, the block of ours on which its branch stands. */
  readonly #forks = new Newest<Uint8Array>(REMEMBERED_BLOCKS);
  readonly #peers = new Newest<Following>(REMEMBERED_PEERS);

  constructor(options: DeepBranchOptions) {
    this.#options = options;
  }

  has(id: Uint8Array): boolean {
    const fork = this.#forks.get(toHex(id));
    return fork !== undefined && this.#options.isTooDeep(fork);
  }

  /** The chain refused this block: its parent is ours, and too deep. */
  begin(header: BlockHeader): void {
    this.#forks.set(toHex(headerId(header)), header.parentId);
  }

  /** Whether the header stands on a block that is remembered; then it is as well. */
  goOn(header: BlockHeader): boolean {
    const fork = this.#forks.get(toHex(header.parentId));
    if (fork === undefined || !this.#options.isTooDeep(fork)) return false;
    this.#forks.set(toHex(headerId(header)), fork);
    return true;
  }

  /** The peer said that this block, which is remembered, is on its main chain. */
  follows(peer: string, id: Uint8Array): void {
    this.#peers.set(peer, { id, untilMs: this.#options.clock.nowMs() + ASK_AGAIN_MS });
  }

  /** Whether the peer's main chain is out of our reach, as far as we know. */
  isFollowedBy(peer: string): boolean {
    const following = this.#peers.get(peer);
    return following !== undefined && this.#options.clock.nowMs() < following.untilMs && this.has(following.id);
  }

  /** The peer is on a chain that we know. */
  forget(peer: string): void {
    this.#peers.delete(peer);
  }
}
