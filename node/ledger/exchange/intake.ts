import { equalBytes, fromHex, toHex } from "../../../lang/base/bytes.ts";
import type { LedgerFault } from "../../fault.ts";
import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";
import type { Block } from "../block.ts";
import type { Chain, Submission } from "../chain.ts";
import { checkWork } from "../checks.ts";
import type { BlockState } from "../executor.ts";
import { headerId } from "../header-codec.ts";
import type { DeepBranches } from "./deep-branches.ts";
import { EarlyBlocks } from "./early-blocks.ts";
import { Orphans, type Orphan, type OrphanLimits } from "./orphans.ts";

/**
 * Hands the chain what came from peers, and keeps what it can't take yet. A node that catches up hands in a few blocks
 * that stand on each other before the first is answered: so one runs while another is written and the next is read.
 * The chain takes them in turn and they are answered in turn, so each is judged as if it had waited for the one before:
 * behind a block that is refused the rest are orphans, and nobody is blamed for those.
 */
export interface IntakeOptions<S extends BlockState> {
  readonly chain: Chain<S>;
  readonly clock: Clock;
  readonly deep: DeepBranches;
  /** The block moved the head. */
  readonly onMoved: (block: Block) => void;
  readonly orphanLimits?: OrphanLimits;
  /** A peer's block stands on one that is not here. */
  readonly onMissing: (peer: string, missing: Uint8Array) => void;
  /** A peer's block stands on one that was here and not kept, because there were enough like it; now a key block stands on both. */
  readonly onWanted: (peer: string, missing: Uint8Array) => void;
  readonly onRefused: (peer: string, fault: LedgerFault) => void;
  /** A peer's block begins a branch that leaves the main chain too deep. */
  readonly onTooDeep: (peer: string, id: Uint8Array) => void;
  /** The time of a block that was dated ahead has come: it is to be taken again. */
  readonly onDue: (arrival: Arrival) => void;
  /** The disk failed or an assertion did. */
  readonly onFailure: (error: unknown) => void;
}

/** A block and who sent it. */
export interface Arrival {
  readonly block: Block;
  readonly sizeBytes: number;
  readonly peer: string;
  /** It was answered, and so were those that waited for it. */
  readonly onJudged?: () => void;
}

/** Blocks handed in before the first of them is answered; each may be as large as a block may be. */
const MOST_UNDERWAY = 3;
const REMEMBERED_SURPLUS = 64;

interface Underway {
  readonly id: Uint8Array;
  readonly judged: Promise<void>;
}

/** The way of a peer's block into the chain. */
export class Intake<S extends BlockState> {
  readonly #options: IntakeOptions<S>;
  readonly #orphans: Orphans;
  /** Blocks that were not kept, by id in hex. */
  readonly #surplus = new Newest<true>(REMEMBERED_SURPLUS);
  readonly #early: EarlyBlocks;
  /** What the chain has not answered, oldest first. */
  readonly #underway: Underway[] = [];
  /** The oldest of them stands on the head: only there blocks run when they are handed in. */
  #isOnHead = false;
  #isStopped = false;

  constructor(options: IntakeOptions<S>) {
    this.#options = options;
    this.#orphans = new Orphans(options.orphanLimits);
    this.#early = new EarlyBlocks(options.clock);
  }

  isBusy(): boolean {
    return this.#underway.length > 0;
  }

  /** It waits for its parent. */
  isWaiting(id: Uint8Array): boolean {
    return this.#orphans.has(id);
  }

