import { LIMITS } from "../limits.ts";
import { TAG, type Value, type ValueKind } from "../value.ts";
import { convert, type Converted } from "../values/convert.ts";
import { Boxes, tagOf } from "./boxes.ts";
import { MachineMemory } from "./machine-memory.ts";

const CELL_TAG = TAG.cell;
/** Tags from here on are of frames of the machine's own on the return stack. */
const FRAME_TAG = 16;
/** More than a call of another program brings. */
const FIRST_DATA_ROOM = 64;
const FIRST_RETURN_ROOM = 128;

/** Where a machine's values lie: the data stack, the return stack, the slots of VALUEs and constants, and the boxes they name. */
export abstract class MachineStacks extends MachineMemory {
  readonly cells = this.arrays.cells;
  readonly tags = this.arrays.tags;
  readonly origins = this.arrays.origins;
  readonly rcells = this.arrays.rcells;
  readonly rwords = this.arrays.rwords;
  readonly rtags = this.arrays.rtags;
  readonly slotCells = this.arrays.slotCells;
  readonly slotTags = this.arrays.slotTags;

  /** Entries on the data stack. */
  sp = 0;
  /** Cells on the return stack. */
  rp = 0;
  /** Where the locals of the current word begin on the return stack. */
  lp = 0;
  slotEnd = 0;
  /** Entries that the stacks have had room made for, doubled when more are wanted: what lies beyond was never written, see spare-memory.ts. */
  dataRoom = FIRST_DATA_ROOM;
  returnRoom = FIRST_RETURN_ROOM;
  /** Code of the second tier ran, which keeps no account of how far it wrote. */
  compiledRan = false;
  readonly boxes = new Boxes((mark) => this.#markRoots(mark));
  /** Handles that must survive besides those on the stacks: what a failing line would put back. */
  readonly extraRoots: ((mark: (handle: number) => void) => void)[] = [];

  // --- data stack ----------------------------------------------------------------------------

  /** Refuses unless the data stack holds at least `count` entries. */
  need(count: number): void {
    if (this.sp < count) throw this.fault({ code: "LANG_UNDERFLOW", word: this.word, needs: count, depth: this.sp });
  }

  room(count: number): void {
    const wanted = this.sp + count;
    if (wanted <= this.dataRoom) return;
    if (wanted > LIMITS.dataStack) throw this.fault({ code: "LANG_OVERFLOW", stack: "data", limit: LIMITS.dataStack });
    this.dataRoom = Math.min(LIMITS.dataStack, 2 * wanted);
  }

  /** Pushes a number as a cell; wraps. */
  push(value: bigint): void {
    this.cells[this.sp] = value;
    this.tags[this.sp++] = CELL_TAG;
  }

  pushNumber(value: number): void {
    this.push(BigInt(value));
  }

  pushFlag(flag: boolean): void {
    this.push(flag ? -1n : 0n);
  }

  /** Pushes a double-cell number, the less significant cell first. */
  pushDouble(value: bigint): void {
    this.push(value);
    this.push(value >> 64n);
  }

  pushValue(value: Value): void {
    if (value.kind === "cell") return this.push(value.value);
    const handle = this.boxes.add(value);
    this.cells[this.sp] = BigInt(handle);
    this.tags[this.sp++] = tagOf(value);
  }

  popCell(): bigint {
    const at = --this.sp;
    if (this.tags[at] === CELL_TAG) return this.cells[at] as bigint;
    return this.#convertAt(at, "cell").value;
  }

  popUnsigned(): bigint {
    return BigInt.asUintN(64, this.popCell());
  }

  /** A cell as a JavaScript number; beyond 2^53 it is only good for comparing with limits. */
  popNumber(): number {
    return Number(this.popCell());
  }

  /** Top two cells as a signed 128-bit number. */
  popDouble(): bigint {
    const high = this.popCell();
    return (high << 64n) | BigInt.asUintN(64, this.popCell());
  }

  popUnsignedDouble(): bigint {
    return BigInt.asUintN(128, this.popDouble());
  }

  popValue(): Value {
    this.sp -= 1;
    return this.valueAt(this.sp);
  }

  pop<K extends ValueKind>(kind: K): Converted[K] {
    this.sp -= 1;
    return this.#convertAt(this.sp, kind);
  }

  /** The value in an entry, counted from the bottom. */
  valueAt(index: number): Value {
    const tag = this.tags[index];
    const cell = this.cells[index] as bigint;
    return tag === CELL_TAG ? { kind: "cell", value: cell } : this.boxes.get(Number(cell));
  }

  /** Whether the entry `depth` below the top is boxed. */
  isBoxed(depth: number): boolean {
    return this.tags[this.sp - 1 - depth] !== CELL_TAG;
  }

  /** Copies an entry with tag and origin; indices from the bottom. */
  copyEntry(from: number, to: number): void {
    this.cells[to] = this.cells[from] as bigint;
    this.tags[to] = this.tags[from] as number;
    this.origins[to] = this.origins[from] as number;
  }

  /** Pops a length and an address and gives the bytes, not copied. */
  popBytes(): Uint8Array {
    const length = this.popNumber();
    const address = this.popCell();
    if (length === 0) return this.bytes.subarray(0, 0);
    if (length < 0) throw this.fault({ code: "LANG_BAD_ADDRESS", word: this.word, address: BigInt.asUintN(64, address).toString(16) });
    const at = this.address(address, length);
    return this.bytes.subarray(at, at + length);
  }

  pushString(address: number, length: number): void {
    this.pushNumber(address);
    this.pushNumber(length);
  }

  #convertAt<K extends ValueKind>(at: number, kind: K): Converted[K] {
    return convert(this.valueAt(at), kind, this.word, this);
  }

