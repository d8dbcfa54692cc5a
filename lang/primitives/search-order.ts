import { fromUtf8, utf8 } from "../base/bytes.ts";
import { LIMITS } from "../limits.ts";
import { foldName, WORDLIST } from "../words.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Wordlists and the order they are searched in (Forth-2012, word set 16). */
export const SEARCH_ORDER: readonly PrimitiveRow[] = [
  { code: 1232, word: "forth-wordlist", effect: "( -- wid )", erg: 1, run: (vm) => vm.pushNumber(WORDLIST.forth) },
  { code: 1233, word: "grid-wordlist", effect: "( -- wid )", erg: 1, run: (vm) => vm.pushNumber(WORDLIST.grid) },
  { code: 1234, word: "wordlist", effect: "( -- wid )", erg: 60, run: (vm) => vm.pushNumber(vm.dictionary.newWordlist()) },
  { code: 1235, word: "search-wordlist", effect: "( c-addr u wid -- 0 | xt 1 | xt -1 )", erg: 30, takes: 3, run: searchWordlist },
  { code: 1236, word: "get-current", effect: "( -- wid )", erg: 2, run: (vm) => vm.pushNumber(vm.dictionary.current) },
  { code: 1237, word: "set-current", effect: "( wid -- )", erg: 2, run: (vm) => void (vm.dictionary.current = popWordlist(vm)) },
  { code: 1238, word: "get-order", effect: "( -- wid*x n )", erg: 4, takes: 0, run: getOrder },
  { code: 1239, word: "set-order", effect: "( wid*x n -- )", erg: 4, takes: 1, run: setOrder },
  { code: 1240, word: "definitions", effect: "( -- )", erg: 4, run: (vm) => void (vm.dictionary.current = vm.dictionary.searchOrder[0] ?? WORDLIST.forth) },
  { code: 1241, word: "also", effect: "( -- )", erg: 4, run: (vm) => setSearch(vm, [vm.dictionary.searchOrder[0] ?? WORDLIST.forth, ...vm.dictionary.searchOrder]) },
  {
    code: 1242, word: "previous", effect: "( -- )", erg: 4,
    run: (vm) => {
      if (vm.dictionary.searchOrder.length === 0) throw vm.fault({ code: "LANG_THROW", number: -50, message: "search-order underflow" });
      setSearch(vm, vm.dictionary.searchOrder.slice(1));
    },
  },
  { code: 1243, word: "only", effect: "( -- )", erg: 4, run: (vm) => setSearch(vm, [WORDLIST.forth]) },
  { code: 1244, word: "forth", effect: "( -- )", erg: 4, run: (vm) => setSearch(vm, [WORDLIST.forth, ...vm.dictionary.searchOrder.slice(1)]) },
  {
    code: 1245, word: "order", effect: "( -- )", erg: 100,
    run: (vm) => vm.write(utf8(`${vm.dictionary.searchOrder.map(nameOf).join(" ")}  definitions: ${nameOf(vm.dictionary.current)}\n`)),
  },
];

function nameOf(wordlist: number): string {
  return wordlist === WORDLIST.forth ? "forth" : wordlist === WORDLIST.grid ? "grid" : `wordlist-${wordlist}`;
}

function popWordlist(vm: Vm): number {
  const wordlist = vm.popNumber();
  if (wordlist > 0 && wordlist < vm.dictionary.wordlists) return wordlist;
  throw vm.fault({ code: "LANG_BAD_ADDRESS", word: vm.word, address: String(wordlist) });
}

function setSearch(vm: Vm, order: number[]): void {
  if (order.length > LIMITS.searchOrder) throw vm.fault({ code: "LANG_THROW", number: -49, message: "search-order overflow" });
  vm.dictionary.searchOrder = order;
}

function searchWordlist(vm: Vm): void {
  const wordlist = popWordlist(vm);
  const xt = vm.dictionary.findIn(foldName(fromUtf8(vm.popBytes())), wordlist);
  if (xt === 0) return vm.push(0n);
  vm.touched.push(xt);
  vm.pushNumber(xt);
  vm.push(vm.text.isImmediate(xt) ? 1n : -1n);
}

function getOrder(vm: Vm): void {
  const { searchOrder } = vm.dictionary;
  vm.room(searchOrder.length + 1);
  for (const wordlist of searchOrder.toReversed()) vm.pushNumber(wordlist);
  vm.pushNumber(searchOrder.length);
}

/** -1 asks for the smallest order. */
function setOrder(vm: Vm): void {
  const count = vm.popNumber();
  if (count === -1) return setSearch(vm, [WORDLIST.forth]);
  if (count < 0 || count > LIMITS.searchOrder) throw vm.fault({ code: "LANG_THROW", number: -49, message: "search-order overflow" });
  vm.need(count);
  setSearch(vm, Array.from({ length: count }, () => popWordlist(vm)));
}
