import { assert } from "../../lang/base/assert.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import type { LedgerFault } from "../fault.ts";
import type { Clock, Disk } from "../ports.ts";
import { headerId } from "./header-codec.ts";
import type { Block, DataBlock, DataBlockHeader, Evidence, PackageResult } from "./block.ts";
import { childEntry, type ChainEntry } from "./chain-view.ts";
import { checkHeader, type RuleContext } from "./checks.ts";
import { planBlock, planConnect, planDisconnect, planForgetTip, planPardons, planPunishments, planTip } from "./chain-store.ts";
import { Docket } from "./docket.ts";
import type { BlockState } from "./executor.ts";
import { checkReorgDepth, forkPoint, isHeavier, pathFrom } from "./fork-choice.ts";
import { Checkpoint } from "./checkpoint.ts";
import { encodeHeadMark, type BlockPlace, type SmallFile } from "./head-marker.ts";
import { checkEvidenceForm } from "./fraud.ts";
import { checkBody, checkBodyToRun, type BlockRun, type LedgerMachine, type RunOutcome } from "./run-block.ts";
import { SideCounter, tooOldSides } from "./side-branches.ts";
import { isSignedByAccused, suspectBody, suspectHeader, suspectTwins } from "./suspicion.ts";
import { judgeAndRun } from "./take-block.ts";
import { SerialQueue } from "./serial-queue.ts";
import { ACCEPT, reject, type Refusal, type Verdict } from "./verdict.ts";

/**
 * The chain of one node. Blocks come in one at a time, from a stranger or from the own leader, and pass
 * the same checks. Each that joins the main chain is one synced batch; then the head marker is written;
 * only then is anybody told.
 */
export type Submission =
  | { readonly kind: "appended" }
  /** Kept on a branch that is not heavier. */
  | { readonly kind: "side" }
  | { readonly kind: "reorganised"; readonly droppedBlocks: number }
  | { readonly kind: "known" }
  /** Nothing is wrong with it, but enough like it are kept; hand it in as wanted when a key block needs it. */
  | { readonly kind: "surplus" }
  | Refusal;

/** A block joined or left the main chain. `results` are in order of its packages. */
export interface ChainChange {
  readonly entry: ChainEntry;
  readonly block: Block;
  readonly results: readonly PackageResult[];
}
/** Told in order, after the store has it. A listener must not throw and must not wait. */
export interface ChainListener {
  connected(change: ChainChange): void;
  disconnected(change: ChainChange): void;
  /** The head is another one, and no change is under way: after one block, or a whole reorganisation. */
  moved(head: ChainEntry): void;
  /** A block speaks against the leader who signed it, and is in the docket. Nothing of it was judged yet. */
  cheated?(suspicion: Evidence): void;
}

export interface SubmitHints {
  /** A block with work stands on it: keep it however many there are. */
  readonly wanted?: boolean;
  /** It is our own, drafted on the head, and this is what running it gave; it is not run again. */
  readonly run?: BlockRun;
}

export interface ChainPorts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly marker: SmallFile;
}
/** Refused blocks are remembered, so that a peer who repeats one costs a look-up. 100 KB. */
const REMEMBERED_REFUSALS = 1_024;

/** The chain as this node knows it: takes blocks one after another, judges and executes them, and moves the head to the heaviest branch. */
export class Chain<S extends BlockState = BlockState> {
  readonly machine: LedgerMachine<S>;
  /** What speaks against leaders and is not settled. */
  readonly docket: Docket;
  readonly #ports: ChainPorts;
  #head: ChainEntry;
  readonly #checkpoint: Checkpoint;
  readonly #queue = new SerialQueue();
  readonly #listeners = new Set<ChainListener>();
  readonly #refused = new Map<string, LedgerFault>();
  readonly #sides = new SideCounter();

  /** Use `openChain`: it checks what is stored first. */
  constructor({ head, checked }: { readonly head: ChainEntry; readonly checked: BlockPlace }, machine: LedgerMachine<S>, ports: ChainPorts, docket: Docket) {
    this.#head = head;
    this.#checkpoint = new Checkpoint(checked);
    this.machine = machine;
    this.#ports = ports;
    this.docket = docket;
  }

