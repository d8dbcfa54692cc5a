import { FLAG } from "../words.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Structures (Forth-2012, 10.6.2): names for offsets. */
export const STRUCTURES: readonly PrimitiveRow[] = [
  {
    code: 1136, word: "begin-structure", effect: '( "name" -- struct-sys 0 )', erg: 100,
    run: (vm) => {
      const slot = vm.newSlots(1);
      vm.slotCells[slot] = 0n;
      vm.slotTags[slot] = 0;
      const { line, column } = vm.text.place();
      vm.dictionary.define({ name: vm.text.parseWord(), kind: "constant", data: slot, flags: FLAG.mutable, line, column });
      vm.pushNumber(slot);
      vm.push(0n);
    },
  },
  {
    code: 1137, word: "end-structure", effect: "( struct-sys +n -- )", erg: 10,
    run: (vm) => {
      const size = vm.popCell();
      const slot = vm.popNumber();
      if (!(slot >= 0 && slot < vm.slotEnd)) throw vm.fault({ code: "LANG_UNBALANCED", word: "end-structure" });
      vm.slotCells[slot] = size;
      vm.slotTags[slot] = 0;
    },
  },
  { code: 1138, word: "+field", effect: '( n1 n2 "name" -- n3 )', erg: 100, run: (vm) => field(vm, vm.popCell(), 1n) },
  { code: 1139, word: "field:", effect: '( n1 "name" -- n2 )', erg: 100, run: (vm) => field(vm, 8n, 8n) },
  { code: 1140, word: "cfield:", effect: '( n1 "name" -- n2 )', erg: 100, run: (vm) => field(vm, 1n, 1n) },
];

function field(vm: Vm, size: bigint, alignment: bigint): void {
  const offset = (vm.popCell() + alignment - 1n) & -alignment;
  const name = vm.text.parseWord();
  const { line, column } = vm.text.place();
  if (offset < -(2n ** 47n) || offset > 2n ** 47n) throw vm.fault({ code: "LANG_RESULT_RANGE", word: vm.word });
  vm.dictionary.define({ name, kind: "field", data: Number(offset), line, column });
  vm.push(offset + size);
}
