import { FLAG } from "../words.ts";
import type { EntryKind } from "../dictionary.ts";
import { dropWords, saveMark } from "../machine/markers.ts";
import type { Vm } from "../machine/vm.ts";
import { popXt } from "./control.ts";
import { FIRST_USER_XT } from "./first-user-xt.ts";
import type { PrimitiveRow } from "./row.ts";
import { OP } from "./structure.ts";
import { throwFault } from "../throw-codes.ts";

/** Words that make words. */
export const DEFINING: readonly PrimitiveRow[] = [
  { code: 1088, word: ":", effect: '( "name" -- )', erg: 100, run: (vm) => void vm.compiler.begin(vm.text.parseWord()) },
  { code: 1089, word: ":noname", effect: "( -- xt )", erg: 100, run: (vm) => vm.pushNumber(vm.compiler.begin("").xt) },
  { code: 1090, word: ";", effect: "( -- )", erg: 20, immediate: true, compileOnly: true, run: (vm) => void vm.compiler.end(";") },
  { code: 1091, word: "does>", effect: "( -- )", erg: 20, immediate: true, compileOnly: true, run: (vm) => vm.compiler.does() },
  {
    code: 1092, word: "create", effect: '( "name" -- )', erg: 100,
    run: (vm) => {
      const name = vm.text.parseWord();
      vm.alignHere();
      define(vm, name, "create", vm.here, FLAG.mutable);
    },
  },
  { code: 1093, word: "variable", effect: '( "name" -- )', erg: 100, run: (vm) => makeVariable(vm, 1) },
  { code: 1094, word: "2variable", effect: '( "name" -- )', erg: 100, run: (vm) => makeVariable(vm, 2) },
  { code: 1095, word: "constant", effect: '( x "name" -- )', erg: 100, run: (vm) => makeSlots(vm, "constant", 1) },
  { code: 1096, word: "2constant", effect: '( x1 x2 "name" -- )', erg: 100, run: (vm) => makeSlots(vm, "constant2", 2) },
  { code: 1097, word: "value", effect: '( x "name" -- )', erg: 100, run: (vm) => makeSlots(vm, "value", 1) },
  { code: 1098, word: "2value", effect: '( x1 x2 "name" -- )', erg: 100, run: (vm) => makeSlots(vm, "value2", 2) },
  {
    code: 1099, word: "defer", effect: '( "name" -- )', erg: 100,
    run: (vm) => {
      const slot = vm.newSlots(1);
      vm.slotCells[slot] = 0n;
      vm.slotTags[slot] = 0;
      define(vm, vm.text.parseWord(), "defer", slot, FLAG.mutable);
    },
  },
  { code: 1100, word: "to", effect: '( i*x "name" -- )', erg: 10, takes: 0, immediate: true, run: to },
  { code: 1101, word: "is", effect: '( i*x "name" -- )', erg: 10, takes: 0, immediate: true, run: is },
  {
    code: 1102, word: "action-of", effect: '( "name" -- xt )', erg: 10, immediate: true,
    run: (vm) => {
      const xt = parseDeferred(vm);
      if (!vm.compiling) return vm.push(vm.slotCells[vm.entry(xt).data] as bigint);
      vm.compiler.emit(OP.tick, xt);
      vm.compiler.compileXt(DEFER_FETCH);
    },
  },
  { code: 1103, word: "defer@", effect: "( xt1 -- xt2 )", erg: 3, run: (vm) => vm.push(vm.slotCells[deferSlot(vm)] as bigint) },
  { code: 1104, word: "defer!", effect: "( xt2 xt1 -- )", erg: 3, run: storeDeferred },
  { code: 1105, word: "synonym", effect: '( "new" "old" -- )', erg: 100, run: synonym },
  { code: 1106, word: "marker", effect: '( "name" -- )', erg: 300, run: (vm) => define(vm, vm.text.parseWord(), "marker", saveMark(vm), 0) },
  { code: 1109, word: "forget", effect: '( "name" -- )', erg: 100, run: forget },
  { code: 1107, word: ">body", effect: "( xt -- a-addr )", erg: 2, run: toBody },
  {
    code: 1108, word: "buffer:", effect: '( u "name" -- )', erg: 100,
    run: (vm) => {
      const size = vm.popNumber();
      vm.alignHere();
      define(vm, vm.text.parseWord(), "create", vm.here, FLAG.mutable);
      vm.charge(Math.max(0, Math.min(size, 1 << 30)) >> 6);
      vm.allot(size);
    },
  },
];

const DEFER_FETCH = 1103;
const DEFER_STORE = 1104;

