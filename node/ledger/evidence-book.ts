import { compareBytes, concatBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { Evidence } from "./block.ts";
import type { Chain } from "./chain.ts";
import { keyBlockAt, type ChainEntry } from "./chain-view.ts";
import type { Case } from "./docket.ts";
import type { BlockState } from "./executor.ts";
import { isRecent } from "./fraud.ts";
import { accusedEpoch, decodeEvidence, encodeEvidence } from "./fraud-codec.ts";
import { judgeOne } from "./judge-evidence.ts";
import { MAX_EVIDENCE } from "./params.ts";
import { SerialQueue } from "./serial-queue.ts";
import { isSignedByAccused } from "./suspicion.ts";
import { ACCEPT, type Verdict } from "./verdict.ts";

/**
 * Proofs of fraud that this node knows and no block of its chain has yet: found by itself or told by a
 * peer, each judged before it is kept, one for each epoch. They survive a restart. What cannot be judged on the
 * present branch waits in the chain's docket (docket.ts), and so does what a kill left without judgement: both are
 * looked at again after a start, and whenever the accused block's parent comes onto the chain.
 */
const KEPT = utf8("l/f");
const KEPT_END = utf8("l/g");

/** Proofs of fraud that this node knows, for the key blocks it makes and the peers that have not heard. */
export class EvidenceBook<S extends BlockState = BlockState> {
  readonly #chain: Chain<S>;
  readonly #disk: Disk;
  readonly #byEpoch = new Map<string, Evidence>();
  readonly #listeners = new Set<(evidence: Evidence) => void>();
  readonly #onFailure: (error: unknown) => void;
  readonly #closeChain: () => void;
  /** One judgement at a time: each may run a whole block. */
  readonly #judging = new SerialQueue();
  /** Names of cases whose turn will come. */
  readonly #called = new Set<string>();

  private constructor(chain: Chain<S>, disk: Disk, onFailure: (error: unknown) => void) {
    this.#chain = chain;
    this.#disk = disk;
    this.#onFailure = onFailure;
    this.#closeChain = chain.listen({
      connected: ({ entry }) => entry.header?.kind === "key" && this.#dropOld(entry.keyHeight),
      disconnected: () => undefined, moved: () => this.#lookAgain(), cheated: (evidence) => this.#suspect(evidence),
    });
  }

  /** Reads back what was known, then follows the chain's suspicions. Faults: STORE_DAMAGED. */
  static async open<S extends BlockState>(chain: Chain<S>, disk: Disk, onFailure: (error: unknown) => void): Promise<EvidenceBook<S>> {
    const book = new EvidenceBook(chain, disk, onFailure);
    for await (const [, bytes] of disk.entries({ start: KEPT, end: KEPT_END })) {
      const evidence = decodeEvidence(bytes, chain.machine.params);
      book.#byEpoch.set(toHex(accusedEpoch(evidence)), evidence);
    }
    for (const one of chain.docket.cases()) book.#judgeCase(one);
    return book;
  }

  /** Told of each new proof. */
  listen(listener: (evidence: Evidence) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Judges a proof and keeps it. One that would add nothing to that of the same epoch is accepted and not kept; one of
   * which nothing can be said on this branch waits in the docket.
   */
  async add(evidence: Evidence): Promise<Verdict> {
    const { docket, machine } = this.#chain;
    if (this.#isEnough(evidence)) return this.#settle(evidence, ACCEPT);
    const head = this.#chain.head();
    const verdict = await judgeOne(evidence, { height: head.height + 1n, keyHeight: head.keyHeight + 1n }, head, machine);
    const mayCount = verdict.kind !== "accept" && this.#mayCountLater(evidence, verdict);
    if (mayCount && evidence.kind === "invalid") {
      docket.file(evidence);
      await this.#disk.batch(docket.takeUnwritten(), { sync: true });
      return verdict;
    }
    if ((verdict.kind !== "accept" && !mayCount) || this.#isEnough(evidence)) return this.#settle(evidence, verdict);
    this.#byEpoch.set(toHex(accusedEpoch(evidence)), evidence);
    await this.#disk.batch([{ type: "put", key: keyOf(evidence), value: encodeEvidence(evidence) }, ...docket.settle(evidence)], { sync: true });
    for (const listener of this.#listeners) listener(evidence);
    return verdict;
  }

  entries(): Evidence[] {
    return [...this.#byEpoch.values()];
  }

  /** What a key block on `parent`, the head, may bring, in the order it must have. */
  forBlock(parent: ChainEntry): Evidence[] {
    const { store, params } = this.#chain.machine;
    const usable = [...this.#byEpoch.values()].filter((evidence) => {
      const epoch = store.entry(accusedEpoch(evidence));
      if (epoch === undefined || epoch.keyHeight > parent.keyHeight || !isRecent(epoch.keyHeight, parent.keyHeight + 1n, params)) return false;
      return store.punishment(epoch.id) === undefined && toHex(keyBlockAt(epoch.keyHeight, parent, store).id) === toHex(epoch.id) && this.#isOnBranch(evidence);
    });
    return usable.sort((a, b) => compareBytes(accusedEpoch(a), accusedEpoch(b))).slice(0, MAX_EVIDENCE);
  }

  close(): void {
    this.#closeChain();
  }

  /** Not in the chain's own turn: judging an invalid block runs it. */
  #suspect(evidence: Evidence): void {
    void this.#judging.run(() => this.add(evidence)).catch(this.#onFailure);
  }

  /** Read when its turn comes, for it may be megabytes. */
  #judgeCase(one: Case): void {
    if (this.#called.has(one.name)) return;
    this.#called.add(one.name);
    void this.#judging.run(async () => {
      this.#called.delete(one.name);
      const evidence = this.#chain.docket.read(one);
      if (evidence !== undefined) await this.add(evidence);
    }).catch(this.#onFailure);
  }

  /** What the present branch can say something about now. */
  #lookAgain(): void {
    const { store } = this.#chain.machine;
    for (const one of this.#chain.docket.cases()) {
      const isOnChain = [one.parentId, one.epochId].every((id) => {
        const entry = store.entry(id);
        return entry !== undefined && store.isOnMainChain(entry);
      });
      if (isOnChain && store.punishment(one.epochId) === undefined) this.#judgeCase(one);
    }
  }

  /** A proof of this epoch is kept that counts on every branch on which this one would. */
  #isEnough(evidence: Evidence): boolean {
    const kept = this.#byEpoch.get(toHex(accusedEpoch(evidence)));
    return kept !== undefined && (kept.kind === "twin" || (evidence.kind === "invalid" && this.#isOnBranch(kept)));
  }

  async #settle(evidence: Evidence, verdict: Verdict): Promise<Verdict> {
    const operations = this.#chain.docket.settle(evidence);
    if (operations.length > 0) await this.#disk.batch(operations, { sync: false });
    return verdict;
  }

  /**
   * Signed by the leader of an epoch that is not on the chain, or whose punishment already is, or about a block beside
   * the chain: a reorganisation may change that. Epochs of other branches cost work, so there are few.
   */
  #mayCountLater(evidence: Evidence, verdict: Verdict): boolean {
    if (verdict.kind !== "reject" || verdict.fault.code !== "LEDGER_EVIDENCE") return false;
    if (verdict.fault.reason !== "other-branch" && verdict.fault.reason !== "duplicate") return false;
    const { store, params, rule } = this.#chain.machine;
    const epoch = store.entry(accusedEpoch(evidence));
    if (epoch?.header?.kind !== "key" || !isRecent(epoch.keyHeight, this.#chain.head().keyHeight + 1n, params)) return false;
    return isSignedByAccused(evidence, { params, chain: store, verify: rule.verify });
  }

  #isOnBranch(evidence: Evidence): boolean {
    if (evidence.kind === "twin") return true;
    const { store, params } = this.#chain.machine;
    const parent = store.entry(evidence.header.parentId);
    return parent !== undefined && store.isOnMainChain(parent) && this.#chain.head().height + 1n - parent.height <= params.evidenceBlocks;
  }

  /** Evidence whose window closed is of no use to any branch. */
  #dropOld(keyHeight: bigint): void {
    const { docket, machine: { store, params } } = this.#chain;
    const isOver = (epochId: Uint8Array): boolean => {
      const epoch = store.entry(epochId);
      return epoch === undefined || !isRecent(epoch.keyHeight, keyHeight - params.reorgKeyBlocks, params);
    };
    const gone: KeyValueOperation[] = docket.forget(isOver);
    for (const [name, evidence] of this.#byEpoch) {
      if (!isOver(accusedEpoch(evidence))) continue;
      this.#byEpoch.delete(name);
      gone.push({ type: "del", key: keyOf(evidence) });
    }
    if (gone.length > 0) void this.#disk.batch(gone, { sync: false }).catch(this.#onFailure);
  }
}

function keyOf(evidence: Evidence): Uint8Array {
  return concatBytes(KEPT, accusedEpoch(evidence));
}
