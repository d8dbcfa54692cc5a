import { MODE } from "../machine/mode.ts";
import type { Waiting } from "../machine/run-result.ts";
import type { Vm } from "../machine/vm.ts";
import { utf8 } from "../base/bytes.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words that wait for a person, and words that steer a terminal. A waiting machine is data (R7). */
export const TERMINAL: readonly PrimitiveRow[] = [
  { code: 400, word: "key", effect: "( -- char )", erg: 50, ends: true, run: (vm) => wait(vm, { for: "key" }) },
  { code: 401, word: "accept", effect: "( c-addr +n -- +n )", erg: 50, ends: true, run: accept },
  { code: 402, word: "ms", effect: "( u -- )", erg: 50, ends: true, run: (vm) => wait(vm, { for: "time", ms: Math.min(Math.max(0, vm.popNumber()), 3_600_000) }) },
  { code: 403, word: "page", effect: "( -- )", erg: 20, run: (vm) => vm.write(utf8("\x1b[2J\x1b[H")) },
  {
    code: 404, word: "at-xy", effect: "( x y -- )", erg: 20,
    run: (vm) => {
      const row = vm.popNumber();
      const column = vm.popNumber();
      const bounded = (value: number): number => Math.min(Math.max(0, value), 9_998) + 1;
      vm.write(utf8(`\x1b[${bounded(row)};${bounded(column)}H`));
    },
  },
  { code: 405, word: "key?", effect: "( -- flag )", erg: 20, run: (vm) => vm.push(0n) },
  { code: 406, word: "emit?", effect: "( -- flag )", erg: 5, run: (vm) => vm.push(-1n) },
];

/** Leaves the run loop; `Machine.resume` goes on. */
function wait(vm: Vm, waiting: Waiting): void {
  vm.room(1);
  vm.stop = { kind: "waiting", waiting };
  vm.mode = MODE.stopped;
}

/** The address stays on the stack until the line is there. */
function accept(vm: Vm): void {
  const limit = vm.popNumber();
  const size = Math.max(0, Math.min(limit, 65_536));
  vm.address(vm.cells[vm.sp - 1] as bigint, size);
  wait(vm, { for: "line", limitBytes: size });
}
