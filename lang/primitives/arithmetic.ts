import { TAG } from "../value.ts";
import { binary, unary, type BinaryOperator } from "../values/arithmetic.ts";
import { extreme } from "../values/compare.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/**
 * Arithmetic and logic. Two cells wrap in 64 bits as Forth has it; if either operand is another kind,
 * the documented table of kinds decides. Logic is for cells.
 */
export const ARITHMETIC: readonly PrimitiveRow[] = [
  { code: 80, word: "+", effect: "( a b -- sum )", erg: 1, run: (vm) => arithmetic(vm, "+") },
  { code: 81, word: "-", effect: "( a b -- difference )", erg: 1, run: (vm) => arithmetic(vm, "-") },
  { code: 82, word: "*", effect: "( a b -- product )", erg: 2, run: (vm) => arithmetic(vm, "*") },
  { code: 83, word: "/", effect: "( a b -- quotient )", erg: 6, run: (vm) => arithmetic(vm, "/") },
  { code: 84, word: "mod", effect: "( a b -- remainder )", erg: 6, run: (vm) => arithmetic(vm, "mod") },
  { code: 85, word: "/mod", effect: "( a b -- remainder quotient )", erg: 10, run: divideWithRemainder },
  { code: 86, word: "*/", effect: "( a b c -- quotient )", erg: 12, run: (vm) => scale(vm, false) },
  { code: 87, word: "*/mod", effect: "( a b c -- remainder quotient )", erg: 14, run: (vm) => scale(vm, true) },
  { code: 88, word: "1+", effect: "( n -- n+1 )", erg: 1, run: (vm) => add(vm, 1n) },
  { code: 89, word: "1-", effect: "( n -- n-1 )", erg: 1, run: (vm) => add(vm, -1n) },
  { code: 90, word: "negate", effect: "( n -- -n )", erg: 1, run: (vm) => single(vm, "negate") },
  { code: 91, word: "abs", effect: "( n -- +n )", erg: 1, run: (vm) => single(vm, "abs") },
  { code: 92, word: "min", effect: "( a b -- smaller )", erg: 1, run: (vm) => choose(vm, "min") },
  { code: 93, word: "max", effect: "( a b -- larger )", erg: 1, run: (vm) => choose(vm, "max") },
  { code: 94, word: "2*", effect: "( n -- n*2 )", erg: 1, run: (vm) => vm.push(vm.popCell() << 1n) },
  { code: 95, word: "2/", effect: "( n -- n/2 )", erg: 1, run: (vm) => vm.push(vm.popCell() >> 1n) },
  { code: 96, word: "and", effect: "( x1 x2 -- x3 )", erg: 1, run: (vm) => vm.push(vm.popCell() & vm.popCell()) },
  { code: 97, word: "or", effect: "( x1 x2 -- x3 )", erg: 1, run: (vm) => vm.push(vm.popCell() | vm.popCell()) },
  { code: 98, word: "xor", effect: "( x1 x2 -- x3 )", erg: 1, run: (vm) => vm.push(vm.popCell() ^ vm.popCell()) },
  { code: 99, word: "invert", effect: "( x1 -- x2 )", erg: 1, run: (vm) => vm.push(~vm.popCell()) },
  { code: 100, word: "lshift", effect: "( x1 u -- x2 )", erg: 1, run: (vm) => shift(vm, (x, by) => x << by) },
  { code: 101, word: "rshift", effect: "( x1 u -- x2 )", erg: 1, run: (vm) => shift(vm, (x, by) => x >> by) },
];

function bothCells(vm: Vm): boolean {
  return (vm.tags[vm.sp - 1] as number) + (vm.tags[vm.sp - 2] as number) === TAG.cell;
}

function arithmetic(vm: Vm, operator: BinaryOperator): void {
  if (!bothCells(vm)) {
    const b = vm.popValue();
    vm.pushValue(binary(operator, vm.popValue(), b, vm));
    return;
  }
  const b = vm.cells[vm.sp - 1] as bigint;
  const a = vm.cells[vm.sp - 2] as bigint;
  vm.sp -= 1;
  vm.cells[vm.sp - 1] = cellArithmetic(vm, operator, a, b);
}

/** Stored to 64 bits by the caller. Division is floored. */
function cellArithmetic(vm: Vm, operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    default: {
      if (b === 0n) throw vm.fault({ code: "LANG_DIVIDE_BY_ZERO", word: vm.word });
      const quotient = a / b;
      const remainder = a % b;
      const below = remainder !== 0n && remainder < 0n !== b < 0n;
      return operator === "/" ? (below ? quotient - 1n : quotient) : below ? remainder + b : remainder;
    }
  }
}

function divideWithRemainder(vm: Vm): void {
  if (bothCells(vm)) {
    const b = vm.cells[vm.sp - 1] as bigint;
    const a = vm.cells[vm.sp - 2] as bigint;
    const remainder = cellArithmetic(vm, "mod", a, b);
    vm.cells[vm.sp - 1] = cellArithmetic(vm, "/", a, b);
    vm.cells[vm.sp - 2] = remainder;
    return;
  }
  const b = vm.popValue();
  const a = vm.popValue();
  vm.pushValue(binary("mod", a, b, vm));
  vm.pushValue(binary("/", a, b, vm));
}

/** a * b / c with an exact product in between. Cells: the product has 128 bits. */
function scale(vm: Vm, withRemainder: boolean): void {
  if (bothCells(vm) && !vm.isBoxed(2)) {
    const c = vm.popCell();
    const product = vm.popCell() * vm.popCell();
    if (withRemainder) vm.push(cellArithmetic(vm, "mod", product, c));
    vm.push(cellArithmetic(vm, "/", product, c));
    return;
  }
  const c = vm.popValue();
  const b = vm.popValue();
  const product = binary("*", vm.popValue(), b, vm);
  if (withRemainder) vm.pushValue(binary("mod", product, c, vm));
  vm.pushValue(binary("/", product, c, vm));
}

function add(vm: Vm, step: bigint): void {
  if (!vm.isBoxed(0)) vm.cells[vm.sp - 1] = (vm.cells[vm.sp - 1] as bigint) + step;
  else vm.pushValue(binary("+", vm.popValue(), { kind: "cell", value: step }, vm));
}

function single(vm: Vm, operator: "negate" | "abs"): void {
  if (vm.isBoxed(0)) return vm.pushValue(unary(operator, vm.popValue(), vm));
  const value = vm.cells[vm.sp - 1] as bigint;
  if (operator === "negate" || value < 0n) vm.cells[vm.sp - 1] = -value;
}

function choose(vm: Vm, word: "min" | "max"): void {
  if (!bothCells(vm)) {
    const b = vm.popValue();
    return vm.pushValue(extreme(word, vm.popValue(), b, vm));
  }
  const b = vm.popCell();
  const a = vm.popCell();
  vm.push(word === "min" ? (a < b ? a : b) : a > b ? a : b);
}

function shift(vm: Vm, by: (value: bigint, count: bigint) => bigint): void {
  const count = vm.popUnsigned();
  const value = vm.popUnsigned();
  vm.push(count > 63n ? 0n : by(value, count));
}
