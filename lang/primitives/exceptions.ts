import { MODE } from "../machine/mode.ts";
import type { Vm } from "../machine/vm.ts";
import { throwFault, THROW } from "../throw-codes.ts";
import { isTrue } from "../values/compare.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { popXt } from "./control.ts";
import { lossyText } from "../machine/lossy-text.ts";
import type { PrimitiveRow } from "./row.ts";

/**
 * Exceptions. Handlers are frames on the machine's own return stack; running out of ERG passes them all (R10). The price of CATCH
 * pays for the fault that may come, of whatever word.
 */
export const EXCEPTIONS: readonly PrimitiveRow[] = [
  { code: 1120, word: "catch", effect: "( i*x xt -- j*x n )", erg: 120, takes: 1, ends: true, run: catchXt },
  {
    code: 1121, word: "throw", effect: "( n -- )", erg: 40, takes: 1, ends: true,
    run: (vm) => {
      const number = vm.popCell();
      if (number !== 0n) raise(vm, number);
    },
  },
  { code: 1122, word: "abort", effect: "( -- )", erg: 40, ends: true, run: (vm) => raise(vm, THROW.abort) },
  { code: 1123, word: '(abort")', effect: "( flag c-addr u -- )", erg: 3, internal: true, ends: true, run: abortWithMessage },
  {
    code: 1124, word: 'abort"', effect: '( "message" -- )', erg: 10, immediate: true,
    run: (vm) => {
      const message = vm.text.slice(vm.text.parse(34));
      if (vm.compiling) {
        vm.compiler.compileString(message);
        return vm.compiler.compileXt(1123);
      }
      vm.need(1);
      if (isTrue(vm.popValue())) throw vm.fault({ code: "LANG_ABORT", message: fromUtf8(message) });
    },
  },
  { code: 1125, word: "quit", effect: "( -- )", erg: 10, ends: true, run: quit },
  {
    code: 1126, word: "bye", effect: "( -- )", erg: 10, ends: true,
    run: (vm) => {
      vm.stop = { kind: "exit", code: 0 };
      vm.mode = MODE.stopped;
    },
  },
];

function catchXt(vm: Vm): void {
  const xt = popXt(vm);
  vm.tier?.executes(vm.ip - 1, xt);
  vm.enterCatch(xt);
}

/** A fault of this number: the one it stands for when it is being thrown on, else one made of the number. */
function raise(vm: Vm, number: bigint): never {
  if (vm.thrown !== undefined && vm.thrown.number === number) throw vm.fault(vm.thrown.fault);
  if (number === THROW.abort) throw vm.fault({ code: "LANG_THROW", number: -1, message: "ABORT" });
  if (number === THROW.quit) quit(vm);
  throw vm.fault(throwFault(number));
}

function abortWithMessage(vm: Vm): void {
  const bytes = vm.popBytes();
  if (isTrue(vm.popValue())) throw vm.fault({ code: "LANG_ABORT", message: lossyText(bytes) });
}

/** Ends the run: return stack and sources are emptied, nothing is undone. */
function quit(vm: Vm): void {
  vm.rp = 0;
  vm.lp = 0;
  vm.depth = 0;
  vm.handler = 0;
  vm.setCompiling(false);
  vm.compiler.definition = undefined;
  vm.compiler.control = [];
  vm.stop = { kind: "quit" };
  vm.mode = MODE.stopped;
}
