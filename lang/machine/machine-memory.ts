import { LIMITS } from "../limits.ts";
import { FarSpace } from "./far-space.ts";
import * as layout from "./layout.ts";
import { MachineMeter } from "./machine-meter.ts";
import { takeMemory, type MachineArrays } from "./spare-memory.ts";

/** A machine's linear memory as a program sees it: data space, far space, strings that pass, and the cells of its own that it may read. */
export abstract class MachineMemory extends MachineMeter {
  readonly arrays: MachineArrays = takeMemory();
  readonly memory = this.arrays.memory;
  readonly bytes = this.arrays.bytes;
  readonly view = this.arrays.view;
  here: number = layout.DATA_SPACE;
  /** First address beyond what may be accessed: HERE and some slack, on a page boundary. */
  dataEnd: number = endOfData(layout.DATA_SPACE);
  /** How far below data space the program asked for addresses. */
  lowEnd: number = layout.SOURCE_LINES;
  readonly far = new FarSpace();
  /** Next byte of the ring for strings of S" while interpreting. */
  transient = 0;
  /** Start of pictured numeric output. */
  hold: number = layout.HOLD_END;

  /** Checks that `size` bytes at an address are a program's to use, and gives the address. */
  address(address: bigint, size: number): number {
    const at = Number(address);
    if (at >= layout.USER && at + size <= this.dataEnd) {
      if (at < layout.DATA_SPACE && at + size > this.lowEnd) this.lowEnd = Math.min(at + size, layout.DATA_SPACE);
      return at;
    }
    return this.#farAddress(at, size, address);
  }

  #farAddress(at: number, size: number, address: bigint): number {
    if (at >= layout.FAR && at + size <= this.far.end) return at;
    throw this.fault({ code: "LANG_BAD_ADDRESS", word: this.word, address: BigInt.asUintN(64, address).toString(16) });
  }

  /** Copies bytes to the ring of transient strings and gives their address. */
  transientString(bytes: Uint8Array): number {
    if (bytes.length > layout.TRANSIENT_SIZE) throw this.fault({ code: "LANG_TOO_LARGE", what: "string", limit: layout.TRANSIENT_SIZE });
    if (this.transient + bytes.length > layout.TRANSIENT_SIZE) this.transient = 0;
    const at = layout.TRANSIENT + this.transient;
    this.bytes.set(bytes, at);
    this.transient += bytes.length;
    return at;
  }

  /** Moves HERE. Faults: LANG_MEMORY_FULL. */
  allot(size: number): void {
    const here = this.here + size;
    if (!(here >= layout.DATA_SPACE && here <= layout.DATA_SPACE_END)) throw this.fault({ code: "LANG_MEMORY_FULL", limitBytes: LIMITS.dataSpace });
    this.setHere(here);
  }

  /** What lies beyond the accessible part is always zero. */
  setHere(here: number): void {
    this.here = here;
    const end = endOfData(here);
    if (end < this.dataEnd) this.bytes.fill(0, end, this.dataEnd);
    this.dataEnd = end;
  }

  alignHere(): void {
    this.allot(-this.here & 7);
  }

  readCell(address: number): bigint {
    return this.view.getBigInt64(address, true);
  }

  writeCell(address: number, value: bigint): void {
    this.view.setBigInt64(address, value, true);
  }

  get baseAddress(): number {
    return layout.BASE;
  }

  setBase(base: number): void {
    this.writeCell(layout.BASE, BigInt(base));
  }

  /** BASE, if it is one. Faults: LANG_RESULT_RANGE. */
  get base(): number {
    const base = Number(this.readCell(layout.BASE));
    if (base < 2 || base > 36) throw this.fault({ code: "LANG_RESULT_RANGE", word: "base" });
    return base;
  }

  get compiling(): boolean {
    return this.readCell(layout.STATE) !== 0n;
  }

  setCompiling(on: boolean): void {
    this.writeCell(layout.STATE, on ? -1n : 0n);
  }

  /** Puts a byte before the pictured number being made. Faults: THROW -17. */
  holdByte(byte: number): void {
    if (this.hold <= layout.HOLD_BUFFER) throw this.fault({ code: "LANG_THROW", number: -17, message: "pictured numeric output string overflow" });
    this.hold -= 1;
    this.bytes[this.hold] = byte;
  }
}

/** What may be accessed ends at a page boundary beyond HERE and some slack, whatever way HERE came there. */
function endOfData(here: number): number {
  return Math.min(layout.DATA_SPACE_END, (here + LIMITS.dataSlack + 0xffff) & ~0xffff);
}
