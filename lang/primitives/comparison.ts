import { TAG } from "../value.ts";
import { compare, equal, signOf } from "../values/compare.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Comparison: cells as signed numbers, other kinds by the documented order. True is -1. */
export const COMPARISON: readonly PrimitiveRow[] = [
  { code: 112, word: "=", effect: "( x1 x2 -- flag )", erg: 1, run: (vm) => vm.pushFlag(same(vm)) },
  { code: 113, word: "<>", effect: "( x1 x2 -- flag )", erg: 1, run: (vm) => vm.pushFlag(!same(vm)) },
  { code: 114, word: "<", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(order(vm) < 0) },
  { code: 115, word: ">", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(order(vm) > 0) },
  { code: 116, word: "<=", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(order(vm) <= 0) },
  { code: 117, word: ">=", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(order(vm) >= 0) },
  { code: 118, word: "u<", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(vm.popUnsigned() > vm.popUnsigned()) },
  { code: 119, word: "u>", effect: "( a b -- flag )", erg: 1, run: (vm) => vm.pushFlag(vm.popUnsigned() < vm.popUnsigned()) },
  { code: 120, word: "0=", effect: "( x -- flag )", erg: 1, run: (vm) => vm.pushFlag(sign(vm) === 0) },
  { code: 121, word: "0<>", effect: "( x -- flag )", erg: 1, run: (vm) => vm.pushFlag(sign(vm) !== 0) },
  { code: 122, word: "0<", effect: "( n -- flag )", erg: 1, run: (vm) => vm.pushFlag(sign(vm) < 0) },
  { code: 123, word: "0>", effect: "( n -- flag )", erg: 1, run: (vm) => vm.pushFlag(sign(vm) > 0) },
  { code: 124, word: "within", effect: "( x low high -- flag )", erg: 2, run: within },
  { code: 125, word: "true", effect: "( -- true )", erg: 1, run: (vm) => vm.push(-1n) },
  { code: 126, word: "false", effect: "( -- false )", erg: 1, run: (vm) => vm.push(0n) },
];

function bothCells(vm: Vm): boolean {
  return (vm.tags[vm.sp - 1] as number) + (vm.tags[vm.sp - 2] as number) === TAG.cell;
}

function same(vm: Vm): boolean {
  if (bothCells(vm)) {
    vm.sp -= 2;
    return vm.cells[vm.sp] === vm.cells[vm.sp + 1];
  }
  const b = vm.popValue();
  return equal(vm.popValue(), b, vm);
}

function order(vm: Vm): number {
  if (bothCells(vm)) {
    vm.sp -= 2;
    const a = vm.cells[vm.sp] as bigint;
    const b = vm.cells[vm.sp + 1] as bigint;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const b = vm.popValue();
  return compare(vm.popValue(), b, vm.word, vm);
}

function sign(vm: Vm): number {
  if (vm.isBoxed(0)) return signOf(vm.popValue(), vm.word, vm);
  const value = vm.cells[--vm.sp] as bigint;
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** low <= x < high, on the circle of cells (Forth-2012, 6.2.2440); other kinds by their order. */
function within(vm: Vm): void {
  if (bothCells(vm) && !vm.isBoxed(2)) {
    const high = vm.popCell();
    const low = vm.popCell();
    const x = vm.popCell();
    return vm.pushFlag(BigInt.asUintN(64, x - low) < BigInt.asUintN(64, high - low));
  }
  const high = vm.popValue();
  const low = vm.popValue();
  const x = vm.popValue();
  vm.pushFlag(compare(low, x, vm.word, vm) <= 0 && compare(x, high, vm.word, vm) < 0);
}
