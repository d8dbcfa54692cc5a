import { fromUtf8, utf8 } from "../base/bytes.ts";
import { isFaultError, type FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Host, Meter } from "../host.ts";
import { reportFault } from "../machine/fault-report.ts";
import { Machine, type MachineOptions } from "../machine/machine.ts";
import { HALT_AT, MODE } from "../machine/mode.ts";
import { runMachine } from "../machine/run-loop.ts";
import { giveMemory } from "../machine/spare-memory.ts";
import { Interrupted } from "../machine/stop.ts";
import type { Vm } from "../machine/vm.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import type { Value } from "../value.ts";

/** A program's source, and how it is called. */
export interface SourceCall {
  readonly host: Host;
  /** UTF-8; a first line that begins `#!grid` makes it shell source (R14). */
  readonly source: Uint8Array;
  /** Shown where a fault is. */
  readonly name: string;
  /** The word to execute when the source was read, of those it allows; undefined when only the source is to run. Asked after that. */
  readonly entry: () => string | undefined;
  readonly args: readonly Value[];
  /** Who pays. */
  readonly meter: Meter;
  /** At most what the meter has left. */
  readonly ergLimit: number;
  readonly machine?: Pick<MachineOptions, "interrupt" | "tier">;
}

/** What came of a call. `no-word`: the source defines none of that name. */
export type SourceOutcome =
  | { readonly kind: "done"; readonly results: readonly Value[] }
  | { readonly kind: "no-word" }
  | { readonly kind: "fault"; readonly fault: FaultError["fault"]; readonly line?: number };

/**
 * Runs source on a machine that nobody else sees: own stacks, memory and dictionary. It is read as a file is, then
 * one of the words it defines is executed on `args`. ERG is charged to the meter whatever comes of it. Called from
 * a host word, between two instructions of the calling machine, which then holds no frame of the native stack.
 * Throws only what stops the caller as well.
 */
export function callSource(call: SourceCall): SourceOutcome {
  const { vm } = Machine.create({ host: call.host, ...call.machine });
  vm.ergLimit = call.ergLimit;
  vm.ergLeft = call.ergLimit;
  try {
    return runCall(vm, call);
  } catch (error) {
    if (!isFaultError(error) || error instanceof Interrupted) throw error;
    const { at, trace } = reportFault(vm, error.fault);
    const line = trace.find(({ spot }) => spot !== undefined)?.spot?.line ?? at?.line;
    return { kind: "fault", fault: error.fault, ...(line !== undefined && line > 0 && { line }) };
  } finally {
    call.meter.charge(vm.ergUsed);
    giveMemory(vm);
  }
}

function runCall(vm: Vm, { source, name, entry, args }: SourceCall): SourceOutcome {
  load(vm, source, name);
  const word = entry();
  if (word !== undefined) {
    const xt = vm.dictionary.find(word);
    if (xt < FIRST_USER_XT) return { kind: "no-word" };
    vm.sp = 0;
    for (const value of args) vm.pushValue(value);
    execute(vm, xt);
  }
  return { kind: "done", results: Array.from({ length: vm.sp }, (_, index) => vm.valueAt(index)) };
}

/** Reads the source line by line. No line is marked to be put back: what fails ends the whole call. */
function load(vm: Vm, source: Uint8Array, name: string): void {
  const isShell = fromUtf8(source).startsWith("#!grid");
  vm.sources.push({ kind: "lines", id: 1, name, mode: isShell ? "shell" : "forth", text: source });
  if (source[0] === 35 && source[1] === 33) vm.input.refill();
  while (vm.input.refill()) {
    vm.mode = MODE.text;
    runMachine(vm, "to-the-end");
    refuseStop(vm);
  }
  const open = vm.compiler.definition;
  if (open !== undefined) throw vm.fault({ code: "LANG_UNBALANCED", word: "the end of the source", opened: ":" });
}

function execute(vm: Vm, xt: number): void {
  vm.sources.stack.length = 0;
  vm.sources.push({ kind: "lines", id: 0, name: "call", mode: "forth", text: utf8("") });
  vm.in = 0;
  vm.input.refill();
  vm.op = xt;
  vm.ip = HALT_AT;
  vm.mode = MODE.code;
  vm.enter(xt);
  runMachine(vm, "until-source");
  refuseStop(vm);
}

/** A program that was called has nobody to wait for, and no session to leave. */
function refuseStop(vm: Vm): void {
  if (vm.stop !== undefined) throw vm.fault({ code: "LANG_UNSUPPORTED", word: vm.word, instead: "entries given with the call, and throw to end it" } satisfies LangFault);
}
