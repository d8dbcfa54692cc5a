import { fromUtf8, utf8 } from "../base/bytes.ts";
import { CommandLineError, parseCommand } from "../command-line.ts";
import type { ShellCall, ShellForm } from "../primitives/spec.ts";
import { SHELL_FORMS } from "../primitives/table.ts";
import { MODE } from "./mode.ts";
import { SCAN_SHIFT, TOKEN_ERG } from "./reading-prices.ts";
import { outsideForm } from "./run-result.ts";
import type { Source } from "./sources.ts";
import { textLength } from "./spots.ts";
import type { Vm } from "./vm.ts";

/** Begins a comment to the end of the line. */
const BACKSLASH = 92;

/**
 * A token of shell source as a command: a shell word becomes its stack form, a word of the session or the end of
 * it stops the machine. False if the token is none of these.
 */
export function takeCommand(vm: Vm, source: Source, folded: string, first: boolean): boolean {
  const form = SHELL_FORMS.get(folded);
  if (form !== undefined) {
    source.queue.push(...form.rewrite(withRecipients(vm, form, readCall(vm, source, form, first))));
    return true;
  }
  const outside = vm.outside.get(folded);
  if (outside !== undefined) {
    callOutside(vm, source, outside.word, outsideForm(outside), first);
    return true;
  }
  if (!first || folded !== "exit" || vm.compiling) return false;
  vm.stop = { kind: "exit", code: 0 };
  vm.mode = MODE.stopped;
  return true;
}

/** Reads a shell word's parameters and moves >IN past them. */
function readCall(vm: Vm, source: Source, form: ShellForm, first: boolean): ShellCall {
  const line = vm.text.lineText(source);
  const start = textLength(vm.bytes.subarray(source.address, source.address + vm.in));
  try {
    const { call, end } = parseCommand(form, line, start, { first });
    vm.charge(TOKEN_ERG + (end - start) + (line.length >> SCAN_SHIFT));
    vm.in = utf8(line.slice(0, end)).length;
    return call;
  } catch (error) {
    if (error instanceof CommandLineError) pointAt(source, line, error.start, error.end);
    throw error;
  }
}

function pointAt(source: Source, line: string, start: number, end: number): void {
  source.column = utf8(line.slice(0, start)).length;
  source.tokenLength = utf8(line.slice(start, end)).length;
}

/** Names of recipients become what they stand for now. */
function withRecipients(vm: Vm, form: ShellForm, call: ShellCall): ShellCall {
  const kindOf = (index: number): string | undefined => form.params[Math.min(index, form.params.length - 1)]?.type;
  return { ...call, args: call.args.map((arg, index) => (kindOf(index) === "recipient" ? (vm.host.recipient?.(arg, vm) ?? arg) : arg)) };
}

/** A word that the session runs: it must be the last of its line, and typed rather than compiled. */
function callOutside(vm: Vm, source: Source, word: string, form: ShellForm, first: boolean): void {
  if (vm.compiling || vm.sources.stack.length > 1) throw vm.fault({ code: "LANG_OUTSIDE_PLACE", word });
  const { args, options } = readCall(vm, source, form, first);
  const { start, length } = vm.text.parseName();
  if (length > 0 && !(length === 1 && vm.bytes[source.address + start] === BACKSLASH)) throw vm.fault({ code: "LANG_OUTSIDE_PLACE", word });
  vm.stop = { kind: "outside", call: { word, args, options, rest: fromUtf8(source.text.subarray(source.next)) } };
  vm.mode = MODE.stopped;
}
