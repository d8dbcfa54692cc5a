import { coreHelp, exampleLines, formatHelp } from "../help/core-help.ts";
import type { WordHelp } from "../help/entry.ts";
import { LIBRARY_EXAMPLES } from "../help/library-examples.ts";
import { programsPage } from "../help/programs-page.ts";
import { typesPage } from "../help/types-page.ts";
import { builtinNames, builtinXt, rowOf, SHELL_FORMS } from "../primitives/table.ts";
import { SHELL_WORDS } from "../primitives/shell-words.ts";
import type { HostWordSpec, ShellForm } from "../primitives/spec.ts";
import { HOST_WORDS } from "../primitives/host-words.ts";
import { suggest } from "../suggest.ts";
import { foldName, WORDLIST } from "../words.ts";
import { shippedIn, sourceName, subjectTable } from "./library.ts";
import { outsideForm } from "./run-result.ts";
import type { Vm } from "./vm.ts";

const OVERVIEW = `A line is words and values from left to right: 2 3 + .  prints 5.
A shell word takes what follows it: mkdir docs  echo hi > docs/note
A line that fails changes nothing.

  help WORD    what a word does, with an example
  help types   the kinds of values, and how they convert
  help use     subjects of the stdlib: lists, JSON, dates …
  help programs: files that others may call
  words        all words
  s            the stack: values, kinds and where they come from
  step trace   the rest of the line, one word at a time; break NAME, watch NAME
  undo         takes the last good line back
  bt rt ct     begin, ready, commit: one signature for all that stands between
  faucet       coins to try with, on a devnet
  exit         ends the session, as Ctrl-D does
`;

/** What `help NAME` prints; without a name, how to begin. Every text and example in it is tested. */
export function helpText(vm: Vm, name: string): string {
  const folded = foldName(name);
  if (folded === "") return OVERVIEW;
  if (folded === "types") return typesPage();
  if (folded === "programs") return programsPage();
  const outside = vm.outside.get(folded);
  if (outside !== undefined) return formatHelp({ word: outside.word, text: outside.help, example: { line: outside.example, prints: "" } }, { effect: "", erg: 0, form: outsideForm(outside) });
  if (folded === "use") return `${builtinHelp(folded) ?? ""}${subjectTable()}`;
  const xt = vm.dictionary.find(name);
  if (vm.dictionary.has(xt)) return ownWord(vm, xt);
  return shellHelp(folded) ?? builtinHelp(folded) ?? unknown(vm, name);
}

/** A word of the user's: its first line says the stack effect, if its author did. */
function ownWord(vm: Vm, xt: number): string {
  if (vm.entry(xt).wordlist === WORDLIST.library) return libraryHelp(vm, vm.entry(xt).name) ?? "";
  const { name, kind, line } = vm.entry(xt);
  const source = vm.lines.lines[line];
  const where = source === undefined ? "" : `  ${source.source}, line ${String(source.line)}: ${source.text.trim()}\n`;
  return `${name}  (${kind}, your own)\n${where}`;
}

function shellHelp(folded: string): string | undefined {
  const form = SHELL_FORMS.get(folded);
  if (form === undefined) return undefined;
  const alone = SHELL_WORDS.find((spec) => spec.shell === form);
  if (alone !== undefined) return formatHelp(pageOf(form.word, alone), { effect: "", erg: 0, form });
  const host = (HOST_WORDS as readonly HostWordSpec[]).find((spec) => spec.shell === form);
  return host && hostHelp(host, form);
}

function hostHelp(spec: HostWordSpec, form: ShellForm): string {
  const stackForm = `stack form: ${spec.word} ${spec.effect}`;
  return formatHelp({ ...pageOf(form.word, spec), text: `${spec.help}\n  ${stackForm}` }, { effect: "", erg: spec.erg, form });
}

function pageOf(word: string, spec: { readonly help: string; readonly example: WordHelp["example"] }): WordHelp {
  return { word, text: spec.help, example: spec.example };
}

function builtinHelp(folded: string): string | undefined {
  const row = rowOf(builtinXt(folded));
  if (row === undefined || row.kind === "structure") return undefined;
  const { effect, erg } = row.spec;
  if (row.kind === "host") return formatHelp(pageOf(row.spec.word, row.spec), { effect, erg });
  const page = coreHelp(folded);
  return page && formatHelp(page, { effect, erg });
}

/** A word of the stdlib, loaded or not: its effect, what its source says of it, the subject it belongs to, and an example. */
function libraryHelp(vm: Vm, name: string): string | undefined {
  const shipped = shippedIn(vm, name);
  if (shipped === undefined) return undefined;
  const { subject, described } = shipped;
  const example = LIBRARY_EXAMPLES[subject.name]?.[foldName(name)];
  const lines = [described.definition, ...described.comment.map((line) => `  ${line}`), `  ${sourceName(subject.name)}; use ${subject.name} loads it`, ...(example === undefined ? [] : exampleLines(example))];
  return `${lines.join("\n")}\n`;
}

/** ERG for comparing an unknown name with one that is known. */
const COMPARED_ERG = 40;

function unknown(vm: Vm, name: string): string {
  const shipped = libraryHelp(vm, name);
  if (shipped !== undefined) return shipped;
  const names = [...builtinNames(), ...SHELL_FORMS.keys(), ...vm.outside.keys(), ...vm.dictionary.entries.map((entry) => entry.name)];
  vm.charge(names.length * COMPARED_ERG);
  const nearest = suggest(name, names);
  return `no word ${name}${nearest.length === 0 ? "" : `; did you mean ${nearest.join(", ")}?`}\n`;
}
