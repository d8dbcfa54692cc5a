import { assert } from "../../lang/base/assert.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import type { LedgerFault } from "../fault.ts";
import { headerId } from "./header-codec.ts";
import type { Block, DataBlock, DataBlockHeader, Evidence } from "./block.ts";
import { childEntry, type ChainEntry, type ChainView } from "./chain-view.ts";
import { checkHeader, type RuleContext } from "./checks.ts";
import { planBlock, planForgetTip, planTip } from "./chain-plans.ts";
import type { Docket } from "./docket.ts";
import type { BlockState } from "./executor.ts";
import { checkReorgDepth, forkPoint, isHeavier, pathFrom } from "./fork-choice.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { BlockPlace } from "./head-marker.ts";
import { HeadWriter, type ChainListener, type ChainPorts } from "./head-writer.ts";
import { checkEvidenceForm } from "./fraud.ts";
import { checkBody, checkBodyToRun, type BlockRun, type LedgerMachine, type RunOutcome } from "./run-block.ts";
import { SideCounter } from "./side-branches.ts";
import { isSignedByAccused, suspectBody, suspectHeader, suspectTwins } from "./suspicion.ts";
import { judgeAndRun } from "./take-block.ts";
import { LookAhead } from "./look-ahead.ts";
import { SerialQueue } from "./serial-queue.ts";
import { ACCEPT, reject, type Refusal, type Verdict } from "./verdict.ts";

/**
 * The chain of one node. Blocks come in one at a time, from a stranger or from the own leader, and pass
 * the same checks. Each that joins the main chain is one synced batch; then the head marker is written;
 * only then is anybody told. While one block is written the next may already run on it.
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

export interface SubmitHints {
  /** A block with work stands on it: keep it however many there are. */
  readonly wanted?: boolean;
  /** It is our own, drafted on the head, and this is what running it gave; it is not run again. */
  readonly run?: BlockRun;
}

/** Refused blocks are remembered, so that a peer who repeats one costs a look-up. 100 KB. */
const REMEMBERED_REFUSALS = 1_024;

/** The chain as this node knows it: takes blocks one after another, judges and executes them, and moves the head to the heaviest branch. */
export class Chain<S extends BlockState = BlockState> {
  readonly machine: LedgerMachine<S>;
  /** What speaks against leaders and is not settled. */
  readonly docket: Docket;
  readonly #ports: ChainPorts;
  readonly #writer: HeadWriter<S>;
  readonly #queue = new SerialQueue();
  readonly #refused = new Map<string, LedgerFault>();
  readonly #sides = new SideCounter();
  readonly #ahead: LookAhead<S>;

  /** Use `openChain`: it checks what is stored first. */
  constructor({ head, checked }: { readonly head: ChainEntry; readonly checked: BlockPlace }, machine: LedgerMachine<S>, ports: ChainPorts, docket: Docket) {
    this.machine = machine;
    this.#ports = ports;
    this.docket = docket;
    this.#writer = new HeadWriter(head, new Checkpoint(checked), machine, ports, docket);
    this.#ahead = new LookAhead(machine, (view) => this.#rulesOver(view), (id) => this.#refused.has(toHex(id)) || machine.store.entry(id) !== undefined);
  }

  head(): ChainEntry {
    return this.#writer.head;
  }

  /** Returns what ends the listening. */
  listen(listener: ChainListener): () => void {
    return this.#writer.listen(listener);
  }

