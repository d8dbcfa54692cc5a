import type { Vm } from "../machine/vm.ts";
import type { ValueKind } from "../value.ts";
import { elementary, type FunctionName } from "../values/functions/elementary.ts";
import type { PrimitiveRow } from "./row.ts";

/** Entries of one kind from another, by the one conversion table (`help types`), and functions of decimals. */
export const CONVERSION: readonly PrimitiveRow[] = [
  { code: 256, word: ">cell", effect: "( x -- n )", erg: 10, run: (vm) => convert(vm, "cell") },
  { code: 257, word: ">integer", effect: "( x -- integer )", erg: 10, run: (vm) => convert(vm, "integer") },
  { code: 258, word: ">decimal", effect: "( x -- decimal )", erg: 10, run: (vm) => convert(vm, "decimal") },
  { code: 259, word: ">text", effect: "( x -- text )", erg: 10, run: (vm) => convert(vm, "text") },
  { code: 260, word: ">bytes", effect: "( x -- bytes )", erg: 10, run: (vm) => convert(vm, "bytes") },
  {
    code: 261, word: "kind", effect: "( x -- text )", erg: 10,
    run: (vm) => vm.pushValue({ kind: "text", value: vm.popValue().kind }),
  },
  ...(["sqrt", "exp", "ln", "sin", "cos", "atan"] as const).map((name, index) => ({ code: 264 + index, word: name, effect: "( x -- decimal )", erg: 100, run: (vm: Vm) => evaluate(vm, name) })),
];

function convert(vm: Vm, kind: ValueKind): void {
  vm.pushValue(vm.pop(kind));
}

function evaluate(vm: Vm, name: FunctionName): void {
  vm.pushValue(elementary(name, vm.popValue(), vm));
}
