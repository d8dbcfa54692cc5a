import { concatBytes, utf8 } from "../base/bytes.ts";
import { sourceName, subjectOf, subjectSource } from "../machine/library.ts";
import type { Vm } from "../machine/vm.ts";
import { WORDLIST } from "../words.ts";
import type { PrimitiveRow } from "./row.ts";

/**
 * `use NAME` loads a subject of the stdlib. Its words go to a wordlist of their own that is searched last:
 * a word of the user's or of the machine is never hidden by one of a subject.
 */
export const LIBRARY: readonly PrimitiveRow[] = [
  { code: 1270, word: "use", effect: '( "name" -- )', erg: 200, ends: true, run: use },
];

/** Puts search order and current wordlist back, which `use` left on the stack. */
const AFTER = utf8("\nset-order set-current\n");

function use(vm: Vm): void {
  const subject = subjectOf(vm, vm.text.parseWord());
  const { dictionary } = vm;
  if (!dictionary.searchOrder.includes(WORDLIST.library)) dictionary.searchOrder = [...dictionary.searchOrder, WORDLIST.library];
  if (dictionary.findIn(subject.name, WORDLIST.subjects) !== 0) return;
  const source = subjectSource(vm, subject);
  dictionary.keep(subject.name, 0, WORDLIST.subjects);
  vm.room(dictionary.searchOrder.length + 2);
  vm.pushNumber(dictionary.current);
  for (const id of [...dictionary.searchOrder].reverse()) vm.pushNumber(id);
  vm.pushNumber(dictionary.searchOrder.length);
  dictionary.current = WORDLIST.library;
  dictionary.searchOrder = [WORDLIST.library, WORDLIST.forth];
  vm.input.include(concatBytes(source, AFTER), sourceName(subject.name));
}
