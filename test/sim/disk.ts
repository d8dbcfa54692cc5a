import { fromHex, toHex } from "../../lang/base/bytes.ts";
import type { BatchPart, Disk, KeyValueOperation } from "../../node/ports.ts";
import { listed } from "../../node/store/packed-operations.ts";
import type { SmallFile } from "../../node/ledger/head-marker.ts";

/**
 * A disk in memory that can crash: what was not synced is lost, a batch is kept whole or not at all.
 * After `crash` the old object refuses work and `survivor` is what the next start finds.
 */
export class SimDisk implements Disk {
  #records: Map<string, Uint8Array>;
  #unsynced: KeyValueOperation[][] = [];
  #down = false;
  /** Counts batches; `onBatch` is called before each, and may throw to die just there. */
  batches = 0;
  onBatch: (count: number) => void = () => undefined;
  /** Called after each, when the batch is done: whoever throws here dies with it written. */
  afterBatch: () => void = () => undefined;
  /** How long each batch takes; they are done in order. None of it is there before, and a crash meanwhile loses all of it. */
  pause: (() => Promise<void>) | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(records: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#records = new Map(records);
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    this.#up();
    const name = toHex(key);
    for (let i = this.#unsynced.length - 1; i >= 0; i--) {
      const found = this.#unsynced[i]?.findLast((operation) => toHex(operation.key) === name);
      if (found !== undefined) return found.type === "put" ? found.value : undefined;
    }
    return this.#records.get(name);
  }

  async batch(operations: readonly BatchPart[], options: { readonly sync: boolean }): Promise<void> {
    this.#up();
    if (this.pause !== undefined) await (this.#turn = this.#turn.then(this.pause));
    this.#up();
    this.onBatch(++this.batches);
    this.#up();
    this.#unsynced.push([...listed(operations)]);
    if (options.sync) this.#flush();
    this.afterBatch();
  }

  async *entries(range: { readonly start: Uint8Array; readonly end: Uint8Array; readonly limit?: number; readonly reverse?: boolean }): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    this.#up();
    const merged = this.#unsynced.length === 0 ? this.#records : new Map(this.#records);
    for (const batch of this.#unsynced) applyTo(merged, batch);
    // Names of hex stand in the order of their bytes.
    const [start, end] = [toHex(range.start), toHex(range.end)];
    const found = [...merged].filter(([name]) => name >= start && name < end).sort(([a], [b]) => (a < b ? -1 : 1));
    if (range.reverse === true) found.reverse();
    for (const [name, value] of found.slice(0, range.limit ?? found.length)) yield [fromHex(name) as Uint8Array, value];
  }

  async close(): Promise<void> {
    this.#flush();
    this.#down = true;
  }

  /** Loses what was not synced, as a power cut does; a kill of the process alone keeps it. */
  crash(cause: "power cut" | "kill" = "power cut"): SimDisk {
    if (cause === "kill") this.#flush();
    this.#down = true;
    return new SimDisk(this.#records);
  }

  /** For tests that damage the store. */
  records(): Map<string, Uint8Array> {
    return this.#records;
  }

  #flush(): void {
    for (const batch of this.#unsynced) applyTo(this.#records, batch);
    this.#unsynced = [];
  }

  #up(): void {
    if (this.#down) throw new Error("this disk is down");
  }
}

/** A small file in memory; a write is there whole as soon as it returns. */
export class SimFile implements SmallFile {
  bytes: Uint8Array | undefined;
  /** Called before and after each write; may throw to die just there. */
  onWrite: (when: "before" | "after") => void = () => undefined;

  constructor(bytes?: Uint8Array) {
    this.bytes = bytes;
  }

  read(): Uint8Array | undefined {
    return this.bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.onWrite("before");
    this.bytes = bytes.slice();
    this.onWrite("after");
  }
}

function applyTo(records: Map<string, Uint8Array>, batch: readonly KeyValueOperation[]): void {
  for (const operation of batch) {
    if (operation.type === "put") records.set(toHex(operation.key), operation.value.slice());
    else records.delete(toHex(operation.key));
  }
}
