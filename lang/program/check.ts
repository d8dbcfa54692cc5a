import { rowOf } from "../primitives/table.ts";
import { badProgram } from "./bad-program.ts";
import { decompile } from "./decompile.ts";
import { PROGRAM_LIMITS, type Program } from "./program.ts";

/**
 * Judges a program: it is good if it can be written as source that means the same, and names no word
 * that only a session has. Faults: LANG_BAD_PROGRAM.
 */
export function checkProgram(program: Program): void {
  if (program.entries.length > PROGRAM_LIMITS.entries) badProgram(`more than ${PROGRAM_LIMITS.entries} entries`);
  for (const entry of program.entries) {
    if (entry.kind === "word" && "code" in entry.word) checkCode(entry.word.code);
    if (entry.kind !== "colon") continue;
    if (entry.code.length > PROGRAM_LIMITS.instructions) badProgram(`more than ${PROGRAM_LIMITS.instructions} instructions`);
    for (const instruction of entry.code) {
      if ((instruction.op === "word" || instruction.op === "tick") && "code" in instruction.word) checkCode(instruction.word.code);
    }
  }
  if (!isPlain(program)) decompile(program);
}

/**
 * Literals that nothing can hide, and host words without text: payments, mostly. No built-in word is a number or a
 * quoted name, which the tests of the word table hold it to, so there is nothing that decompiling could refuse.
 */
function isPlain({ entries }: Program): boolean {
  return entries.every((entry) => {
    if (entry.kind === "colon") return false;
    if (entry.kind === "literal") return entry.value.kind === "cell" || (entry.value.kind === "text" && PLAIN_TEXT.test(entry.value.value));
    return "code" in entry.word && rowOf(entry.word.code)?.kind === "host" && entry.text === "" && entry.defines.length === 0;
  });
}

const PLAIN_TEXT = /^[0-9A-Za-z]{1,100}$/;

function checkCode(code: number): void {
  const row = rowOf(code);
  if (row === undefined || row.kind === "structure") badProgram(`unknown code ${code}`);
  if (row.kind === "host" && row.spec.access === "thread") badProgram(`${row.spec.word} belongs to a session`);
}
