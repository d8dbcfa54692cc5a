import { fromUtf8, utf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import { chargeBytes } from "../values/prices.ts";
import { stringOf } from "../values/text-operations.ts";
import { VALUE_WORDS, type ValueWordSpec } from "../values/value-words.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words of text and bytes entries, of conversion and of exact numbers; and the ways to memory and back. */
export const TEXT: readonly PrimitiveRow[] = [
  ...VALUE_WORDS.map(rowOfValueWord),
  { code: 320, word: "mem>text", effect: "( c-addr u -- text )", erg: 20, run: memoryToText },
  { code: 321, word: "text>mem", effect: "( x -- c-addr u )", erg: 20, run: textToMemory },
];

/** The entries stay on the stack until the work is done: a fault shows them. */
function rowOfValueWord({ code, word, effect, erg, takes, run }: ValueWordSpec): PrimitiveRow {
  return {
    code, word, effect, erg,
    run: (vm) => {
      const result = run(Array.from({ length: takes }, (_, index) => vm.valueAt(vm.sp - takes + index)), vm);
      vm.sp -= takes;
      vm.pushValue(result);
    },
  };
}

function memoryToText(vm: Vm): void {
  const bytes = vm.popBytes();
  chargeBytes(vm, bytes.length);
  vm.pushValue({ kind: "text", value: fromUtf8(bytes) });
}

/** A copy that lasts a while, as that of S" while interpreting. */
function textToMemory(vm: Vm): void {
  const string = stringOf(vm.popValue(), vm.word, vm);
  const bytes = string.kind === "text" ? utf8(string.value) : string.value;
  chargeBytes(vm, bytes.length);
  vm.pushString(vm.transientString(bytes), bytes.length);
}