  head(): ChainEntry {
    return this.#head;
  }

  /** Returns what ends the listening. */
  listen(listener: ChainListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Judges a block and takes it in. Only the disk's faults are thrown; then nothing was taken.
   */
  submit(block: Block, hints: SubmitHints = {}): Promise<Submission> {
    return this.#queue.run(async () => {
      const submission = await this.#submit(block, hints);
      await this.#file();
      return submission;
    });
  }

  /** Changes to the branch with the most work of those stored; done after opening, for a crash in between. */
  chooseHeaviest(): Promise<void> {
    return this.#queue.run(async () => {
      for (const id of await this.machine.store.sideTips()) {
        const tip = this.machine.store.entry(id);
        if (tip !== undefined && isHeavier(tip, this.#head) && this.#depthVerdict(tip).kind === "accept") await this.#switchTo(tip);
      }
      await this.#file();
    });
  }

  /** Resolves when everything handed in so far is done. */
  idle(): Promise<void> {
    return this.#queue.run(async () => undefined);
  }

  rules(): RuleContext {
    return { params: this.machine.params, chain: this.machine.store, nowMs: this.#ports.clock.nowMs(), ...this.machine.rule };
  }

  async #submit(block: Block, { wanted = false, run }: SubmitHints): Promise<Submission> {
    const id = headerId(block.header);
    const refusedBefore = this.#refused.get(toHex(id));
    if (refusedBefore !== undefined) return reject(refusedBefore);
    if (this.machine.store.entry(id) !== undefined) return { kind: "known" };
    const verdict = this.#judge(block, run);
    if (verdict.kind !== "accept") return verdict;
    const parent = this.#parentOf(block);
    const entry = childEntry(id, block.header, parent);
    return equalBytes(parent.id, this.#head.id) ? this.#append(entry, block, run) : this.#keepAside(entry, block, wanted);
  }

  /** All rules that need no state. Nothing is remembered of what fails here: it may be the body that was spoiled. */
  #judge(block: Block, run: BlockRun | undefined): Verdict {
    const header = checkHeader(block.header, this.rules());
    if (header.kind === "reject") this.#accuse(suspectHeader(block, header.fault));
    if (header.kind !== "accept") {
      if (block.header.kind === "data" && !isForged(header)) this.#remind(block.header);
      return header;
    }
    if (block.header.kind === "data") this.#compareSiblings(block.header);
    const depth = this.#depthVerdict(this.#parentOf(block));
    if (depth.kind !== "accept") return depth;
    if (!("packages" in block)) return checkEvidenceForm(block);
    if (run !== undefined) return ACCEPT;
    const isNext = equalBytes(block.header.parentId, this.#head.id);
    const body = isNext ? checkBodyToRun(block, this.machine) : checkBody(block, this.machine);
    if (body.kind === "reject") this.#accuseOfBody(block);
    return body;
  }

  /** The leader signed this header; another one of its own on the same parent is fraud. */
  #compareSiblings(header: DataBlockHeader): void {
    const id = headerId(header);
    const other = this.machine.store.dataChildren(header.parentId).find((sibling) => !equalBytes(sibling, id));
    const sibling = (other === undefined ? undefined : this.machine.store.entry(other)?.header) ?? this.docket.headerOn(header);
    if (sibling?.kind === "data" && !equalBytes(headerId(sibling), id)) this.#accuse(suspectTwins(header, sibling));
  }

  /** The store gets nothing of this block; if its leader signed it, the header alone is half of a proof. */
  #remind(header: DataBlockHeader): void {
    if (!isSignedByAccused({ kind: "invalid", header, packageIds: [], packages: [] }, this.rules())) return;
    this.#compareSiblings(header);
    this.docket.fileHeader(header);
  }

  /** For a data block whose header passed: its packages are wrong, or what running them gave. */
  #accuseOfBody(block: DataBlock): void {
    this.#accuse(suspectBody(block, this.machine.executor));
    this.docket.fileHeader(block.header);
  }

  /** A stranger's accusations leave no trace, nor do more of a kind than are needed. */
  #accuse(suspicion: Evidence | undefined): void {
    if (suspicion === undefined || !isSignedByAccused(suspicion, this.rules()) || !this.docket.file(suspicion)) return;
    for (const listener of this.#listeners) listener.cheated?.(suspicion);
  }

  /** Nobody is answered before what speaks against a leader is on disk. */
  async #file(): Promise<void> {
    const operations = this.docket.takeUnwritten();
    if (operations.length > 0) await this.#ports.disk.batch(operations, { sync: true });
  }

  #depthVerdict(tip: ChainEntry): Verdict {
    const fork = forkPoint(tip, this.#head, this.machine.store);
    // A node that began with a snapshot has nothing below it, and that is final.
    if (fork.height < this.machine.states.floor()) return reject({ code: "LEDGER_TOO_DEEP", limitKeyBlocks: Number(this.machine.params.reorgKeyBlocks) });
    return checkReorgDepth(fork, this.#head, this.machine.params);
  }

  async #append(entry: ChainEntry, block: Block, known: BlockRun | undefined): Promise<Submission> {
    const outcome: RunOutcome = known === undefined ? await judgeAndRun(block, this.#head, this.machine) : { kind: "ran", run: known };
    if (outcome.kind !== "ran") return this.#refuse(entry, block, outcome);
    await this.#connect(entry, block, outcome.run);
    this.#tellMoved();
    return { kind: "appended" };
  }

  async #keepAside(entry: ChainEntry, block: Block, wanted: boolean): Promise<Submission> {
    const siblings = this.machine.store.dataChildren(entry.parentId);
    if (!this.#sides.take(block, siblings.length) && !wanted) return { kind: "surplus" };
    if ("packages" in block) this.docket.dropHeader(block.header);
    await this.#ports.disk.batch([...planBlock(entry, block, siblings), planTip(entry.id), planForgetTip(entry.parentId), ...this.docket.takeUnwritten()], { sync: true });
    if (!isHeavier(entry, this.#head)) return { kind: "side" };
    return this.#switchTo(entry);
  }

  /** Takes blocks back to the fork, then runs the other branch; goes back when that turns out wrong. */
  async #switchTo(tip: ChainEntry): Promise<Submission> {
    const before = this.#head;
    const fork = forkPoint(tip, before, this.machine.store);
    const droppedBlocks = Number(before.height - fork.height);
    await this.#revertTo(fork);
    const refusal = await this.#connectPath(pathFrom(fork, tip, this.machine.store));
    if (refusal !== undefined) {
      await this.#ports.disk.batch([planForgetTip(tip.id)], { sync: true });
      if (!isHeavier(this.#head, before)) await this.#returnTo(before);
    }
    this.#tellMoved();
    return refusal ?? { kind: "reorganised", droppedBlocks };
  }

  async #returnTo(former: ChainEntry): Promise<void> {
    const fork = forkPoint(former, this.#head, this.machine.store);
    await this.#revertTo(fork);
    const refusal = await this.#connectPath(pathFrom(fork, former, this.machine.store));
    assert(refusal === undefined, "blocks that ran once run again");
  }

  /** The marker goes back first: a store ahead of its marker is sound, one behind it is damaged. */
  async #revertTo(fork: ChainEntry): Promise<void> {
    if (equalBytes(fork.id, this.#head.id)) return;
    const { store, states } = this.machine;
    const leaving = pathFrom(fork, this.#head, store).reverse();
    const changes = leaving.map((entry) => this.#storedChange(entry));
    await this.#mark(fork, this.#checkpoint.revert(placeOf(fork)));
    await this.#ports.disk.batch([
      ...states.planRevert({ tip: this.#head.height, target: fork.height }),
      ...changes.flatMap(({ entry, block, results }) => [...planDisconnect(entry, { epochFeesUnits: 0n, results }), ...("packages" in block ? [] : planPardons(block))]),
      planTip(this.#head.id),
    ], { sync: true });
    states.forget();
    this.#head = fork;
    for (const change of changes) for (const listener of this.#listeners) listener.disconnected(change);
  }

  /** Undefined when all were connected; else why the first that could not be was refused. */
  async #connectPath(path: readonly ChainEntry[]): Promise<Refusal | undefined> {
    for (const [index, entry] of path.entries()) {
      const block = this.machine.store.block(entry);
      assert(block !== undefined, "the genesis is on every branch");
      const outcome = await judgeAndRun(block, this.#head, this.machine);
      if (outcome.kind !== "ran") {
        for (const descendant of path.slice(index)) this.#remember(descendant, outcome);
        return this.#refuse(entry, block, outcome);
      }
      await this.#connect(entry, block, outcome.run);
    }
    return undefined;
  }

  async #connect(entry: ChainEntry, block: Block, run: BlockRun): Promise<void> {
    const { epochFeesUnits, results, encodedResults } = run;
    const executed = { epochFeesUnits, results, ...(encodedResults !== undefined && { encodedResults }) };
    const punishments = "packages" in block ? [] : planPunishments(entry, block);
    const operations = [...planBlock(entry, block, this.machine.store.dataChildren(entry.parentId)), ...planConnect(entry, executed), ...punishments];
    if ("packages" in block) this.docket.dropHeader(block.header);
    await this.#ports.disk.batch([...operations, ...run.stateOperations, ...this.docket.takeUnwritten()], { sync: true });
    await this.#mark(entry, this.#checkpoint.advance(placeOf(entry), run.results.length));
    this.#head = entry;
    const change = { entry, block, results: run.results };
    for (const listener of this.#listeners) listener.connected(change);
    if (!("packages" in block)) await this.#forgetOldSides();
  }

  /** A lost or repeated deletion harms nothing, so it is not synced. */
  async #forgetOldSides(): Promise<void> {
    const { ids, operations } = await tooOldSides(this.#head, this.machine.store, this.machine.params);
    if (ids.length === 0) return;
    await this.#ports.disk.batch(operations, { sync: false });
    this.machine.store.forgetEntries(ids);
  }

  #refuse(entry: ChainEntry, block: Block, refusal: Refusal): Refusal {
    if (refusal.kind === "reject" && "packages" in block) this.#accuseOfBody(block);
    return this.#remember(entry, refusal);
  }

  #tellMoved(): void {
    for (const listener of this.#listeners) listener.moved(this.#head);
  }

  #storedChange(entry: ChainEntry): ChainChange {
    const block = this.machine.store.block(entry);
    const executed = this.machine.store.executed(entry.id);
    if (block === undefined || executed === undefined) throw this.machine.store.damaged(`block at height ${entry.height}`);
    return { entry, block, results: executed.results };
  }

  #mark(entry: ChainEntry, checked: BlockPlace): Promise<void> {
    return this.#ports.marker.write(encodeHeadMark({ ...placeOf(entry), checked }));
  }

  #remember(entry: ChainEntry, refusal: Refusal): Refusal {
    if (refusal.kind !== "reject") return refusal;
    this.#refused.set(toHex(entry.id), refusal.fault);
    if (this.#refused.size > REMEMBERED_REFUSALS) this.#refused.delete(this.#refused.keys().next().value ?? "");
    return refusal;
  }

  #parentOf(block: Block): ChainEntry {
    const parent = this.machine.store.entry(block.header.parentId);
    assert(parent !== undefined, "the header's rules found the parent");
    return parent;
  }
}

/** Of a header that somebody else signed in the leader's name. */
function isForged(refusal: Refusal): boolean {
  return refusal.kind === "reject" && refusal.fault.code === "LEDGER_BAD_SIGNATURE";
}

function placeOf({ height, id }: ChainEntry): BlockPlace {
  return { height, blockId: id };
}
