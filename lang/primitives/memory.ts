import { DATA_SPACE_END, PAD } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Memory: bytes and cells at addresses a program may use, and data space. ERG grows with bytes moved. */
export const MEMORY: readonly PrimitiveRow[] = [
  { code: 160, word: "@", effect: "( a-addr -- x )", erg: 1, run: (vm) => vm.push(vm.readCell(vm.address(vm.popCell(), 8))) },
  { code: 161, word: "!", effect: "( x a-addr -- )", erg: 1, run: (vm) => storeCell(vm, vm.popCell()) },
  { code: 162, word: "c@", effect: "( c-addr -- char )", erg: 1, run: (vm) => vm.pushNumber(vm.bytes[vm.address(vm.popCell(), 1)] as number) },
  {
    code: 163, word: "c!", effect: "( char c-addr -- )", erg: 1,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 1);
      vm.bytes[at] = Number(popStored(vm) & 255n);
    },
  },
  {
    code: 164, word: "+!", effect: "( n a-addr -- )", erg: 2,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 8);
      vm.writeCell(at, vm.readCell(at) + popStored(vm));
    },
  },
  {
    code: 165, word: "2@", effect: "( a-addr -- x1 x2 )", erg: 2,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 16);
      vm.push(vm.readCell(at + 8));
      vm.push(vm.readCell(at));
    },
  },
  {
    code: 166, word: "2!", effect: "( x1 x2 a-addr -- )", erg: 2,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 16);
      const top = popStored(vm);
      vm.writeCell(at + 8, popStored(vm));
      vm.writeCell(at, top);
    },
  },
  { code: 167, word: "here", effect: "( -- addr )", erg: 1, run: (vm) => vm.pushNumber(vm.here) },
  { code: 168, word: "allot", effect: "( n -- )", erg: 2, run: allot },
  { code: 169, word: ",", effect: "( x -- )", erg: 2, run: (vm) => comma(vm, 8) },
  { code: 170, word: "c,", effect: "( char -- )", erg: 2, run: (vm) => comma(vm, 1) },
  { code: 171, word: "align", effect: "( -- )", erg: 1, run: (vm) => vm.alignHere() },
  { code: 172, word: "aligned", effect: "( addr -- a-addr )", erg: 1, run: (vm) => vm.push((vm.popCell() + 7n) & -8n) },
  { code: 173, word: "cells", effect: "( n1 -- n2 )", erg: 1, run: (vm) => vm.push(vm.popCell() << 3n) },
  { code: 174, word: "cell+", effect: "( a-addr1 -- a-addr2 )", erg: 1, run: (vm) => vm.push(vm.popCell() + 8n) },
  { code: 175, word: "chars", effect: "( n -- n )", erg: 1, run: (vm) => vm.push(vm.popCell()) },
  { code: 176, word: "char+", effect: "( c-addr1 -- c-addr2 )", erg: 1, run: (vm) => vm.push(vm.popCell() + 1n) },
  { code: 177, word: "unused", effect: "( -- u )", erg: 1, run: (vm) => vm.pushNumber(DATA_SPACE_END - vm.here) },
  { code: 178, word: "pad", effect: "( -- c-addr )", erg: 1, run: (vm) => vm.pushNumber(PAD) },
  { code: 179, word: "fill", effect: "( c-addr u char -- )", erg: 4, run: (vm) => fill(vm, Number(vm.popCell() & 255n)) },
  { code: 180, word: "erase", effect: "( addr u -- )", erg: 4, run: (vm) => fill(vm, 0) },
  { code: 181, word: "move", effect: "( addr1 addr2 u -- )", erg: 4, run: move },
  { code: 182, word: "cmove", effect: "( c-addr1 c-addr2 u -- )", erg: 4, run: (vm) => copyBytes(vm, "up") },
  { code: 183, word: "cmove>", effect: "( c-addr1 c-addr2 u -- )", erg: 4, run: (vm) => copyBytes(vm, "down") },
  { code: 184, word: "blank", effect: "( c-addr u -- )", erg: 4, run: (vm) => fill(vm, 32) },
];

/** The cell to store. A boxed entry has no place in memory (R15). Faults: LANG_BOXED_STORE. */
function popStored(vm: Vm): bigint {
  if (vm.isBoxed(0)) throw vm.fault({ code: "LANG_BOXED_STORE", word: vm.word, found: vm.valueAt(vm.sp - 1).kind });
  return vm.popCell();
}

function storeCell(vm: Vm, address: bigint): void {
  vm.writeCell(vm.address(address, 8), popStored(vm));
}

function comma(vm: Vm, size: 1 | 8): void {
  const value = popStored(vm);
  const at = vm.here;
  vm.allot(size);
  if (size === 8) vm.writeCell(at, value);
  else vm.bytes[at] = Number(value & 255n);
}

function allot(vm: Vm): void {
  const size = vm.popNumber();
  vm.charge(Math.max(0, Math.min(size, 1 << 30)) >> 6);
  vm.allot(size);
}

function fill(vm: Vm, byte: number): void {
  const bytes = vm.popBytes();
  vm.charge(bytes.length >> 4);
  bytes.fill(byte);
}

/** Pops a length and two addresses; both stretches are checked. An empty one needs no valid address. */
function popMove(vm: Vm): { readonly from: number; readonly to: number; readonly size: number } {
  const size = vm.popNumber();
  const to = vm.popCell();
  const from = vm.popCell();
  if (size === 0) return { from: 0, to: 0, size };
  if (size < 0) throw vm.fault({ code: "LANG_BAD_ADDRESS", word: vm.word, address: BigInt.asUintN(64, from).toString(16) });
  return { from: vm.address(from, size), to: vm.address(to, size), size };
}

function move(vm: Vm): void {
  const { from, to, size } = popMove(vm);
  vm.charge(size >> 4);
  vm.bytes.copyWithin(to, from, from + size);
}

/** Byte by byte in the given direction, so that overlapping stretches repeat a pattern as the standard says. */
function copyBytes(vm: Vm, direction: "up" | "down"): void {
  const { from, to, size } = popMove(vm);
  vm.charge(size);
  if (direction === "up") for (let i = 0; i < size; i += 1) vm.bytes[to + i] = vm.bytes[from + i] as number;
  else for (let i = size - 1; i >= 0; i -= 1) vm.bytes[to + i] = vm.bytes[from + i] as number;
}
