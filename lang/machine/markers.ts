import type { Entry } from "../dictionary.ts";
import { LIMITS } from "../limits.ts";
import { FORGET_ERG } from "./reading-prices.ts";
import type { SavedMark, Vm } from "./vm.ts";

/** Remembers where the dictionary is, for a marker; gives the index of what it remembers. Faults: LANG_TOO_LARGE. */
export function saveMark(vm: Vm): number {
  const { dictionary, marks } = vm;
  if (marks.length >= LIMITS.words) throw vm.fault({ code: "LANG_TOO_LARGE", what: "markers", limit: LIMITS.words });
  const mark: SavedMark = { length: dictionary.entries.length, here: vm.here, searchOrder: [...dictionary.searchOrder], current: dictionary.current };
  return marks.push(mark) - 1;
}

/** Forgets the words from this many on, and compiled code that may know one of them. */
export function dropWords(vm: Vm, length: number): void {
  const codes = vm.dictionary.entries.slice(length).map(({ code }) => code).filter((code) => code !== 0);
  vm.dictionary.truncate(length);
  vm.tier?.forget(codes.reduce((least, code) => Math.min(least, code), vm.codeEnd));
}

/** Carries out a marker: its word and all later ones are forgotten, HERE goes back. Code stays, unreachable by name. */
export function carryOutMarker(vm: Vm, entry: Entry): void {
  vm.charge(FORGET_ERG);
  const mark = vm.marks[entry.data] as SavedMark;
  dropWords(vm, mark.length);
  vm.dictionary.searchOrder = [...mark.searchOrder];
  vm.dictionary.current = mark.current;
  vm.setHere(mark.here);
}
