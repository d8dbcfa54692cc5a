import { utf8 } from "../base/bytes.ts";
import { LIMITS } from "../limits.ts";
import type { Vm } from "../machine/vm.ts";
import { WORDLIST, foldName, isOpenWordlist } from "../words.ts";
import { popText } from "./popped-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Search-Order and its extensions. A wordlist identifier is its number. */
export const SEARCH_ORDER: readonly PrimitiveRow[] = [
  { code: 1216, word: "forth-wordlist", effect: "( -- wid )", erg: 1, run: (vm) => vm.pushNumber(WORDLIST.forth) },
  { code: 1217, word: "wordlist", effect: "( -- wid )", erg: 50, run: (vm) => vm.pushNumber(vm.dictionary.newWordlist()) },
  { code: 1218, word: "get-current", effect: "( -- wid )", erg: 1, run: (vm) => vm.pushNumber(vm.dictionary.current) },
  { code: 1219, word: "set-current", effect: "( wid -- )", erg: 1, run: (vm) => void (vm.dictionary.current = popWordlist(vm)) },
  { code: 1220, word: "get-order", effect: "( -- widn*x n )", erg: 10, takes: 0, run: getOrder },
  { code: 1221, word: "set-order", effect: "( widn*x n -- )", erg: 10, takes: 1, run: setOrder },
  { code: 1222, word: "search-wordlist", effect: "( c-addr u wid -- 0 | xt 1 | xt -1 )", erg: 400, takes: 3, run: searchWordlist },
  { code: 1223, word: "definitions", effect: "( -- )", erg: 1, run: (vm) => void (vm.dictionary.current = vm.dictionary.searchOrder[0] ?? WORDLIST.forth) },
  { code: 1224, word: "also", effect: "( -- )", erg: 5, run: (vm) => setSearched(vm, [firstOf(vm), ...vm.dictionary.searchOrder]) },
  {
    code: 1225, word: "previous", effect: "( -- )", erg: 5,
    run: (vm) => {
      firstOf(vm);
      setSearched(vm, vm.dictionary.searchOrder.slice(1));
    },
  },
  { code: 1226, word: "only", effect: "( -- )", erg: 5, run: (vm) => setSearched(vm, [WORDLIST.forth]) },
  { code: 1227, word: "forth", effect: "( -- )", erg: 5, run: (vm) => setSearched(vm, [WORDLIST.forth, ...vm.dictionary.searchOrder.slice(1)]) },
  { code: 1228, word: "order", effect: "( -- )", erg: 50, run: showOrder },
];

export function popWordlist(vm: Vm): number {
  const id = vm.popNumber();
  if (!(id >= WORDLIST.forth && id < vm.dictionary.wordlists && (isOpenWordlist(id) || id === WORDLIST.library))) throw vm.fault({ code: "LANG_RESULT_RANGE", word: vm.word });
  return id;
}

function firstOf(vm: Vm): number {
  const [first] = vm.dictionary.searchOrder;
  if (first === undefined) throw vm.fault({ code: "LANG_THROW", number: -50, message: "search-order underflow" });
  return first;
}

function setSearched(vm: Vm, order: number[]): void {
  if (order.length > LIMITS.searchOrder) throw vm.fault({ code: "LANG_THROW", number: -49, message: "search-order overflow" });
  vm.dictionary.searchOrder = order;
}

function getOrder(vm: Vm): void {
  const { searchOrder } = vm.dictionary;
  vm.room(searchOrder.length + 1);
  for (const id of [...searchOrder].reverse()) vm.pushNumber(id);
  vm.pushNumber(searchOrder.length);
}

function setOrder(vm: Vm): void {
  const count = vm.popNumber();
  if (count === -1) return setSearched(vm, [WORDLIST.forth]);
  if (count < 0 || count > LIMITS.searchOrder) throw vm.fault({ code: "LANG_THROW", number: -49, message: "search-order overflow" });
  vm.need(count);
  setSearched(vm, Array.from({ length: count }, () => popWordlist(vm)));
}

function searchWordlist(vm: Vm): void {
  const id = popWordlist(vm);
  const xt = vm.dictionary.findIn(foldName(popText(vm)), id);
  if (xt === 0) return vm.push(0n);
  vm.pushNumber(vm.text.resolve(xt));
  vm.push(vm.text.isImmediate(xt) ? 1n : -1n);
}

function showOrder(vm: Vm): void {
  const { searchOrder, current } = vm.dictionary;
  const name = (id: number): string => (id === WORDLIST.forth ? "forth" : id === WORDLIST.grid ? "grid" : id === WORDLIST.library ? "stdlib" : `wordlist ${String(id)}`);
  vm.write(utf8(`${searchOrder.map(name).join(" ")}   new words go to ${name(current)}\n`));
}
