import { HOST_WORDS } from "../primitives/host-words.ts";
import type { HostWordSpec } from "../primitives/spec.ts";
import { inOrder } from "./builtin-names.ts";
import { builtinNames, SHELL_FORMS } from "../primitives/table.ts";
import { foldName, isOpenWordlist, WORDLIST } from "../words.ts";
import type { Vm } from "./vm.ts";

/** Stack forms of words that people write in another form. */
const HIDDEN = new Set((HOST_WORDS as readonly HostWordSpec[]).filter(({ shell }) => shell !== undefined).map(({ word }) => word.toLowerCase()));

let language: readonly string[] | undefined;

/** Words of the language as people write them; the table does not change, so they are put in order once. */
function languageNames(): readonly string[] {
  return (language ??= inOrder(builtinNames()).filter((name) => !HIDDEN.has(foldName(name)) && !SHELL_FORMS.has(foldName(name))));
}

/**
 * What `words PART` prints: names that contain the part, in groups: the user's, newest first, those
 * of subjects that were loaded, those of the shell, those of the language. A shell word stands there by the name that people write.
 */
export function wordList(vm: Vm, part: string): string {
  const folded = foldName(part);
  const namesIn = (belongs: (wordlist: number) => boolean): string[] => vm.dictionary.entries.filter(({ name, wordlist }) => name !== "" && belongs(wordlist)).map(({ name }) => name).reverse();
  const own = namesIn(isOpenWordlist);
  const library = namesIn((wordlist) => wordlist === WORDLIST.library);
  const shell = [...SHELL_FORMS.keys(), ...vm.outside.keys()].sort();
  const groups: readonly (readonly [string, readonly string[]])[] = [["yours", own], ["stdlib", library], ["shell", shell], ["language", languageNames()]];
  const shown = groups.map(([title, names]) => ({ title, names: [...new Set(names)].filter((name) => foldName(name).includes(folded)) }));
  const text = shown.filter(({ names }) => names.length > 0).map(({ title, names }) => `${title}:\n${columns(names, vm.columns)}`).join("");
  return text === "" ? `no word has ${part} in its name\n` : text;
}

function columns(names: readonly string[], width: number): string {
  const lines: string[] = [];
  let line = " ";
  for (const name of names) {
    if (line.length + name.length + 1 > width && line !== " ") {
      lines.push(line);
      line = " ";
    }
    line += ` ${name}`;
  }
  return `${[...lines, line].join("\n")}\n`;
}
