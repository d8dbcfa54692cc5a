import { WORDLIST } from "../words.ts";
import { BLOCK_BUFFERS, BLOCK_BUFFER_COUNT, BLOCK_SIZE, BLOCK_TABLE } from "./layout.ts";
import type { Source } from "./sources.ts";
import type { Vm } from "./vm.ts";

/**
 * Blocks of 1,024 characters (Forth-2012, 7). What was saved is a value in a wordlist of the machine's own,
 * one word for each block; the buffers and what is known of them lie in user memory. So a failing line
 * and a snapshot treat blocks like all else. A block never saved is full of spaces.
 *
 * The table has two cells for each buffer: its block (0 for none), and when it was last used, times two,
 * plus one if it was changed. The last cell is the clock. Programs can reach the table; what they write
 * there changes which buffer is used next, nothing else.
 */
export class Blocks {
  readonly #vm: Vm;

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  /** Address of a buffer that holds the block, as saved unless it was there. Faults: THROW -35. */
  read(block: number): number {
    const held = this.#bufferOf(block);
    if (held >= 0) return this.#use(held, block);
    const buffer = this.#freeBuffer();
    const saved = this.#saved(block);
    const address = addressOf(buffer);
    if (saved === undefined) this.#vm.bytes.fill(32, address, address + BLOCK_SIZE);
    else this.#vm.bytes.set(saved, address);
    return this.#use(buffer, block);
  }

  /** Address of a buffer for the block; what it holds is for the program to write. */
  assign(block: number): number {
    const held = this.#bufferOf(block);
    return this.#use(held >= 0 ? held : this.#freeBuffer(), block);
  }

  /** Marks the buffer used last as changed. */
  update(): void {
    let latest = -1;
    for (let buffer = 0; buffer < BLOCK_BUFFER_COUNT; buffer += 1) {
      if (this.#block(buffer) !== 0 && (latest < 0 || this.#used(buffer) > this.#used(latest))) latest = buffer;
    }
    if (latest >= 0) this.#setState(latest, this.#used(latest), true);
  }

  /** Saves the buffers that were changed. */
  save(): void {
    for (let buffer = 0; buffer < BLOCK_BUFFER_COUNT; buffer += 1) this.#write(buffer);
  }

  /** Forgets what the buffers hold. */
  empty(): void {
    for (let buffer = 0; buffer < BLOCK_BUFFER_COUNT; buffer += 1) {
      this.#setBlock(buffer, 0);
      this.#setState(buffer, 0, false);
    }
  }

  /** A block that is being interpreted may have lost its buffer to others meanwhile. */
  refresh(source: Source): void {
    if (this.#block((source.address - BLOCK_BUFFERS) / BLOCK_SIZE) !== source.block) source.address = this.read(source.block);
  }

  #bufferOf(block: number): number {
    if (!(block >= 1 && block <= LAST_BLOCK)) throw this.#vm.fault({ code: "LANG_THROW", number: -35, message: "invalid block number" });
    for (let buffer = 0; buffer < BLOCK_BUFFER_COUNT; buffer += 1) if (this.#block(buffer) === block) return buffer;
    return -1;
  }

  #freeBuffer(): number {
    let oldest = 0;
    for (let buffer = 1; buffer < BLOCK_BUFFER_COUNT; buffer += 1) if (this.#used(buffer) < this.#used(oldest)) oldest = buffer;
    this.#write(oldest);
    return oldest;
  }

  /** Saves a buffer that was changed. */
  #write(buffer: number): void {
    const vm = this.#vm;
    const block = this.#block(buffer);
    if (block === 0 || !this.#changed(buffer)) return;
    vm.charge(SAVE_ERG);
    const slot = this.#slotOf(block) ?? this.#newSlot(block);
    const address = addressOf(buffer);
    vm.room(1);
    vm.pushValue({ kind: "bytes", value: vm.bytes.slice(address, address + BLOCK_SIZE) });
    vm.popToSlot(slot);
    this.#setState(buffer, this.#used(buffer), false);
  }

  #slotOf(block: number): number | undefined {
    const xt = this.#vm.dictionary.findIn(String(block), WORDLIST.blocks);
    return xt === 0 ? undefined : this.#vm.entry(xt).data;
  }

  #newSlot(block: number): number {
    const slot = this.#vm.newSlots(1);
    this.#vm.dictionary.keep(String(block), slot, WORDLIST.blocks);
    return slot;
  }

  #saved(block: number): Uint8Array | undefined {
    const slot = this.#slotOf(block);
    if (slot === undefined) return undefined;
    const value = this.#vm.boxes.get(Number(this.#vm.slotCells[slot]));
    return value.kind === "bytes" ? value.value : undefined;
  }

  #use(buffer: number, block: number): number {
    const vm = this.#vm;
    const time = Number(BigInt.asUintN(40, vm.readCell(CLOCK))) + 1;
    vm.writeCell(CLOCK, BigInt(time));
    this.#setState(buffer, time, this.#block(buffer) === block && this.#changed(buffer));
    this.#setBlock(buffer, block);
    return addressOf(buffer);
  }

  #block(buffer: number): number {
    return Number(BigInt.asUintN(32, this.#vm.readCell(BLOCK_TABLE + buffer * 16)));
  }

  #setBlock(buffer: number, block: number): void {
    this.#vm.writeCell(BLOCK_TABLE + buffer * 16, BigInt(block));
  }

  #state(buffer: number): number {
    return Number(BigInt.asUintN(48, this.#vm.readCell(BLOCK_TABLE + buffer * 16 + 8)));
  }

  #used(buffer: number): number {
    return Math.floor(this.#state(buffer) / 2);
  }

  #changed(buffer: number): boolean {
    return this.#state(buffer) % 2 === 1;
  }

  #setState(buffer: number, used: number, changed: boolean): void {
    this.#vm.writeCell(BLOCK_TABLE + buffer * 16 + 8, BigInt(used * 2 + (changed ? 1 : 0)));
  }
}

/** Blocks count from 1. */
export const LAST_BLOCK = 65_535;
const SAVE_ERG = 500;
const CLOCK = BLOCK_TABLE + BLOCK_BUFFER_COUNT * 16;

function addressOf(buffer: number): number {
  return BLOCK_BUFFERS + buffer * BLOCK_SIZE;
}
