import { foldName } from "../words.ts";
import type { Vm } from "../machine/vm.ts";
import { isTrue } from "../values/compare.ts";
import type { PrimitiveRow } from "./row.ts";

/** Conditional interpretation (Forth-2012, 15.6.2): text between the words is read or skipped. */
export const CONDITIONAL: readonly PrimitiveRow[] = [
  {
    code: 1216, word: "[if]", effect: "( flag -- )", erg: 20, immediate: true,
    run: (vm) => {
      if (!isTrue(vm.popValue())) skip(vm, "to-else");
    },
  },
  { code: 1217, word: "[else]", effect: "( -- )", erg: 20, immediate: true, run: (vm) => skip(vm, "to-then") },
  { code: 1218, word: "[then]", effect: "( -- )", erg: 5, immediate: true, run: () => undefined },
  { code: 1219, word: "[defined]", effect: '( "name" -- flag )', erg: 20, immediate: true, run: (vm) => vm.pushFlag(vm.text.find(vm.text.parseWord()) !== 0) },
  { code: 1220, word: "[undefined]", effect: '( "name" -- flag )', erg: 20, immediate: true, run: (vm) => vm.pushFlag(vm.text.find(vm.text.parseWord()) === 0) },
];

/** Passes over source to the [then] of this level, or its [else] when asked; lines of the source are read on. */
function skip(vm: Vm, until: "to-else" | "to-then"): void {
  let level = 1;
  for (;;) {
    const token = vm.text.parseName();
    vm.charge(5 + (token.length >> 2));
    if (token.length === 0) {
      if (!vm.text.refill()) throw vm.fault({ code: "LANG_UNBALANCED", word: "[if]" });
      continue;
    }
    const name = foldName(new TextDecoder().decode(vm.text.slice(token)));
    if (name === "[if]") level += 1;
    if (name === "[then]") level -= 1;
    if (level === 0 || (level === 1 && name === "[else]" && until === "to-else")) return;
  }
}
