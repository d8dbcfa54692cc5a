import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Double-cell numbers: two cells, the more significant on top; and the words between single and double. */
export const DOUBLE: readonly PrimitiveRow[] = [
  { code: 192, word: "s>d", effect: "( n -- d )", erg: 1, run: (vm) => vm.pushDouble(vm.popCell()) },
  { code: 193, word: "d>s", effect: "( d -- n )", erg: 1, run: (vm) => vm.push(vm.popDouble()) },
  { code: 194, word: "d+", effect: "( d1 d2 -- d3 )", erg: 2, run: (vm) => vm.pushDouble(vm.popDouble() + vm.popDouble()) },
  {
    code: 195, word: "d-", effect: "( d1 d2 -- d3 )", erg: 2,
    run: (vm) => {
      const right = vm.popDouble();
      vm.pushDouble(vm.popDouble() - right);
    },
  },
  { code: 196, word: "dnegate", effect: "( d1 -- d2 )", erg: 2, run: (vm) => vm.pushDouble(-vm.popDouble()) },
  {
    code: 197, word: "dabs", effect: "( d -- ud )", erg: 2,
    run: (vm) => {
      const value = vm.popDouble();
      vm.pushDouble(value < 0n ? -value : value);
    },
  },
  { code: 198, word: "d=", effect: "( d1 d2 -- flag )", erg: 2, run: (vm) => vm.pushFlag(vm.popDouble() === vm.popDouble()) },
  { code: 199, word: "d<", effect: "( d1 d2 -- flag )", erg: 2, run: (vm) => vm.pushFlag(vm.popDouble() > vm.popDouble()) },
  { code: 200, word: "du<", effect: "( ud1 ud2 -- flag )", erg: 2, run: (vm) => vm.pushFlag(vm.popUnsignedDouble() > vm.popUnsignedDouble()) },
  { code: 201, word: "d0=", effect: "( d -- flag )", erg: 1, run: (vm) => vm.pushFlag(vm.popDouble() === 0n) },
  { code: 202, word: "d0<", effect: "( d -- flag )", erg: 1, run: (vm) => vm.pushFlag(vm.popDouble() < 0n) },
  { code: 203, word: "dmin", effect: "( d1 d2 -- d3 )", erg: 2, run: (vm) => choose(vm, (a, b) => a < b) },
  { code: 204, word: "dmax", effect: "( d1 d2 -- d3 )", erg: 2, run: (vm) => choose(vm, (a, b) => a > b) },
  { code: 205, word: "d2*", effect: "( d1 -- d2 )", erg: 2, run: (vm) => vm.pushDouble(vm.popDouble() << 1n) },
  { code: 206, word: "d2/", effect: "( d1 -- d2 )", erg: 2, run: (vm) => vm.pushDouble(vm.popDouble() >> 1n) },
  {
    code: 207, word: "m+", effect: "( d1 n -- d2 )", erg: 2,
    run: (vm) => {
      const right = vm.popCell();
      vm.pushDouble(vm.popDouble() + right);
    },
  },
  { code: 208, word: "m*", effect: "( n1 n2 -- d )", erg: 3, run: (vm) => vm.pushDouble(vm.popCell() * vm.popCell()) },
  { code: 209, word: "um*", effect: "( u1 u2 -- ud )", erg: 3, run: (vm) => vm.pushDouble(vm.popUnsigned() * vm.popUnsigned()) },
  { code: 210, word: "um/mod", effect: "( ud u1 -- u2 u3 )", erg: 12, run: unsignedDivide },
  { code: 211, word: "fm/mod", effect: "( d n1 -- n2 n3 )", erg: 12, run: (vm) => divide(vm, "floored") },
  { code: 212, word: "sm/rem", effect: "( d n1 -- n2 n3 )", erg: 12, run: (vm) => divide(vm, "symmetric") },
  { code: 213, word: "m*/", effect: "( d1 n1 +n2 -- d2 )", erg: 20, run: scale },
];

function choose(vm: Vm, first: (a: bigint, b: bigint) => boolean): void {
  const b = vm.popDouble();
  const a = vm.popDouble();
  vm.pushDouble(first(a, b) ? a : b);
}

function nonZero(vm: Vm, divisor: bigint): bigint {
  if (divisor === 0n) throw vm.fault({ code: "LANG_DIVIDE_BY_ZERO", word: vm.word });
  return divisor;
}

/** Faults: LANG_RESULT_RANGE when the quotient needs more than 64 bits. */
function unsignedDivide(vm: Vm): void {
  const divisor = nonZero(vm, vm.popUnsigned());
  const dividend = vm.popUnsignedDouble();
  const quotient = dividend / divisor;
  if (quotient >> 64n !== 0n) throw vm.fault({ code: "LANG_RESULT_RANGE", word: vm.word });
  vm.push(dividend % divisor);
  vm.push(quotient);
}

function divide(vm: Vm, rounding: "floored" | "symmetric"): void {
  const divisor = nonZero(vm, vm.popCell());
  const dividend = vm.popDouble();
  let quotient = dividend / divisor;
  let remainder = dividend % divisor;
  if (rounding === "floored" && remainder !== 0n && remainder < 0n !== divisor < 0n) {
    quotient -= 1n;
    remainder += divisor;
  }
  if (BigInt.asIntN(64, quotient) !== quotient) throw vm.fault({ code: "LANG_RESULT_RANGE", word: vm.word });
  vm.push(remainder);
  vm.push(quotient);
}

/** d1 * n1 / n2 with a triple-cell product; floored, as all division of signed numbers is here. */
function scale(vm: Vm): void {
  const divisor = nonZero(vm, vm.popCell());
  const factor = vm.popCell();
  const product = vm.popDouble() * factor;
  const quotient = product / divisor;
  vm.pushDouble(product % divisor !== 0n && product < 0n !== divisor < 0n ? quotient - 1n : quotient);
}
