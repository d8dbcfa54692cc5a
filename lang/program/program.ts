import type { Value } from "../value.ts";

/**
 * Code as packages carry it: what a recorded thread did, in order, with every word of the user's that it
 * needs. Words are named by fixed code numbers (built-in) or by their order of definition (the
 * user's), so the bytes mean the same on every node (R6, G25).
 */
export interface Program {
  readonly entries: readonly ProgramEntry[];
}

export type ProgramEntry =
  /** Defines the next word of the user's: a colon word with this code. */
  | { readonly kind: "colon"; readonly name: string; readonly code: readonly Instruction[] }
  | { readonly kind: "literal"; readonly value: Value }
  /** Executes a word. `text` is what it finds in the source after itself; it defines words of these names. */
  | { readonly kind: "word"; readonly word: WordRef; readonly text: string; readonly defines: readonly string[] };

export type WordRef = { readonly code: number } | { readonly user: number };

/** One instruction of a colon word. Branches name an instruction by its index; loops pair up by nesting. */
export type Instruction =
  | { readonly op: "literal"; readonly value: Value }
  | { readonly op: "string" | "counted"; readonly bytes: Uint8Array }
  | { readonly op: "word" | "tick"; readonly word: WordRef }
  | { readonly op: "to"; readonly user: number }
  | { readonly op: "branch" | "branch0" | "of"; readonly target: number }
  | { readonly op: "do" | "queryDo" | "loop" | "plusLoop" | "leave" | "exit" | "does" }
  | { readonly op: "locals"; readonly count: number; readonly initialised: number }
  | { readonly op: "local" | "toLocal"; readonly index: number };

/** Bounds of a program, checked before anything of it is kept. */
export const PROGRAM_LIMITS = {
  /** A package of 256 KiB is what a data block has room for. */
  bytes: 256 << 10,
  entries: 16_384,
  userWords: 4_096,
  instructions: 16_384,
  textBytes: 4_096,
} as const;

export { decodeCall, decodeProgram, encodeProgram } from "./codec.ts";
export { usedCodes, usedWords } from "./used-words.ts";