  /**
   * Judges a block and takes it in. Only the disk's faults are thrown; then nothing was taken.
   */
  async submit(block: Block, hints: SubmitHints = {}): Promise<Submission> {
    if (hints.run === undefined) this.#ahead.handedIn(block);
    // The next in the queue waits for the run, whoever asked for the disk as well.
    const { written } = await this.#queue.run(async () => {
      this.#ahead.turnOf(block);
      const submission = await this.#submit(block, hints);
      await this.#file();
      return submission;
    });
    return written;
  }

  /** Changes to the branch with the most work of those stored; done after opening, for a crash in between. */
  chooseHeaviest(): Promise<void> {
    return this.#queue.run(async () => {
      await this.#writer.settled();
      for (const id of await this.machine.store.sideTips()) {
        const tip = this.machine.store.entry(id);
        if (tip !== undefined && isHeavier(tip, this.#writer.head) && this.#depthVerdict(tip).kind === "accept") await this.#switchTo(tip);
      }
      await this.#file();
    });
  }

  /** Resolves when everything handed in so far is done. */
  idle(): Promise<void> {
    return this.#queue.run(() => this.#writer.settled());
  }

  /** Whether a branch that leaves the main chain at this block, or below it where that is on a branch, is never taken; false of one that is not here. */
  isTooDeep(id: Uint8Array): boolean {
    const entry = this.machine.store.entry(id);
    return entry !== undefined && this.#depthVerdict(entry).kind !== "accept";
  }

  rules(): RuleContext {
    return this.#rulesOver(this.machine.store);
  }

  #rulesOver(chain: ChainView): RuleContext {
    return { params: this.machine.params, chain, nowMs: this.#ports.clock.nowMs(), ...this.machine.rule };
  }

  async #submit(block: Block, { wanted = false, run }: SubmitHints): Promise<Taken> {
    if (!this.#mayRunAhead(block, run)) await this.#writer.settled();
    const id = headerId(block.header);
    const refusedBefore = this.#refused.get(toHex(id));
    if (refusedBefore !== undefined) return taken(reject(refusedBefore));
    if (this.machine.store.entry(id) !== undefined) return taken({ kind: "known" });
    const verdict = this.#judge(block, run);
    if (verdict.kind !== "accept") return taken(verdict);
    const parent = this.#parentOf(block);
    const entry = childEntry(id, block.header, parent);
    return equalBytes(parent.id, this.#writer.tip.id) ? this.#append(entry, block, run) : taken(await this.#keepAside(entry, block, wanted));
  }

  /** A stranger's data block on one that an executor ran at once: the worker that ran it knows what is being written. */
  #mayRunAhead({ header }: Block, run: BlockRun | undefined): boolean {
    return header.kind === "data" && run === undefined && this.#writer.tip.header?.kind === "data" && this.machine.executor.runBatch !== undefined && equalBytes(header.parentId, this.#writer.tip.id);
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
    const isNext = equalBytes(block.header.parentId, this.#writer.tip.id);
    const body = isNext ? (this.#ahead.bodyVerdict(block) ?? checkBodyToRun(block, this.machine)) : checkBody(block, this.machine);
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
    this.#writer.tellCheated(suspicion);
  }

  /** Nobody is answered before what speaks against a leader is on disk. */
  async #file(): Promise<void> {
    const operations = this.docket.takeUnwritten();
    if (operations.length > 0) await this.#ports.disk.batch(operations, { sync: true });
  }

  #depthVerdict(tip: ChainEntry): Verdict {
    // The fork is no higher than the tip: where that is too deep itself, nobody walks all the way back to it.
    const own = this.#forkVerdict(tip);
    return own.kind === "accept" ? this.#forkVerdict(forkPoint(tip, this.#writer.head, this.machine.store)) : own;
  }

  #forkVerdict(fork: ChainEntry): Verdict {
    // A node that began with a snapshot has nothing below it, and that is final.
    if (fork.height < this.machine.states.floor()) return reject({ code: "LEDGER_TOO_DEEP", limitKeyBlocks: Number(this.machine.params.reorgKeyBlocks) });
    return checkReorgDepth(fork, this.#writer.head, this.machine.params);
  }

  async #append(entry: ChainEntry, block: Block, known: BlockRun | undefined): Promise<Taken> {
    const { tip, unwritten } = this.#writer;
    const outcome: RunOutcome = known === undefined ? await this.#ahead.during(entry, judgeAndRun(block, tip, this.machine, unwritten)) : { kind: "ran", run: known };
    // One block is written at a time; if that fails, nothing that ran on it counts.
    await unwritten;
    if (outcome.kind !== "ran") return taken(this.#refuse(entry, block, outcome));
    return { written: this.#writer.write(entry, block, outcome.run).then(() => ({ kind: "appended" })) };
  }

  async #keepAside(entry: ChainEntry, block: Block, wanted: boolean): Promise<Submission> {
    const siblings = this.machine.store.dataChildren(entry.parentId);
    if (!this.#sides.take(block, siblings.length) && !wanted) return { kind: "surplus" };
    if ("packages" in block) this.docket.dropHeader(block.header);
    await this.#ports.disk.batch([...planBlock(entry, block, siblings), planTip(entry.id), planForgetTip(entry.parentId), ...this.docket.takeUnwritten()], { sync: true });
    if (isHeavier(entry, this.#writer.head)) return this.#switchTo(entry);
    this.#writer.tellSided(entry);
    return { kind: "side" };
  }

  /** Takes blocks back to the fork, then runs the other branch; goes back when that turns out wrong. */
  async #switchTo(tip: ChainEntry): Promise<Submission> {
    const before = this.#writer.head;
    const fork = forkPoint(tip, before, this.machine.store);
    const droppedBlocks = Number(before.height - fork.height);
    await this.#writer.revertTo(fork);
    const refusal = await this.#connectPath(pathFrom(fork, tip, this.machine.store));
    if (refusal !== undefined) {
      await this.#ports.disk.batch([planForgetTip(tip.id)], { sync: true });
      if (!isHeavier(this.#writer.head, before)) await this.#returnTo(before);
    }
    this.#writer.tellMoved();
    return refusal ?? { kind: "reorganised", droppedBlocks };
  }

  async #returnTo(former: ChainEntry): Promise<void> {
    const fork = forkPoint(former, this.#writer.head, this.machine.store);
    await this.#writer.revertTo(fork);
    const refusal = await this.#connectPath(pathFrom(fork, former, this.machine.store));
    assert(refusal === undefined, "blocks that ran once run again");
  }

  /** Undefined when all were connected; else why the first that could not be was refused. */
  async #connectPath(path: readonly ChainEntry[]): Promise<Refusal | undefined> {
    for (const [index, entry] of path.entries()) {
      const block = this.machine.store.block(entry);
      assert(block !== undefined, "the genesis is on every branch");
      const outcome = await judgeAndRun(block, this.#writer.head, this.machine);
      if (outcome.kind !== "ran") {
        for (const descendant of path.slice(index)) this.#remember(descendant, outcome);
        return this.#refuse(entry, block, outcome);
      }
      await this.#writer.connect(entry, block, outcome.run);
    }
    return undefined;
  }

  #refuse(entry: ChainEntry, block: Block, refusal: Refusal): Refusal {
    if (refusal.kind === "reject" && "packages" in block) this.#accuseOfBody(block);
    return this.#remember(entry, refusal);
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

/** What was handed in is judged and has run; `written` follows when the disk holds it. */
interface Taken {
  readonly written: Promise<Submission>;
}

function taken(submission: Submission): Taken {
  return { written: Promise.resolve(submission) };
}
