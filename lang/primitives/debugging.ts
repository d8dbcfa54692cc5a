import type { Vm } from "../machine/vm.ts";
import { lossyText } from "../machine/lossy-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Looking at a program while it runs. None of these can change what it does but for the ERG that looking costs. */
export const DEBUGGING: readonly PrimitiveRow[] = [
  { code: 1480, word: "step", effect: "( -- )", erg: 500, ends: true, run: (vm) => vm.debug.show("step") },
  { code: 1481, word: "trace", effect: "( -- )", erg: 500, ends: true, run: (vm) => vm.debug.show("trace") },
  { code: 1482, word: "break", effect: '( "name" -- )', erg: 500, ends: true, run: setBreak },
  { code: 1483, word: "unbreak", effect: '( "name" -- )', erg: 500, ends: true, run: (vm) => vm.debug.setBreak(nameIfAny(vm), false) },
  { code: 1484, word: "watch", effect: '( "name" -- )', erg: 500, run: watch },
  { code: 1485, word: "unwatch", effect: '( "name" -- )', erg: 500, run: (vm) => vm.debug.unwatch(nameIfAny(vm)) },
];

function setBreak(vm: Vm): void {
  const name = nameIfAny(vm);
  if (name === "") return vm.debug.list("breaks");
  if (vm.dictionary.find(name) === 0) throw vm.text.unknown(name);
  vm.debug.setBreak(name, true);
}

function watch(vm: Vm): void {
  const name = nameIfAny(vm);
  if (name === "") return vm.debug.list("watches");
  if (vm.dictionary.find(name) === 0) throw vm.text.unknown(name);
  vm.debug.watch(name);
}

/** The next token, or nothing at the end of the line. */
function nameIfAny(vm: Vm): string {
  return lossyText(vm.text.slice(vm.text.parseName()));
}
