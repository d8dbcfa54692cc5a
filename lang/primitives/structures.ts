import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Structures of Facility extensions: a name that leaves a size, and fields that add their offset. */
export const STRUCTURES: readonly PrimitiveRow[] = [
  { code: 1060, word: "begin-structure", effect: '( "name" -- slot 0 )', erg: 100, run: begin },
  {
    code: 1061, word: "end-structure", effect: "( slot n -- )", erg: 200,
    run: (vm) => {
      const size = vm.popCell();
      const slot = vm.popNumber();
      if (slot < 0 || slot >= vm.slotEnd) throw vm.fault({ code: "LANG_UNBALANCED", word: "end-structure" });
      vm.slotCells[slot] = size;
      vm.slotTags[slot] = 0;
      vm.tier?.constantsChanged();
    },
  },
  { code: 1062, word: "+field", effect: '( n1 n2 "name" -- n3 )', erg: 100, run: (vm) => field(vm, 1, vm.popNumber()) },
  { code: 1063, word: "field:", effect: '( n1 "name" -- n2 )', erg: 100, run: (vm) => field(vm, 8, 8) },
  { code: 1064, word: "cfield:", effect: '( n1 "name" -- n2 )', erg: 100, run: (vm) => field(vm, 1, 1) },
];

function begin(vm: Vm): void {
  const { line, column } = vm.text.place();
  const slot = vm.newSlots(1);
  vm.slotCells[slot] = 0n;
  vm.slotTags[slot] = 0;
  vm.dictionary.define({ name: vm.text.parseWord(), kind: "constant", data: slot, line, column });
  vm.pushNumber(slot);
  vm.push(0n);
}

function field(vm: Vm, alignment: number, size: number): void {
  const offset = Math.ceil(vm.popNumber() / alignment) * alignment;
  if (!Number.isSafeInteger(offset) || Math.abs(offset) > 0x4000_0000) throw vm.fault({ code: "LANG_RESULT_RANGE", word: vm.word });
  const { line, column } = vm.text.place();
  vm.dictionary.define({ name: vm.text.parseWord(), kind: "field", data: offset, line, column });
  vm.pushNumber(offset + size);
}
