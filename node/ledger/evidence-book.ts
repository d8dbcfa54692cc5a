import { compareBytes, concatBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { Evidence } from "./block.ts";
import type { Chain } from "./chain.ts";
import { keyBlockAt, type ChainEntry } from "./chain-view.ts";
import type { BlockState } from "./executor.ts";
import { checkTwins, isRecent } from "./fraud.ts";
import { accusedEpoch, decodeEvidence, encodeEvidence } from "./fraud-codec.ts";
import { judgeOne } from "./judge-evidence.ts";
import { MAX_EVIDENCE } from "./params.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Proofs of fraud that this node knows and no block of its chain has yet: found by itself or told by a
 * peer, each judged before it is kept, one for each epoch. They survive a restart, because the second of
 * two headers may have come just before it.
 */
const KEPT = utf8("l/f");
const KEPT_END = utf8("l/g");
/** Suspicions under judgement at a time; a flood of them is somebody's trick, and the first ones suffice. */
const MOST_PENDING = 16;

/** Proofs of fraud that this node knows, for the key blocks it makes and the peers that have not heard. */
export class EvidenceBook<S extends BlockState = BlockState> {
  readonly #chain: Chain<S>;
  readonly #disk: Disk;
  readonly #byEpoch = new Map<string, Evidence>();
  readonly #listeners = new Set<(evidence: Evidence) => void>();
  readonly #onFailure: (error: unknown) => void;
  readonly #closeChain: () => void;
  #pending = 0;

  private constructor(chain: Chain<S>, disk: Disk, onFailure: (error: unknown) => void) {
    this.#chain = chain;
    this.#disk = disk;
    this.#onFailure = onFailure;
    this.#closeChain = chain.listen({
      connected: ({ entry }) => entry.header?.kind === "key" && this.#dropOld(entry.keyHeight),
      disconnected: () => undefined, moved: () => undefined, cheated: (evidence) => this.#suspect(evidence),
    });
  }

  /** Reads back what was known, then follows the chain's suspicions. Faults: STORE_DAMAGED. */
  static async open<S extends BlockState>(chain: Chain<S>, disk: Disk, onFailure: (error: unknown) => void): Promise<EvidenceBook<S>> {
    const book = new EvidenceBook(chain, disk, onFailure);
    for await (const [, bytes] of disk.entries({ start: KEPT, end: KEPT_END })) {
      const evidence = decodeEvidence(bytes, chain.machine.params);
      book.#byEpoch.set(toHex(accusedEpoch(evidence)), evidence);
    }
    return book;
  }

  /** Told of each new proof. */
  listen(listener: (evidence: Evidence) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Judges a proof and keeps it. Evidence against an epoch that has one already is accepted and not kept. */
  async add(evidence: Evidence): Promise<Verdict> {
    const epoch = toHex(accusedEpoch(evidence));
    if (this.#byEpoch.has(epoch)) return { kind: "accept" };
    const head = this.#chain.head();
    const verdict = await judgeOne(evidence, { height: head.height + 1n, keyHeight: head.keyHeight + 1n }, head, this.#chain.machine);
    if ((verdict.kind !== "accept" && !this.#mayCountLater(evidence, verdict)) || this.#byEpoch.has(epoch)) return verdict;
    this.#byEpoch.set(epoch, evidence);
    await this.#disk.batch([{ type: "put", key: keyOf(evidence), value: encodeEvidence(evidence) }], { sync: true });
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

  #suspect(evidence: Evidence): void {
    if (this.#pending >= MOST_PENDING) return;
    this.#pending++;
    // Not in the chain's own turn: judging an invalid block runs it.
    void this.add(evidence).catch(this.#onFailure).finally(() => void this.#pending--);
  }

  /**
   * True twins in an epoch that is not on the chain, or whose punishment already is: a reorganisation may change
   * either, and nobody would look again. Epochs of other branches cost work, so there are few.
   */
  #mayCountLater(evidence: Evidence, verdict: Verdict): boolean {
    if (evidence.kind !== "twin" || verdict.kind !== "reject" || verdict.fault.code !== "LEDGER_EVIDENCE") return false;
    if (verdict.fault.reason !== "other-branch" && verdict.fault.reason !== "duplicate") return false;
    const { store, params, rule } = this.#chain.machine;
    const epoch = store.entry(accusedEpoch(evidence));
    if (epoch?.header?.kind !== "key" || !isRecent(epoch.keyHeight, this.#chain.head().keyHeight + 1n, params)) return false;
    return checkTwins(evidence, { params, chain: store, verify: rule.verify }).kind === "accept";
  }

  #isOnBranch(evidence: Evidence): boolean {
    if (evidence.kind === "twin") return true;
    const { store, params } = this.#chain.machine;
    const parent = store.entry(evidence.header.parentId);
    return parent !== undefined && store.isOnMainChain(parent) && this.#chain.head().height + 1n - parent.height <= params.historyBlocks;
  }

  /** Evidence whose window closed is of no use to any branch. */
  #dropOld(keyHeight: bigint): void {
    const { store, params } = this.#chain.machine;
    const gone: KeyValueOperation[] = [];
    for (const [name, evidence] of this.#byEpoch) {
      const epoch = store.entry(accusedEpoch(evidence));
      if (epoch !== undefined && isRecent(epoch.keyHeight, keyHeight - params.reorgKeyBlocks, params)) continue;
      this.#byEpoch.delete(name);
      gone.push({ type: "del", key: keyOf(evidence) });
    }
    if (gone.length > 0) void this.#disk.batch(gone, { sync: false }).catch(this.#onFailure);
  }
}

function keyOf(evidence: Evidence): Uint8Array {
  return concatBytes(KEPT, accusedEpoch(evidence));
}
