import { utf8 } from "../base/bytes.ts";
import { takeByte, takeEvent } from "../machine/key-events.ts";
import { MODE } from "../machine/mode.ts";
import type { Waiting } from "../machine/run-result.ts";
import type { Vm } from "../machine/vm.ts";
import { PRICES } from "../values/prices.ts";
import type { PrimitiveRow } from "./row.ts";

/** Words that wait for whoever sits at the terminal, and those that steer it. What they wait for comes through `Machine.resume`. */
export const TERMINAL: readonly PrimitiveRow[] = [
  { code: 400, word: "key", effect: "( -- char )", erg: 20, takes: 0, ends: true, run: (vm) => takeOrWait(vm, takeByte, { for: "key" }) },
  { code: 405, word: "key?", effect: "( -- flag )", erg: 5, run: (vm) => vm.pushFlag(vm.typed.length > 0) },
  { code: 406, word: "ekey", effect: "( -- x )", erg: 20, takes: 0, ends: true, run: (vm) => takeOrWait(vm, takeEvent, { for: "key", event: true }) },
  { code: 407, word: "ekey?", effect: "( -- flag )", erg: 5, run: (vm) => vm.pushFlag(vm.typed.length > 0) },
  { code: 408, word: "xkey", effect: "( -- xchar )", erg: 20, takes: 0, ends: true, run: (vm) => takeOrWait(vm, takeEvent, { for: "key", event: true }) },
  { code: 409, word: "xkey?", effect: "( -- flag )", erg: 5, run: (vm) => vm.pushFlag(vm.typed.length > 0) },
  { code: 410, word: "emit?", effect: "( -- flag )", erg: 1, run: (vm) => vm.push(-1n) },
  { code: 411, word: "time&date", effect: "( -- second minute hour day month year )", erg: 300, run: timeAndDate },
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

/** What was typed ahead comes first. */
function takeOrWait(vm: Vm, take: (typed: number[]) => number, waiting: Waiting): void {
  vm.room(1);
  if (vm.typed.length > 0) return vm.pushNumber(take(vm.typed));
  wait(vm, waiting);
}

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

/** Of the block being executed, or of the thread's base, in UTC: the same on every node. */
function timeAndDate(vm: Vm): void {
  const date = new Date(vm.timeSeconds() * 1_000);
  vm.room(6);
  for (const part of [date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear()]) vm.pushNumber(part);
}

function moveCursor(vm: Vm): void {
  const row = vm.popNumber();
  const column = vm.popNumber();
  const within = (cell: number): string => String(Math.min(Math.max(Math.trunc(cell), 0), MOST_CELLS) + 1);
  vm.write(utf8(`\x1b[${within(row)};${within(column)}H`));
}
