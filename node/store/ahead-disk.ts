import type { Disk } from "../ports.ts";
import { PackedReader } from "./packed-operations.ts";

/**
 * A disk seen one batch ahead: what the holder is about to write is read as if it were written. So a worker
 * runs the next block while the main thread still writes the last one. Lists of keys (`entries`) show only
 * what is written.
 */
export interface AheadDisk extends Disk {
  /** These operations, as packOperations made them, will be written next; what was held before is written. Gives the copy that it reads from, which the next call overwrites. */
  hold(operations: Uint8Array): Uint8Array;
  /** What was held is written, or never will be. */
  drop(): void;
}

/** `disk` alone until something is held. */
export function aheadDisk(disk: Disk): AheadDisk {
  return new HeldBatch(disk);
}

/** Slots of the table for each operation, as a power of two: at least two thirds stay empty. */
const ROOM = 3;
const EMPTY = -1;

/**
 * A table of open addressing over the packed bytes: slots hold where an operation begins. A map would need a
 * text for each of a block's ten thousands of keys, which takes ten times as long as the table.
 */
class HeldBatch implements AheadDisk {
  readonly #disk: Disk;
  // Both are kept from batch to batch: fresh memory of this size costs more than filling it.
  #bytes = new Uint8Array(0);
  #slots = new Int32Array(0);
  #mask = 0;
  #held: PackedReader | undefined;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  hold(operations: Uint8Array): Uint8Array {
    if (this.#bytes.length < operations.length) this.#bytes = new Uint8Array(2 * operations.length);
    this.#bytes.set(operations);
    const copy = this.#bytes.subarray(0, operations.length);
    const held = new PackedReader(copy);
    let count = 0;
    for (let at = 0; at < held.size; at = held.after(at)) count++;
    this.#room(ROOM * count);
    for (let at = 0; at < held.size; at = held.after(at)) this.#put(held, at);
    this.#held = held;
    return copy;
  }

  drop(): void {
    this.#held = undefined;
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    const held = this.#held;
    const at = held === undefined ? EMPTY : this.#find(held, key);
    // A copy, because the next batch overwrites these bytes.
    return held === undefined || at === EMPTY ? this.#disk.getSync(key) : held.value(at)?.slice();
  }

  batch(...batch: Parameters<Disk["batch"]>): Promise<void> {
    return this.#disk.batch(...batch);
  }

  entries(range: Parameters<Disk["entries"]>[0]): ReturnType<Disk["entries"]> {
    return this.#disk.entries(range);
  }

  close(): Promise<void> {
    return this.#disk.close();
  }

  #room(least: number): void {
    let size = 16;
    while (size < least) size *= 2;
    if (this.#slots.length < size) this.#slots = new Int32Array(size);
    this.#slots.fill(EMPTY, 0, size);
    this.#mask = size - 1;
  }

  /** Of two operations on a key the later one counts, as in a batch. */
  #put(held: PackedReader, at: number): void {
    let slot = held.hashAt(at) & this.#mask;
    for (let there = this.#slots[slot] as number; there !== EMPTY && !held.sameKey(there, at); there = this.#slots[slot] as number) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = at;
  }

  #find(held: PackedReader, key: Uint8Array): number {
    let slot = PackedReader.hash(key, 0, key.length) & this.#mask;
    let at = this.#slots[slot] as number;
    while (at !== EMPTY && !held.hasKey(at, key)) {
      slot = (slot + 1) & this.#mask;
      at = this.#slots[slot] as number;
    }
    return at;
  }
}
