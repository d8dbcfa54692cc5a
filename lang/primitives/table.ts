import { assert } from "../base/assert.ts";
import { ARITHMETIC } from "./arithmetic.ts";
import { BLOCKS } from "./blocks.ts";
import { CHARACTERS } from "./characters.ts";
import { COMPARISON } from "./comparison.ts";
import { CONDITIONAL } from "./conditional.ts";
import { CONTROL } from "./control.ts";
import { DEBUGGING } from "./debugging.ts";
import { DEFINING } from "./defining.ts";
import { DOUBLE } from "./double.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { FILE_ACCESS } from "./file-access.ts";
import { HOST_WORDS } from "./host-words.ts";
import { INCLUDING } from "./including.ts";
import { KEYS } from "./keys.ts";
import { LIBRARY } from "./library.ts";
import { LOCALS } from "./locals.ts";
import { MEMORY } from "./memory.ts";
import { NAME_TOKENS } from "./name-tokens.ts";
import { ALLOCATION } from "./allocation.ts";
import { OUTPUT } from "./output.ts";
import { PARSING } from "./parsing.ts";
import { PICTURED } from "./pictured.ts";
import { RETURN_STACK } from "./return-stack.ts";
import { FIRST_USER_XT } from "./first-user-xt.ts";
import { arity, type PrimitiveRow } from "./row.ts";
import { SEARCH_ORDER } from "./search-order.ts";
import { SHELL_WORDS } from "./shell-words.ts";
import type { HostWordSpec, ShellForm } from "./spec.ts";
import { STACK } from "./stack.ts";
import { STRINGS } from "./strings.ts";
import { STRUCTURE, type StructureSpec } from "./structure.ts";
import { STRUCTURES } from "./structures.ts";
import { TERMINAL } from "./terminal.ts";
import { TEXT } from "./text.ts";
import { TOOLS } from "./tools.ts";

/** Changes whenever a word is added or changed, its price included; packages carry it (R6). */
export const WORD_TABLE_VERSION = 4;

/** Every word the machine runs itself. One row for each, in families. */
export const PRIMITIVES: readonly PrimitiveRow[] = [
  ...STACK, ...RETURN_STACK, ...ARITHMETIC, ...COMPARISON, ...DOUBLE, ...MEMORY, ...ALLOCATION, ...STRINGS, ...CHARACTERS,
  ...TEXT, ...PICTURED, ...OUTPUT, ...TERMINAL, ...KEYS, ...EXCEPTIONS, ...CONTROL, ...DEFINING, ...STRUCTURES,
  ...LOCALS, ...FILE_ACCESS, ...PARSING, ...CONDITIONAL, ...SEARCH_ORDER, ...NAME_TOKENS, ...BLOCKS, ...INCLUDING, ...LIBRARY, ...TOOLS, ...DEBUGGING,
];

/** A word by its code number, whoever carries it out. */
export type TableRow =
  | { readonly kind: "structure"; readonly spec: StructureSpec }
  | { readonly kind: "primitive"; readonly spec: PrimitiveRow }
  | { readonly kind: "host"; readonly spec: HostWordSpec };

const rows = new Map<number, TableRow>();
const names = new Map<string, number>();

function add(row: TableRow): void {
  const { code, word } = row.spec;
  assert(!rows.has(code), `code ${code} is given twice: ${word}`);
  rows.set(code, row);
  if (row.kind === "structure" || (row.kind === "primitive" && row.spec.internal === true)) return;
  const folded = word.toLowerCase();
  assert(!names.has(folded), `two rows are named ${word}`);
  names.set(folded, code);
}
for (const spec of STRUCTURE) add({ kind: "structure", spec });
for (const spec of PRIMITIVES) add({ kind: "primitive", spec });
for (const spec of HOST_WORDS) add({ kind: "host", spec });

/** Entries each word needs, and by how much it grows the stack: checked before the word runs. */
export const TAKES = new Uint8Array(FIRST_USER_XT);
export const GROWS = new Int8Array(FIRST_USER_XT);
for (const [code, row] of rows) {
  const { takes, gives } = arity(row.spec.effect);
  TAKES[code] = (row.kind === "primitive" ? row.spec.takes : undefined) ?? takes;
  GROWS[code] = gives - takes;
}

/** Undefined for a number that no word has. */
export function rowOf(code: number): TableRow | undefined {
  return rows.get(code);
}

/** All rows, in order of code. */
export function allRows(): readonly TableRow[] {
  return [...rows.values()].sort((a, b) => a.spec.code - b.spec.code);
}

/** Code number of a built-in word by folded name; 0 if there is none. */
export function builtinXt(folded: string): number {
  return names.get(folded) ?? 0;
}

/** Tokens of all words that can be found by name, in order of code. */
export const BUILTIN_XTS: readonly number[] = [...names.values()].sort((a, b) => a - b);

const writtenNames = BUILTIN_XTS.map(primitiveName);

/** Names of all built-in words, as people write them, in order of code. */
export function builtinNames(): readonly string[] {
  return writtenNames;
}

export function primitiveName(code: number): string {
  return rows.get(code)?.spec.word ?? `code ${code}`;
}

const shellForms = new Map<string, ShellForm>();
for (const spec of HOST_WORDS as readonly HostWordSpec[]) if (spec.shell !== undefined) shellForms.set(spec.shell.word.toLowerCase(), spec.shell);
for (const spec of SHELL_WORDS) shellForms.set(spec.shell.word.toLowerCase(), spec.shell);

/** The words of wordlist GRID that take inline parameters, by folded name. */
export const SHELL_FORMS: ReadonlyMap<string, ShellForm> = shellForms;
