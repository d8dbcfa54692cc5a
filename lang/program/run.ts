import { isFaultError } from "../base/fault.ts";
import { utf8 } from "../base/bytes.ts";
import type { Host } from "../host.ts";
import { reportFault } from "../machine/fault-report.ts";
import { Machine } from "../machine/machine.ts";
import { HALT_AT, MODE } from "../machine/mode.ts";
import { LINE_ERG } from "../machine/reading-prices.ts";
import { runMachine } from "../machine/run-loop.ts";
import { stackEntries } from "../machine/stack-display.ts";
import { giveMemory } from "../machine/spare-memory.ts";
import type { RunResult } from "../machine/run-result.ts";
import type { Vm } from "../machine/vm.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { rowOf } from "../primitives/table.ts";
import type { Program, ProgramEntry, WordRef } from "./program.ts";
import { isStraight, withStraightMachine } from "./straight.ts";
import { writeCode } from "./write-code.ts";

/** ERG for each entry of a program, besides what it does. */
const ENTRY_ERG = 20;
const NO_TEXT = new Uint8Array(0);

/** ERG of a program of `decodeCall` that runs to its end, besides what the word and its conversions charge by size. */
export function callErg(code: number, args: number): number {
  return (args + 1) * (ENTRY_ERG + LINE_ERG) + (rowOf(code)?.spec.erg ?? 0);
}

/** What a program runs with, and who is told of what it does. */
export interface ProgramOptions {
  readonly host: Host;
  readonly ergLimit: number;
  /** Told after each entry that ran well, with its index in the program. */
  readonly onEntry?: (index: number, now: EntryResult) => void;
  /** Told of each word that an entry runs, after it ran or faulted. Makes the run slow, and changes nothing of it. */
  readonly onWord?: (word: WordResult) => void;
}
export interface WordResult {
  readonly word: string;
  /** Calls around it: 1 in the word that the entry names. */
  readonly depth: number;
  readonly stack: readonly string[];
}
export interface EntryResult {
  /** The stack as `.s` shows it, the top last. */
  readonly stack: readonly string[];
  /** By the program so far. */
  readonly ergUsed: number;
}

/**
 * Runs a checked program on a machine that is as good as new: definitions are loaded, the rest is executed, in order.
 * A fault ends it; undoing what the host did is up to the caller. Never waits: a word that would is a fault.
 */
export function runProgram(program: Program, options: ProgramOptions): RunResult {
  const { host } = options;
  if (isStraight(program)) return withStraightMachine(host, (vm) => runOn(vm, program, options));
  const { vm } = Machine.create({ host, ...(options.onWord === undefined ? {} : { tier: "none" }) });
  try {
    return runOn(vm, program, options);
  } finally {
    giveMemory(vm);
  }
}

function runOn(vm: Vm, program: Program, { ergLimit, onEntry, onWord }: ProgramOptions): RunResult {
  vm.ergLimit = ergLimit;
  vm.ergLeft = ergLimit;
  try {
    for (let index = 0; index < program.entries.length; index++) {
      vm.charge(ENTRY_ERG);
      runEntry(vm, program.entries[index] as ProgramEntry, onWord);
      onEntry?.(index, { stack: stackEntries(vm), ergUsed: vm.ergUsed });
      if (vm.stop?.kind === "exit" || vm.stop?.kind === "quit") break;
      if (vm.stop !== undefined) throw vm.fault({ code: "LANG_UNSUPPORTED", word: vm.word, instead: "values on the stack: a package has no one to ask" });
    }
    return { kind: "done", ergUsed: vm.ergUsed };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { kind: "fault", report: reportFault(vm, error.fault), ergUsed: vm.ergUsed };
  }
}

function runEntry(vm: Vm, entry: ProgramEntry, onWord: ProgramOptions["onWord"]): void {
  vm.sources.stack.length = 0;
  if (entry.kind === "literal") {
    passSource(vm);
    vm.room(1);
    return vm.pushValue(entry.value);
  }
  const text = entry.kind === "word" ? entry.text : "";
  if (text === "" && entry.kind === "word" && isHostWord(entry.word)) passSource(vm);
  else {
    vm.sources.push({ kind: "lines", id: 0, name: "package", mode: "forth", text: text === "" ? NO_TEXT : utf8(text) });
    vm.in = 0;
    vm.input.refill();
  }
  if (entry.kind === "colon") return writeCode(vm, entry.name, entry.code, xtOf);
  vm.op = xtOf(entry.word);
  vm.ip = HALT_AT;
  vm.mode = MODE.code;
  vm.enter(xtOf(entry.word));
  if (onWord === undefined) return runMachine(vm, "until-source");
  runMachine(vm, "until-source", ({ token, word, depth }) => onWord({ word: token === "" ? word : token, depth, stack: stackEntries(vm) }));
}

/** For an entry that reads no source; it costs and counts as one that does, for both can be seen from the program. */
function passSource(vm: Vm): void {
  vm.sources.serial += 1;
  vm.charge(LINE_ERG);
  vm.in = 0;
}

function isHostWord(ref: WordRef): boolean {
  return "code" in ref && rowOf(ref.code)?.kind === "host";
}

/** Words are defined in the order of the program, so an index is a token. */
function xtOf(ref: WordRef): number {
  return "code" in ref ? ref.code : FIRST_USER_XT + ref.user;
}
