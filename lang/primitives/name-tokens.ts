import { utf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import { COMPILE, EXECUTE, popXt } from "./control.ts";
import type { PrimitiveRow } from "./row.ts";
import { popWordlist } from "./search-order.ts";

/** Names of words as values (15.6.2). A name token is the token of the name itself, of a synonym's too. */
export const NAME_TOKENS: readonly PrimitiveRow[] = [
  {
    code: 1240, word: "traverse-wordlist", effect: "( i*x xt wid -- j*x )", erg: 10, takes: 2, ends: true,
    run: (vm) => {
      const wordlist = popWordlist(vm);
      vm.traverse(popXt(vm), wordlist);
    },
  },
  {
    code: 1241, word: "name>string", effect: "( nt -- c-addr u )", erg: 20,
    run: (vm) => {
      const name = utf8(vm.nameOf(popName(vm)) ?? "");
      vm.pushString(vm.transientString(name), name.length);
    },
  },
  {
    code: 1242, word: "name>interpret", effect: "( nt -- xt | 0 )", erg: 5,
    run: (vm) => {
      const name = popName(vm);
      vm.pushNumber(vm.text.isCompileOnly(name) ? 0 : vm.text.resolve(name));
    },
  },
  {
    code: 1243, word: "name>compile", effect: "( nt -- x xt )", erg: 5,
    run: (vm) => {
      const name = popName(vm);
      vm.pushNumber(vm.text.resolve(name));
      vm.pushNumber(vm.text.isImmediate(name) ? EXECUTE : COMPILE);
    },
  },
];

/** Faults: LANG_BAD_ADDRESS for what is no name token. */
function popName(vm: Vm): number {
  const name = popXt(vm);
  if (vm.nameOf(name) === undefined) throw vm.fault({ code: "LANG_BAD_ADDRESS", word: vm.word, address: String(name) });
  return name;
}