  // --- return stack --------------------------------------------------------------------------

  rroom(count: number): void {
    const wanted = this.rp + count;
    if (wanted <= this.returnRoom) return;
    if (wanted > LIMITS.returnStack) throw this.fault({ code: "LANG_OVERFLOW", stack: "return", limit: LIMITS.returnStack });
    this.returnRoom = Math.min(LIMITS.returnStack, 2 * wanted);
  }

  /** Pushes a number of the machine's own, marked as such. */
  rpushFrame(value: number, tag: number): void {
    this.rwords[this.rp * 2] = value;
    this.rwords[this.rp * 2 + 1] = 0;
    this.rtags[this.rp++] = tag;
  }

  /** Moves the top of the data stack over. */
  toR(): void {
    this.rroom(1);
    this.sp -= 1;
    this.rcells[this.rp] = this.cells[this.sp] as bigint;
    this.rtags[this.rp++] = this.tags[this.sp] as number;
  }

  /** Copies the return stack entry `depth` below the top to the data stack, if it is a program's own. */
  copyFromR(depth: number): void {
    const at = this.rp - 1 - depth;
    const tag = at < 0 ? FRAME_TAG : (this.rtags[at] as number);
    if (tag >= FRAME_TAG || (at >= this.lp && this.lp > 0 && at < this.lp + (this.rwords[this.lp * 2 - 1] as number))) {
      throw this.fault({ code: "LANG_RETURN_UNDERFLOW", word: this.word });
    }
    this.cells[this.sp] = this.rcells[at] as bigint;
    this.tags[this.sp++] = tag;
  }

  fromR(): void {
    this.copyFromR(0);
    this.rp -= 1;
  }

  // --- slots ---------------------------------------------------------------------------------

  newSlots(count: number): number {
    if (this.slotEnd + count > LIMITS.slots) throw this.fault({ code: "LANG_TOO_LARGE", what: "values and constants", limit: LIMITS.slots });
    this.slotEnd += count;
    return this.slotEnd - count;
  }

  popToSlot(slot: number): void {
    this.sp -= 1;
    this.slotCells[slot] = this.cells[this.sp] as bigint;
    this.slotTags[slot] = this.tags[this.sp] as number;
  }

  pushFromSlot(slot: number): void {
    this.cells[this.sp] = this.slotCells[slot] as bigint;
    this.tags[this.sp++] = this.slotTags[slot] as number;
  }

  #markRoots(mark: (handle: number) => void): void {
    for (let i = 0; i < this.sp; i += 1) if (this.tags[i] !== CELL_TAG) mark(Number(this.cells[i]));
    for (let i = 0; i < this.rp; i += 1) {
      const tag = this.rtags[i] as number;
      if (tag !== CELL_TAG && tag < FRAME_TAG) mark(Number(this.rcells[i]));
    }
    for (let i = 0; i < this.slotEnd; i += 1) if (this.slotTags[i] !== CELL_TAG) mark(Number(this.slotCells[i]));
    for (const roots of this.extraRoots) roots(mark);
  }
}
