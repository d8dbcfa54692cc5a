import type { LangFault } from "../fault.ts";
import { remedyFor } from "../help/other-shells.ts";
import { ownsLine } from "../command-line.ts";
import { builtinNames, SHELL_FORMS } from "../primitives/table.ts";
import { suggest } from "../suggest.ts";
import { shippedIn } from "./library.ts";
import type { Vm } from "./vm.ts";

type UnknownWord = Extract<LangFault, { code: "LANG_UNKNOWN_WORD" }>;

/**
 * Adds to the fault of an unknown word the names that are like it, and the subject of the stdlib that has it. Looking for
 * them takes a third of a millisecond, so it is done for people, when the fault is reported, and not for a `catch`.
 */
export function withNearest(vm: Vm, fault: { readonly code: string }): { readonly code: string } {
  if (fault.code !== "LANG_UNKNOWN_WORD") return fault;
  const unknown = fault as UnknownWord;
  const names = new Set(builtinNames());
  for (const wordlist of new Set(vm.dictionary.searchOrder)) for (const entry of vm.dictionary.visible(wordlist)) names.add(entry.name);
  for (const shell of SHELL_FORMS.keys()) names.add(shell);
  for (const outside of vm.outside.keys()) names.add(outside);
  const subject = shippedIn(vm, unknown.word)?.subject;
  const after = wordBefore(vm);
  const remedy = remedyFor(unknown.word);
  const open = openBefore(vm);
  const found: UnknownWord = {
    ...unknown, nearest: suggest(unknown.word, names), ...(subject !== undefined && { subject: subject.name }), ...(after !== undefined && { after }),
    ...(remedy !== undefined && { remedy }), ...(open !== undefined && { open }),
  };
  return found;
}

/** The name of a definition that is open, if it was not begun on the line that fails: its user may have forgotten it. */
function openBefore(vm: Vm): string | undefined {
  const { definition } = vm.compiler;
  if (definition === undefined || !vm.dictionary.has(definition.xt) || vm.sources.stack.length !== 1) return undefined; // a marker may have forgotten it
  const { name, line } = vm.entry(definition.xt);
  return line >= 0 && line === vm.sources.top?.lineIndex ? undefined : name || ":noname";
}

/** The shell word that would have taken the unknown one as a parameter, had it been first on its line (R14). */
function wordBefore(vm: Vm): string | undefined {
  const at = vm.text.spot();
  const tokens = at?.text.slice(0, at.column).trim().split(/\s+/) ?? [];
  const form = tokens.length < 2 ? undefined : SHELL_FORMS.get(tokens.at(-1)?.toLowerCase() ?? "");
  return form !== undefined && ownsLine(form) ? form.word : undefined;
}
