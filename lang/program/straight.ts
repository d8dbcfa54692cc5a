import type { Host } from "../host.ts";
import { Machine } from "../machine/machine.ts";
import { HALT_AT, MODE } from "../machine/mode.ts";
import { NULL_HOST } from "../machine/null-host.ts";
import type { Vm } from "../machine/vm.ts";
import { HOST_WORDS } from "../primitives/host-words.ts";
import { builtinXt } from "../primitives/table.ts";
import { foldName } from "../words.ts";
import type { Program } from "./program.ts";

/**
 * Straight programs are literals and host words, one after another: payments, mostly. They define
 * nothing and see nothing of a machine but the entries they put on its stack themselves, so one machine
 * serves for all of them, one at a time; making one takes longer than running them.
 */
const STRAIGHT = new Set(HOST_WORDS.map(({ word }) => builtinXt(foldName(word))));

export function isStraight(program: Program): boolean {
  return program.entries.every((entry) => entry.kind === "literal" || (entry.kind === "word" && "code" in entry.word && STRAIGHT.has(entry.word.code) && entry.text === "" && entry.defines.length === 0));
}

let idle: Vm | undefined;

/** Lends a machine that looks new to `run`. A program run by another one's host word gets a machine of its own. */
export function withStraightMachine<T>(host: Host, run: (vm: Vm) => T): T {
  const vm = idle ?? Machine.create({ host, tier: "none" }).vm;
  idle = undefined;
  makeNew(vm, host);
  try {
    return run(vm);
  } finally {
    // The host holds a realm, and with it all that a block read: the machine must not keep it until the next one.
    vm.host = NULL_HOST;
    idle = vm;
  }
}

/** Everything that a straight program can have changed. */
function makeNew(vm: Vm, host: Host): void {
  vm.host = host;
  vm.sp = vm.rp = vm.lp = vm.depth = vm.handler = vm.op = vm.origin = 0;
  vm.stop = vm.thrown = undefined;
  vm.mode = MODE.text;
  vm.ip = HALT_AT;
  vm.tokens = [];
  vm.sources.stack.length = 0;
  vm.lines.truncate(0, 0);
  vm.boxes.restore([]);
}
