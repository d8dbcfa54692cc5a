import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words that move entries of any kind about the data stack; tags and origins move along. */
export const STACK: readonly PrimitiveRow[] = [
  { code: 32, word: "dup", effect: "( x -- x x )", erg: 1, moves: true, run: (vm) => copy(vm, 0) },
  { code: 33, word: "drop", effect: "( x -- )", erg: 1, moves: true, run: (vm) => void (vm.sp -= 1) },
  { code: 34, word: "swap", effect: "( x1 x2 -- x2 x1 )", erg: 1, moves: true, run: (vm) => rotate(vm, 2) },
  { code: 35, word: "over", effect: "( x1 x2 -- x1 x2 x1 )", erg: 1, moves: true, run: (vm) => copy(vm, 1) },
  { code: 36, word: "rot", effect: "( x1 x2 x3 -- x2 x3 x1 )", erg: 2, moves: true, run: (vm) => rotate(vm, 3) },
  { code: 37, word: "-rot", effect: "( x1 x2 x3 -- x3 x1 x2 )", erg: 2, moves: true, run: (vm) => rotateBack(vm, 3) },
  {
    code: 38, word: "nip", effect: "( x1 x2 -- x2 )", erg: 1, moves: true,
    run: (vm) => {
      vm.sp -= 1;
      vm.copyEntry(vm.sp, vm.sp - 1);
    },
  },
  {
    code: 39, word: "tuck", effect: "( x1 x2 -- x2 x1 x2 )", erg: 2, moves: true,
    run: (vm) => {
      rotate(vm, 2);
      copy(vm, 1);
    },
  },
  { code: 40, word: "2dup", effect: "( x1 x2 -- x1 x2 x1 x2 )", erg: 2, moves: true, run: (vm) => copyTwo(vm, 1) },
  { code: 41, word: "2drop", effect: "( x1 x2 -- )", erg: 1, moves: true, run: (vm) => void (vm.sp -= 2) },
  {
    code: 42, word: "2swap", effect: "( x1 x2 x3 x4 -- x3 x4 x1 x2 )", erg: 2, moves: true,
    run: (vm) => {
      rotate(vm, 4);
      rotate(vm, 4);
    },
  },
  { code: 43, word: "2over", effect: "( x1 x2 x3 x4 -- x1 x2 x3 x4 x1 x2 )", erg: 2, moves: true, run: (vm) => copyTwo(vm, 3) },
  {
    code: 44, word: "2rot", effect: "( x1 x2 x3 x4 x5 x6 -- x3 x4 x5 x6 x1 x2 )", erg: 4, moves: true,
    run: (vm) => {
      rotate(vm, 6);
      rotate(vm, 6);
    },
  },
  { code: 45, word: "?dup", effect: "( x -- 0 | x x )", erg: 1, takes: 1, moves: true, run: queryDup },
  {
    code: 46, word: "pick", effect: "( u -- x )", erg: 2, moves: true,
    run: (vm) => {
      const depth = index(vm);
      vm.need(depth + 1);
      copy(vm, depth);
    },
  },
  {
    code: 47, word: "roll", effect: "( u -- )", erg: 3, moves: true,
    run: (vm) => {
      const depth = index(vm);
      vm.need(depth + 1);
      vm.charge(depth);
      rotate(vm, depth + 1);
    },
  },
  { code: 48, word: "depth", effect: "( -- n )", erg: 1, run: (vm) => vm.pushNumber(vm.sp) },
];

/** Pushes a copy of the entry `depth` below the top. */
function copy(vm: Vm, depth: number): void {
  vm.copyEntry(vm.sp - 1 - depth, vm.sp);
  vm.sp += 1;
}

/** Pushes copies of two neighbours, the lower of them `depth` below the top. */
function copyTwo(vm: Vm, depth: number): void {
  copy(vm, depth);
  copy(vm, depth);
}

/** Moves the lowest of the top `count` entries to the top. */
function rotate(vm: Vm, count: number): void {
  const bottom = vm.sp - count;
  vm.copyEntry(bottom, vm.sp);
  for (let i = bottom; i < vm.sp; i += 1) vm.copyEntry(i + 1, i);
}

/** Moves the top entry below the other `count` - 1. */
function rotateBack(vm: Vm, count: number): void {
  const bottom = vm.sp - count;
  for (let i = vm.sp; i > bottom; i -= 1) vm.copyEntry(i - 1, i);
  vm.copyEntry(vm.sp, bottom);
}

function queryDup(vm: Vm): void {
  if (vm.isBoxed(0) || vm.cells[vm.sp - 1] !== 0n) {
    vm.room(1);
    copy(vm, 0);
  }
}

/** A count of entries; anything absurd becomes a depth that no stack has. */
function index(vm: Vm): number {
  const depth = vm.popNumber();
  return depth >= 0 && depth < 1_000_000 ? depth : 1_000_000;
}
