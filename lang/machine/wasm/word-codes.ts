import { assert } from "../../base/assert.ts";
import { builtinXt, PRIMITIVES } from "../../primitives/table.ts";

/** Code number of a word of the table, those that no name finds included. */
export function codeOf(word: string): number {
  const code = builtinXt(word) || (PRIMITIVES.find((row) => row.word === word)?.code ?? 0);
  assert(code !== 0, `the table has a word ${word}`);
  return code;
}

/** Words that shape the flow of control or of the stack, so that the compiler looks at them by name. */
export const WORD = { execute: codeOf("execute"), catch: codeOf("catch"), queryDup: codeOf("?dup"), pick: codeOf("pick"), roll: codeOf("roll") } as const;
