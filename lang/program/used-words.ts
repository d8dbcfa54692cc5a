import { OP } from "../primitives/structure.ts";
import { primitiveName } from "../primitives/table.ts";
import type { Instruction, Program, WordRef } from "./program.ts";

/** A built-in word that a program names, by code number. */
export interface UsedWord {
  readonly code: number;
  readonly word: string;
}

/** Every code of the table that a program's code or entries name, ascending. */
export function usedWords(program: Program): UsedWord[] {
  const codes = new Set<number>();
  const ref = (word: WordRef): void => void ("code" in word && codes.add(word.code));
  for (const entry of program.entries) {
    if (entry.kind === "word") ref(entry.word);
    if (entry.kind === "colon") for (const instruction of entry.code) for (const code of codesOf(instruction)) codes.add(code);
  }
  return [...codes].sort((a, b) => a - b).map((code) => ({ code, word: primitiveName(code) }));
}

function codesOf(instruction: Instruction): number[] {
  switch (instruction.op) {
    case "literal":
      return [instruction.value.kind === "cell" ? OP.lit : OP.box];
    case "word":
      return ["code" in instruction.word ? instruction.word.code : OP.call];
    case "tick":
      return "code" in instruction.word ? [OP.tick, instruction.word.code] : [OP.tick];
    default:
      return [OP[instruction.op]];
  }
}
