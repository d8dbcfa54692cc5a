import { HOLD_END } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Pictured numeric output: digits are laid down from the end of a buffer. */
export const PICTURED: readonly PrimitiveRow[] = [
  { code: 384, word: "<#", effect: "( -- )", erg: 1, run: (vm) => void (vm.hold = HOLD_END) },
  { code: 385, word: "#", effect: "( ud1 -- ud2 )", erg: 8, run: (vm) => vm.pushDouble(digit(vm, vm.popUnsignedDouble())) },
  {
    code: 386, word: "#s", effect: "( ud -- ud )", erg: 8,
    run: (vm) => {
      let rest = vm.popUnsignedDouble();
      do {
        vm.charge(8);
        rest = digit(vm, rest);
      } while (rest !== 0n);
      vm.pushDouble(0n);
    },
  },
  {
    code: 387, word: "#>", effect: "( d -- c-addr u )", erg: 2,
    run: (vm) => {
      vm.sp -= 2;
      vm.pushString(vm.hold, HOLD_END - vm.hold);
    },
  },
  { code: 388, word: "hold", effect: "( char -- )", erg: 2, run: (vm) => vm.holdByte(Number(vm.popCell() & 255n)) },
  {
    code: 389, word: "holds", effect: "( c-addr u -- )", erg: 2,
    run: (vm) => {
      const bytes = vm.popBytes().slice();
      vm.charge(bytes.length);
      for (const byte of bytes.reverse()) vm.holdByte(byte);
    },
  },
  {
    code: 390, word: "sign", effect: "( n -- )", erg: 2,
    run: (vm) => {
      if (vm.popCell() < 0n) vm.holdByte(45);
    },
  },
];

function digit(vm: Vm, value: bigint): bigint {
  const base = BigInt(vm.base);
  vm.holdByte((value % base).toString(36).toUpperCase().charCodeAt(0));
  return value / base;
}
