import { FRAME } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words of the return stack. They reach what a program put there itself, never where calls return to. */
export const RETURN_STACK: readonly PrimitiveRow[] = [
  { code: 64, word: ">r", effect: "( x -- )", erg: 1, compileOnly: true, run: (vm) => vm.toR() },
  { code: 65, word: "r>", effect: "( -- x )", erg: 1, compileOnly: true, run: (vm) => vm.fromR() },
  { code: 66, word: "r@", effect: "( -- x )", erg: 1, compileOnly: true, run: (vm) => vm.copyFromR(0) },
  { code: 67, word: "2>r", effect: "( x1 x2 -- )", erg: 2, compileOnly: true, run: twoToR },
  {
    code: 68, word: "2r>", effect: "( -- x1 x2 )", erg: 2, compileOnly: true,
    run: (vm) => {
      twoFromR(vm);
      vm.rp -= 2;
    },
  },
  { code: 69, word: "2r@", effect: "( -- x1 x2 )", erg: 2, compileOnly: true, run: twoFromR },
  {
    code: 70, word: "rdrop", effect: "( -- )", erg: 1, compileOnly: true,
    run: (vm) => {
      vm.fromR();
      vm.sp -= 1;
    },
  },
  { code: 71, word: "n>r", effect: "( i*x u -- )", erg: 3, compileOnly: true, takes: 1, run: manyToR },
  { code: 72, word: "nr>", effect: "( -- i*x u )", erg: 3, compileOnly: true, takes: 0, run: manyFromR },
  { code: 73, word: "i", effect: "( -- n )", erg: 1, compileOnly: true, run: (vm) => loopIndex(vm, 0) },
  { code: 74, word: "j", effect: "( -- n )", erg: 1, compileOnly: true, run: (vm) => loopIndex(vm, 1) },
  { code: 75, word: "k", effect: "( -- n )", erg: 1, compileOnly: true, run: (vm) => loopIndex(vm, 2) },
  {
    code: 76, word: "unloop", effect: "( -- )", erg: 1, compileOnly: true,
    run: (vm) => {
      checkLoop(vm, vm.rp - 1);
      vm.rp -= 2;
    },
  },
];

function twoToR(vm: Vm): void {
  vm.rroom(2);
  vm.sp -= 2;
  for (let i = 0; i < 2; i += 1) {
    vm.rcells[vm.rp] = vm.cells[vm.sp + i] as bigint;
    vm.rtags[vm.rp++] = vm.tags[vm.sp + i] as number;
  }
}

function twoFromR(vm: Vm): void {
  vm.copyFromR(1);
  vm.copyFromR(0);
}

/** Moves u entries and then u itself. */
function manyToR(vm: Vm): void {
  const count = vm.popNumber();
  if (count < 0 || count > vm.sp) throw vm.fault({ code: "LANG_UNDERFLOW", word: vm.word, needs: Math.max(0, Math.min(count, 1_000_000)), depth: vm.sp });
  vm.rroom(count + 1);
  vm.charge(count);
  for (let i = 0; i < count; i += 1) vm.toR();
  vm.pushNumber(count);
  vm.toR();
}

function manyFromR(vm: Vm): void {
  vm.fromR();
  const count = vm.popNumber();
  if (count < 0 || count > vm.rp) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: vm.word });
  vm.room(count + 1);
  vm.charge(count);
  for (let i = 0; i < count; i += 1) vm.fromR();
  vm.pushNumber(count);
}

/** Index of the loop `outer` levels out. */
function loopIndex(vm: Vm, outer: number): void {
  const at = vm.rp - 1 - outer * 2;
  checkLoop(vm, at);
  vm.push(vm.rcells[at] as bigint);
}

function checkLoop(vm: Vm, at: number): void {
  if (at < 1 || vm.rtags[at] !== FRAME.loop) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: vm.word });
}
