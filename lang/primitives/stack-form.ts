import type { ShellCall, StackFormItem } from "./spec.ts";

/** Helpers for the rewriting of shell words: what several of them do alike. */

/** The same word for each argument, and for none once for `otherwise`. */
export function each(call: ShellCall, word: string, otherwise?: string): StackFormItem[] {
  const args = call.args.length === 0 && otherwise !== undefined ? [otherwise] : call.args;
  return args.flatMap((text) => [{ text }, { word }]);
}

/** As `each`, with a number between argument and word. */
export function eachWith(call: ShellCall, number: string, word: string, otherwise?: string): StackFormItem[] {
  const args = call.args.length === 0 && otherwise !== undefined ? [otherwise] : call.args;
  return args.flatMap((text) => [{ text }, { number }, { word }]);
}

/** The sum of the bits of options that were given, as a number token. */
export function bits({ options }: ShellCall, values: Readonly<Record<string, number>>): string {
  const sum = Object.entries(values).reduce((total, [name, bit]) => total + (options[name] === undefined ? 0 : bit), 0);
  return `${sum}`;
}

/** The value of an option, or what it is when the option was not given. */
export function optionText({ options }: ShellCall, name: string, otherwise: string): string {
  const value = options[name];
  return typeof value === "string" ? value : otherwise;
}

/**
 * From one or several to one: two words are from and to; of more, all but the last go into the last,
 * whose slash at the end says that it must be a directory.
 */
export function eachIntoLast({ args }: ShellCall, after: readonly StackFormItem[]): StackFormItem[] {
  const to = args[args.length - 1] ?? "";
  const from = args.slice(0, -1);
  return from.flatMap((text) => [{ text }, { text: from.length > 1 ? `${to}/` : to }, ...after]);
}
