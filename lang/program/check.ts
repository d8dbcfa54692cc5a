import { rowOf } from "../primitives/table.ts";
import type { Value } from "../value.ts";
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
 * Literals that nothing can hide, and built-in words without text: payments, mostly. No built-in word is a number or a
 * quoted name, and each is found by its own, which the tests of the word table hold it to, so there is nothing that
 * decompiling could refuse.
 */
function isPlain({ entries }: Program): boolean {
  return entries.every((entry) => {
    if (entry.kind === "colon") return false;
    if (entry.kind === "literal") return isPlainLiteral(entry.value);
    return "code" in entry.word && hasName(entry.word.code) && entry.text === "" && entry.defines.length === 0;
  });
}

function hasName(code: number): boolean {
  const row = rowOf(code);
  return row?.kind === "host" || (row?.kind === "primitive" && row.spec.internal !== true);
}

/** A number, or text of up to a hundred letters and digits. */
export function isPlainLiteral(value: Value): boolean {
  return value.kind === "text" ? isPlainText(value.value) : value.kind !== "bytes";
}

/** A pattern takes four times as long, and every payment has an address. */
function isPlainText(text: string): boolean {
  if (text.length === 0 || text.length > 100) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const letter = code | 0x20;
    if (!((code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x7a))) return false;
  }
  return true;
}

function checkCode(code: number): void {
  const row = rowOf(code);
  if (row === undefined || row.kind === "structure") badProgram(`unknown code ${code}`);
  if (row.kind === "host" && row.spec.access === "thread") badProgram(`${row.spec.word} belongs to a session`);
}
