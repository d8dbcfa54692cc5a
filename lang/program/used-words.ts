import { sortShort } from "../base/sort.ts";
import { OP } from "../primitives/structure.ts";
import { primitiveName } from "../primitives/table.ts";
import type { Instruction, Program } from "./program.ts";

/** A built-in word that a program names, by code number. */
export interface UsedWord {
  readonly code: number;
  readonly word: string;
}

/** Every code of the table that the programs' code or entries name, ascending, each once. */
export function usedCodes(programs: readonly Program[]): readonly number[] {
  const codes: number[] = [];
  for (const { entries } of programs) {
    for (const entry of entries) {
      if (entry.kind === "word" && "code" in entry.word) codes.push(entry.word.code);
      if (entry.kind === "colon") for (const instruction of entry.code) codes.push(...codesOf(instruction));
    }
  }
  if (codes.length < 2) return codes;
  const sorted = sortShort(codes, (a, b) => a - b);
  const isTwice = (code: number, index: number): boolean => code === sorted[index - 1];
  return sorted.some(isTwice) ? sorted.filter((code, index) => !isTwice(code, index)) : sorted;
}

/** The words of `usedCodes`. */
export function usedWords(programs: readonly Program[]): UsedWord[] {
  return usedCodes(programs).map((code) => ({ code, word: primitiveName(code) }));
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
