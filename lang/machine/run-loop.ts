import { isFaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { throwNumber } from "../throw-codes.ts";
import { runCode, unwind } from "./interpreter.ts";
import { MODE } from "./mode.ts";
import { Interrupted, type Vm } from "./vm.ts";

/**
 * Reads source and runs code by turns until the machine stops, or has come back to source at the
 * outermost level when `untilSource` asks for that. A fault goes to its handler; one without a handler,
 * or that none may see, is thrown.
 */
export function runMachine(vm: Vm, untilSource: "until-source" | "to-the-end"): void {
  const once = untilSource === "until-source";
  for (;;) {
    try {
      while (vm.mode !== MODE.stopped) {
        if (vm.debug.isOn && !once) vm.debug.step();
        else if (vm.mode === MODE.code) runCode(vm);
        else if (once && vm.sources.stack.length <= 1) return;
        else vm.text.step();
      }
      return;
    } catch (error) {
      if (!isFaultError(error) || error instanceof Interrupted || !vm.catchable(error.fault)) throw error;
      if (!unwind(vm, throwNumber(error.fault), error.fault as LangFault)) throw error;
    }
  }
}
