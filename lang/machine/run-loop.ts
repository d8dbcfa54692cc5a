import { isFaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { throwNumber } from "../throw-codes.ts";
import { nextItem, type NextItem } from "./debug/next-item.ts";
import { unwind } from "./catch-frames.ts";
import { runCode } from "./interpreter.ts";
import { MODE } from "./mode.ts";
import { Interrupted } from "./stop.ts";
import type { Vm } from "./vm.ts";

/**
 * Reads source and runs code by turns until the machine stops, or has come back to source at the
 * outermost level when `untilSource` asks for that. A fault goes to its handler; one without a handler,
 * or that none may see, is thrown. `onItem` is told of each word after it ran, or faulted; it changes nothing, ERG included,
 * but that a machine with a compiling tier must have it parked to tell all.
 */
export function runMachine(vm: Vm, untilSource: "until-source" | "to-the-end", onItem?: (item: NextItem) => void): void {
  const once = untilSource === "until-source";
  for (;;) {
    try {
      while (vm.mode !== MODE.stopped) {
        if (vm.debug.isOn && !once) vm.debug.step();
        else if (vm.mode === MODE.code) onItem === undefined ? runCode(vm) : runWatched(vm, onItem);
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

function runWatched(vm: Vm, onItem: (item: NextItem) => void): void {
  const item = nextItem(vm);
  try {
    runCode(vm, "one");
  } finally {
    if (item !== undefined && item.word !== "") onItem(item);
  }
}