function define(vm: Vm, name: string, kind: EntryKind, data: number, flags: number): void {
  const { line, column } = vm.text.place();
  vm.dictionary.define({ name, kind, data, flags, line, column });
}

function makeVariable(vm: Vm, cells: number): void {
  const name = vm.text.parseWord();
  vm.alignHere();
  const address = vm.here;
  vm.allot(cells * 8);
  for (let i = 0; i < cells; i += 1) vm.writeCell(address + i * 8, 0n);
  define(vm, name, "create", address, FLAG.mutable);
}

function makeSlots(vm: Vm, kind: "constant" | "constant2" | "value" | "value2", count: 1 | 2): void {
  const name = vm.text.parseWord();
  const slot = vm.newSlots(count);
  for (let i = count - 1; i >= 0; i -= 1) vm.popToSlot(slot + i);
  define(vm, name, kind, slot, kind.startsWith("value") ? FLAG.mutable : 0);
}

/** TO of a local, a value or (as IS) a deferred word. */
function to(vm: Vm): void {
  const name = vm.text.parseWord();
  const local = vm.compiling ? vm.compiler.localIndex(name.toLowerCase()) : -1;
  if (local >= 0) return vm.compiler.emit(OP.toLocal, local);
  const xt = vm.text.resolve(vm.text.find(name));
  if (xt === 0) throw vm.text.unknown(name);
  const kind = xt >= FIRST_USER_XT ? vm.entry(xt).kind : undefined;
  if (kind !== "value" && kind !== "value2") throw vm.fault({ code: "LANG_UNSUPPORTED", word: "to", instead: "to with the name of a value or a local" });
  storeTo(vm, xt, kind === "value2" ? 2 : 1);
}

function storeTo(vm: Vm, xt: number, count: 1 | 2): void {
  if (vm.compiling) return vm.compiler.emit(OP.to, xt);
  vm.need(count);
  const { data } = vm.entry(xt);
  for (let i = count - 1; i >= 0; i -= 1) vm.popToSlot(data + i);
}

function is(vm: Vm): void {
  const xt = parseDeferred(vm);
  if (!vm.compiling) {
    vm.need(1);
    vm.slotCells[vm.entry(xt).data] = BigInt(popXt(vm));
    return;
  }
  vm.compiler.emit(OP.tick, xt);
  vm.compiler.compileXt(DEFER_STORE);
}

function parseDeferred(vm: Vm): number {
  const xt = vm.text.resolve(vm.text.parseXt());
  if (xt < FIRST_USER_XT || vm.entry(xt).kind !== "defer") {
    throw vm.fault({ code: "LANG_UNSUPPORTED", word: vm.word, instead: `${vm.word} with the name of a deferred word` });
  }
  return xt;
}

/** Forgets a word and all made after it; HERE goes back to the first of their data. Built-in words stay: THROW -15. */
function forget(vm: Vm): void {
  const xt = vm.text.parseXt();
  if (xt < FIRST_USER_XT) throw vm.fault(throwFault(-15n));
  const { entries } = vm.dictionary;
  const data = entries.slice(xt - FIRST_USER_XT).filter(({ kind }) => kind === "create").map((entry) => entry.data);
  dropWords(vm, xt - FIRST_USER_XT);
  vm.setHere(Math.min(vm.here, ...data.slice(0, 1)));
}

function deferSlot(vm: Vm): number {
  const xt = vm.text.resolve(popXt(vm));
  const entry = xt >= FIRST_USER_XT ? vm.entry(xt) : undefined;
  if (entry?.kind !== "defer") throw vm.fault({ code: "LANG_UNSUPPORTED", word: vm.word, instead: "the token of a deferred word" });
  return entry.data;
}

function storeDeferred(vm: Vm): void {
  const slot = deferSlot(vm);
  vm.slotCells[slot] = BigInt(popXt(vm));
  vm.slotTags[slot] = 0;
}

function synonym(vm: Vm): void {
  const name = vm.text.parseWord();
  const xt = vm.text.parseXt();
  const flags = (vm.text.isImmediate(xt) ? FLAG.immediate : 0) | (vm.text.isCompileOnly(xt) ? FLAG.compileOnly : 0);
  define(vm, name, "synonym", vm.text.resolve(xt), flags);
}

function toBody(vm: Vm): void {
  const xt = vm.text.resolve(popXt(vm));
  const entry = xt >= FIRST_USER_XT ? vm.entry(xt) : undefined;
  if (entry?.kind !== "create") throw vm.fault({ code: "LANG_UNSUPPORTED", word: ">body", instead: "the token of a word made by create" });
  vm.pushNumber(entry.data);
}
