import { equalBytes } from "../../lang/base/bytes.ts";
import type { Clock, Disk } from "../ports.ts";
import type { Block, Evidence, PackageResult } from "./block.ts";
import { planBlock, planConnect, planDisconnect, planPardons, planPlaces, planPunishments, planTip } from "./chain-plans.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Docket } from "./docket.ts";
import type { BlockState } from "./executor.ts";
import { pathFrom } from "./fork-choice.ts";
import { encodeHeadMark, type BlockPlace, type SmallFile } from "./head-marker.ts";
import type { BlockRun, LedgerMachine } from "./run-block.ts";
import { tooOldSides } from "./side-branches.ts";

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
  /** A block is kept on a branch that is not heavier. */
  sided?(entry: ChainEntry): void;
  /** A block speaks against the leader who signed it, and is in the docket. Nothing of it was judged yet. */
  cheated?(suspicion: Evidence): void;
}

export interface ChainPorts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly marker: SmallFile;
}
/** Where the main chain ends on the disk, and all that moves it. Judges nothing; one call at a time. */
export class HeadWriter<S extends BlockState> {
  /** What the disk holds; what everybody else sees. */
  head: ChainEntry;
  /** The newest block that ran: the head, or its child while that is being written. */
  tip: ChainEntry;
  readonly #checkpoint: Checkpoint;
  readonly #machine: LedgerMachine<S>;
  readonly #ports: ChainPorts;
  readonly #docket: Docket;
  readonly #listeners = new Set<ChainListener>();
  #writing: Promise<void> = Promise.resolve();

  constructor(head: ChainEntry, checkpoint: Checkpoint, machine: LedgerMachine<S>, ports: ChainPorts, docket: Docket) {
    this.head = head;
    this.tip = head;
    this.#checkpoint = checkpoint;
    this.#machine = machine;
    this.#ports = ports;
    this.#docket = docket;
  }

  /** Of a tip that is being written: resolves when it is, rejects when it can't be. */
  get unwritten(): Promise<void> | undefined {
    return this.tip === this.head ? undefined : this.#writing;
  }

  /** Resolves when nothing is being written, whether it went well or not: who handed it in is told. */
  settled(): Promise<void> {
    return this.#writing.catch(() => undefined);
  }

  /** Returns what ends the listening. */
  listen(listener: ChainListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellCheated(suspicion: Evidence): void {
    for (const listener of this.#listeners) listener.cheated?.(suspicion);
  }

  tellSided(entry: ChainEntry): void {
    for (const listener of this.#listeners) listener.sided?.(entry);
  }

  tellMoved(): void {
    for (const listener of this.#listeners) listener.moved(this.head);
  }

  /** As `connect`, and tells that the head moved; the ledger's store shows the block from now on. Only when nothing is being written. */
  write(entry: ChainEntry, block: Block, run: BlockRun): Promise<void> {
    this.#writing = this.#write(entry, block, run);
    return this.#writing;
  }

  async #write(entry: ChainEntry, block: Block, run: BlockRun): Promise<void> {
    this.tip = entry;
    try {
      await this.connect(entry, block, run);
    } catch (error) {
      this.tip = this.head;
      this.#machine.states.forget();
      this.#machine.store.forgetEntries([entry.id]);
      throw error;
    }
    this.tellMoved();
  }

  /** One synced batch of all that the block brings, then the marker, then whoever listens. */
  async connect(entry: ChainEntry, block: Block, run: BlockRun): Promise<void> {
    const { epochFeesUnits, results, encodedResults } = run;
    const { store } = this.#machine;
    const executed = { epochFeesUnits, results, ...(encodedResults !== undefined && { encodedResults }) };
    const punishments = "packages" in block ? [] : planPunishments(entry, block);
    const operations = [...planBlock(entry, block, store.dataChildren(entry.parentId)), ...planConnect(entry, executed), ...punishments];
    if ("packages" in block) this.#docket.dropHeader(block.header);
    store.readAhead(operations);
    try {
      await this.#ports.disk.batch([...operations, ...this.#docket.takeUnwritten(), planPlaces(entry, executed), ...run.stateOperations], { sync: true });
      await this.#mark(entry, this.#checkpoint.advance(placeOf(entry), run.results.length));
    } finally {
      store.readWritten();
    }
    this.#stand(entry);
    const change = { entry, block, results: run.results };
    for (const listener of this.#listeners) listener.connected(change);
    if (!("packages" in block)) await this.#forgetOldSides();
  }

  /** The marker goes back first: a store ahead of its marker is sound, one behind it is damaged. */
  async revertTo(fork: ChainEntry): Promise<void> {
    if (equalBytes(fork.id, this.head.id)) return;
    const { store, states } = this.#machine;
    const leaving = pathFrom(fork, this.head, store).reverse();
    const changes = leaving.map((entry) => this.#storedChange(entry));
    await this.#mark(fork, this.#checkpoint.revert(placeOf(fork)));
    await this.#ports.disk.batch([
      ...states.planRevert({ tip: this.head.height, target: fork.height }),
      ...changes.flatMap(({ entry, block, results }) => [...planDisconnect(entry, { epochFeesUnits: 0n, results }), ...("packages" in block ? [] : planPardons(block))]),
      planTip(this.head.id),
    ], { sync: true });
    states.forget();
    this.#stand(fork);
    for (const change of changes) for (const listener of this.#listeners) listener.disconnected(change);
  }

  /** The disk holds this, and nothing newer ran. */
  #stand(head: ChainEntry): void {
    this.head = head;
    this.tip = head;
  }

  /** A lost or repeated deletion harms nothing, so it is not synced. */
  async #forgetOldSides(): Promise<void> {
    const { ids, operations } = await tooOldSides(this.head, this.#machine.store, this.#machine.params);
    if (ids.length === 0) return;
    await this.#ports.disk.batch(operations, { sync: false });
    this.#machine.store.forgetEntries(ids);
  }

  #storedChange(entry: ChainEntry): ChainChange {
    const block = this.#machine.store.block(entry);
    const executed = this.#machine.store.executed(entry.id);
    if (block === undefined || executed === undefined) throw this.#machine.store.damaged(`block at height ${entry.height}`);
    return { entry, block, results: executed.results };
  }

  #mark(entry: ChainEntry, checked: BlockPlace): Promise<void> {
    return this.#ports.marker.write(encodeHeadMark({ ...placeOf(entry), checked }));
  }
}

function placeOf({ height, id }: ChainEntry): BlockPlace {
  return { height, blockId: id };
}
