import { fromUtf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import { foldName } from "../words.ts";
import type { PrimitiveRow } from "./row.ts";

/** Conditional interpretation: skips source text, over as many lines as it takes. */
export const CONDITIONAL: readonly PrimitiveRow[] = [
  {
    code: 1180, word: "[if]", effect: "( flag -- )", erg: 10, immediate: true,
    run: (vm) => {
      if (vm.popCell() === 0n) skip(vm, true);
    },
  },
  { code: 1181, word: "[else]", effect: "( -- )", erg: 10, immediate: true, run: (vm) => skip(vm, false) },
  { code: 1182, word: "[then]", effect: "( -- )", erg: 1, immediate: true, run: () => undefined },
  { code: 1183, word: "[defined]", effect: '( "name" -- flag )', erg: 20, immediate: true, run: (vm) => vm.pushFlag(vm.text.find(vm.text.parseWord()) !== 0) },
  { code: 1184, word: "[undefined]", effect: '( "name" -- flag )', erg: 20, immediate: true, run: (vm) => vm.pushFlag(vm.text.find(vm.text.parseWord()) === 0) },
];

/** Skips to the [then], or if asked the [else], of this level. */
function skip(vm: Vm, stopAtElse: boolean): void {
  let level = 1;
  while (level > 0) {
    const token = vm.text.parseName();
    vm.charge(5);
    if (token.length === 0) {
      if (!vm.input.refill()) throw vm.fault({ code: "LANG_UNBALANCED", word: "[then]", opened: "[if]" });
      continue;
    }
    const name = token.length > 6 ? "" : foldName(fromUtf8(vm.text.slice(token)));
    if (name === "[if]") level += 1;
    else if (name === "[then]" || (name === "[else]" && level === 1 && stopAtElse)) level -= 1;
  }
}
