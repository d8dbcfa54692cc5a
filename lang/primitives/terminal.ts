import { utf8 } from "../base/bytes.ts";
import { MODE } from "../machine/mode.ts";
import type { Waiting } from "../machine/run-result.ts";
import type { Vm } from "../machine/vm.ts";
import { PRICES } from "../values/prices.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words that wait for whoever sits at the terminal, and those that steer it. What they wait for comes through `Machine.resume`. */
export const TERMINAL: readonly PrimitiveRow[] = [
  {
    code: 400, word: "key", effect: "( -- char )", erg: 20, takes: 0, ends: true,
    run: (vm) => {
      vm.room(1);
      wait(vm, { for: "key" });
    },
  },
  { code: 401, word: "accept", effect: "( c-addr +n1 -- +n2 )", erg: 20, takes: 2, ends: true, run: accept },
  {
    code: 402, word: "ms", effect: "( u -- )", erg: 20, ends: true,
    run: (vm) => {
      const ms = Math.min(Number(vm.popUnsigned()), LONGEST_WAIT_MS);
      if (ms > 0) wait(vm, { for: "time", ms });
    },
  },
  { code: 403, word: "page", effect: "( -- )", erg: 20, run: (vm) => vm.write(utf8("\x1b[2J\x1b[H")) },
  { code: 404, word: "at-xy", effect: "( column row -- )", erg: 20, run: moveCursor },
];

/** A day: nobody waits longer for a line of a shell. */
const LONGEST_WAIT_MS = 86_400_000;
const MOST_CELLS = 9_999;

function wait(vm: Vm, waiting: Waiting): void {
  vm.stop = { kind: "waiting", waiting };
  vm.mode = MODE.stopped;
}

/** The address stays on the stack until the line is there. */
function accept(vm: Vm): void {
  const limit = vm.popNumber();
  const address = vm.cells[vm.sp - 1] as bigint;
  if (limit <= 0) {
    vm.popCell();
    return vm.push(0n);
  }
  vm.address(address, limit);
  vm.charge(PRICES.chunk * (limit >> 3));
  wait(vm, { for: "line", limitBytes: limit });
}

function moveCursor(vm: Vm): void {
  const row = vm.popNumber();
  const column = vm.popNumber();
  const within = (cell: number): string => String(Math.min(Math.max(Math.trunc(cell), 0), MOST_CELLS) + 1);
  vm.write(utf8(`\x1b[${within(row)};${within(column)}H`));
}