  /** Resolves when the block is handed in and another may be; never rejects. One call at a time. */
  async take(arrival: Arrival): Promise<void> {
    const { parentId } = arrival.block.header;
    const last = this.#underway.at(-1);
    const isNext = this.#isOnHead && last !== undefined && equalBytes(parentId, last.id);
    if (!isNext) await this.idle();
    if (this.#isStopped) return;
    if (this.#underway.length === 0) this.#isOnHead = equalBytes(parentId, this.#options.chain.head().id);
    this.#handIn(arrival);
    while (this.#underway.length >= MOST_UNDERWAY) await this.#underway[0]?.judged;
  }

  /** Resolves when everything that was handed in is judged. */
  async idle(): Promise<void> {
    await this.#underway.at(-1)?.judged;
  }

  stop(): void {
    this.#isStopped = true;
    this.#early.stop();
  }

  #handIn(arrival: Arrival): void {
    const before = this.#underway.at(-1)?.judged ?? Promise.resolve();
    const answer = this.#options.chain.submit(arrival.block);
    // A failure is told when its turn comes.
    answer.catch(() => undefined);
    const judged = before.then(() => this.#judge(arrival, answer)).catch((error: unknown) => {
      if (!this.#isStopped) this.#options.onFailure(error);
    }).finally(() => void this.#underway.shift());
    this.#underway.push({ id: headerId(arrival.block.header), judged });
  }

  /** Heeds the answer to a block, then hands in those that waited for it. */
  async #judge(arrival: Arrival, answer: Promise<Submission>): Promise<void> {
    const waiting = await this.#heed(arrival, await answer);
    for (let next = waiting.shift(); next !== undefined && !this.#isStopped; next = waiting.shift()) {
      waiting.push(...(await this.#heed(next, await this.#options.chain.submit(next.block))));
    }
    arrival.onJudged?.();
  }

  /** Does what the chain's answer calls for. What is to be handed in now. */
  async #heed(arrival: Arrival, answer: Submission): Promise<Arrival[]> {
    const { block, peer } = arrival;
    switch (answer.kind) {
      case "orphan":
        return this.#keepOrphan(arrival, answer.missing);
      case "surplus":
        return this.#takeIfWanted(block);
      case "early":
        this.#early.keep({ sizeBytes: arrival.sizeBytes, untilMs: answer.untilMs }, () => this.#options.onDue({ block, sizeBytes: arrival.sizeBytes, peer }));
        return [];
      case "reject":
        this.#refuse(arrival, answer.fault);
        return [];
      case "appended":
      case "reorganised":
        this.#options.onMoved(block);
        return this.#childrenOf(block);
      case "side":
      case "known":
        return this.#childrenOf(block);
    }
  }

  #keepOrphan(arrival: Arrival, missing: Uint8Array): Arrival[] {
    const { block, sizeBytes, peer } = arrival;
    // Its parent was handed in before it, and was taken at a second attempt only.
    if (this.#options.chain.machine.store.entry(missing) !== undefined) return [arrival];
    if (this.#options.deep.goOn(block.header)) this.#dropDescendants(block);
    else if (this.#hasWork(block) && !this.#options.deep.isFollowedBy(peer)) {
      this.#orphans.add(block, sizeBytes, peer);
      if (this.#makesWanted(block)) this.#options.onWanted(peer, missing);
      else this.#options.onMissing(peer, missing);
    }
    return [];
  }

  /** Whether this block, which waits, is the last that was missing between a block which was not kept and a key block. Said once. */
  #makesWanted({ header }: Block): boolean {
    const missing = this.#orphans.missingBelow(headerId(header));
    const isWanted = this.#surplus.get(missing) === true && this.#orphans.hasKeyBlockOn(fromHex(missing) as Uint8Array);
    if (isWanted) this.#surplus.delete(missing);
    return isWanted;
  }

  #refuse({ block, peer }: Arrival, fault: LedgerFault): void {
    if (fault.code !== "LEDGER_TOO_DEEP") return this.#options.onRefused(peer, fault);
    this.#options.deep.begin(block.header);
    this.#dropDescendants(block);
    this.#options.onTooDeep(peer, headerId(block.header));
  }

  /** Those that wait for a block of a branch that is too deep wait for nothing. */
  #dropDescendants(block: Block): void {
    const parents: Block[] = [block];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      for (const child of this.#childrenOf(parent)) if (this.#options.deep.goOn(child.block.header)) parents.push(child.block);
    }
  }

  /** There are enough such blocks already, but a key block that waits makes this one needed. */
  async #takeIfWanted(block: Block): Promise<Arrival[]> {
    const id = headerId(block.header);
    if (!this.#orphans.hasKeyBlockOn(id)) {
      this.#surplus.set(toHex(id), true);
      return [];
    }
    await this.#options.chain.submit(block, { wanted: true });
    return this.#childrenOf(block);
  }

  #childrenOf(block: Block): Orphan[] {
    return this.#orphans.takeChildren(headerId(block.header));
  }

  /** A key block without its parent is kept only if somebody worked for it. */
  #hasWork({ header }: Block): boolean {
    return header.kind === "data" || checkWork(header, this.#options.chain.machine.params).kind === "accept";
  }
}
