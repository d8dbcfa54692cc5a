import { describeForm, describeOption } from "../command-line-parameters.ts";
import type { ShellForm, ShellOption } from "../primitives/spec.ts";
import { ARITHMETIC_HELP, DOUBLE_HELP } from "./core-arithmetic.ts";
import { CONTROL_HELP } from "./core-control.ts";
import { DEFINING_HELP } from "./core-defining.ts";
import { FILES_HELP } from "./core-files.ts";
import { FACILITY_HELP } from "./core-facility.ts";
import { INPUT_HELP } from "./core-input.ts";
import { MEMORY_HELP } from "./core-memory.ts";
import { STACK_HELP } from "./core-stack.ts";
import { TEXT_HELP } from "./core-text.ts";
import { TOOLS_HELP } from "./core-tools.ts";
import type { WordHelp } from "./entry.ts";
import { VALUE_WORD_HELP } from "../values/value-words.ts";

/** Help of every word that the machine runs itself; host words have theirs in their own table. */
export const CORE_HELP: readonly WordHelp[] = [
  ...STACK_HELP, ...ARITHMETIC_HELP, ...DOUBLE_HELP, ...MEMORY_HELP, ...CONTROL_HELP, ...DEFINING_HELP, ...TEXT_HELP, ...INPUT_HELP, ...FILES_HELP, ...TOOLS_HELP, ...FACILITY_HELP, ...VALUE_WORD_HELP,
];

const byName = new Map(CORE_HELP.map((entry) => [entry.word.toLowerCase(), entry]));

/** Help of one word; case does not count, as in the dictionary. */
export function coreHelp(word: string): WordHelp | undefined {
  return byName.get(word.toLowerCase());
}

/**
 * The lines of `help WORD`: the word with its effect and price, what it does, and its example.
 * `effect` and `erg` come from the table of words; a shell word that is only rewritten has neither.
 */
export function formatHelp({ word, text, example }: WordHelp, { effect, erg, form }: { readonly effect: string; readonly erg: number; readonly form?: ShellForm }): string {
  const head = [word, effect, erg === 0 ? "" : `${String(erg)} ERG`].filter((part) => part !== "").join("  ");
  const usage = form === undefined ? [] : [`  ${describeForm(form)}`];
  return [head, ...usage, `  ${text}`, ...optionLines(form?.options ?? []), ...exampleLines(example), ""].join("\n");
}

/** How every page of `help` ends: a line to try, and what it prints. */
export function exampleLines({ line, prints }: WordHelp["example"]): string[] {
  return [`  example  ${under(line)}`, ...(prints === "" ? [] : [`  prints   ${under(prints.trimEnd())}`])];
}

function optionLines(options: readonly ShellOption[]): string[] {
  const shown = options.map((option) => ({ flag: describeOption(option), help: option.help }));
  const widest = Math.max(0, ...shown.map(({ flag }) => flag.length));
  return shown.map(({ flag, help }) => `    ${flag.padEnd(widest)}  ${help}`);
}

/** Lines after the first stand under it. */
function under(text: string): string {
  return text.split("\n").join("\n           ");
}
