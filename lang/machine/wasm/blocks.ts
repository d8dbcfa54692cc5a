import type { EntryKind } from "../../dictionary.ts";

/** What the compiler reads of a machine: its code and what its tokens mean. */
export interface CodeSource {
  readonly code: Int32Array;
  readonly codeEnd: number;
  /** First address beyond data space. */
  readonly dataEnd: number;
  /** Undefined for a token that is none. */
  entry(xt: number): { readonly kind: EntryKind; readonly data: number; readonly code: number } | undefined;
  /** The token a DEFER word stands for now. */
  deferred(slot: number): number;
  /** Bytes of a string literal, by its number. */
  stringLength(literal: number): number;
  /** What a CONSTANT holds there, if that is a cell. */
  constant(slot: number): bigint | undefined;
}

/** A place in code: where, and in which inlined copy of the word. */
export interface Frame {
  /** Address where the word's code begins. */
  readonly code: number;
  readonly depth: number;
  readonly caller?: { readonly frame: Frame; readonly returnTo: number };
}

/** One instruction, or part of one, without branches. `ip` is where the interpreter would go on to do it itself. */
export type Step = { readonly ip: number } & (
  | { readonly kind: "charge"; readonly erg: number }
  | { readonly kind: "literal"; readonly value: bigint }
  | { readonly kind: "primitive"; readonly code: number }
  | { readonly kind: "pick" | "roll"; readonly depth: number }
  | { readonly kind: "call"; readonly code: number; readonly returnTo: number; readonly catches?: true }
  | { readonly kind: "enter"; readonly returnTo: number }
  | { readonly kind: "leave" }
  | { readonly kind: "do" }
  | { readonly kind: "unloop" }
  | { readonly kind: "locals"; readonly count: number; readonly initialised: number }
  | { readonly kind: "local"; readonly index: number }
  | { readonly kind: "toLocal"; readonly index: number }
  | { readonly kind: "dropLocals" }
  | { readonly kind: "addField"; readonly offset: number }
  | { readonly kind: "fromSlots"; readonly slot: number; readonly count: 1 | 2 }
  | { readonly kind: "toSlot"; readonly slot: number }
  | { readonly kind: "deferCheck"; readonly slot: number; readonly xt: number }
  | { readonly kind: "drop" }
);

/** A word that EXECUTE may run without leaving compiled code. */
export interface ExecuteTarget {
  readonly xt: number;
  /** Where its code begins. */
  readonly code: number;
}

/** How a block ends. `next` is where control goes on, `other` the branch; both are numbers of blocks. */
export type End = { readonly ip: number } & (
  | { readonly kind: "jump"; readonly next: number }
  | { readonly kind: "branch0" | "queryDup0"; readonly next: number; readonly other: number }
  | { readonly kind: "queryDo"; readonly next: number; readonly other: number }
  | { readonly kind: "loop" | "plusLoop"; readonly next: number; readonly other: number }
  | { readonly kind: "of"; readonly next: number; readonly other: number }
  | { readonly kind: "execute"; readonly cases: readonly { readonly xt: number; readonly to: number }[] }
  | { readonly kind: "return" }
  | { readonly kind: "bail" }
);

export interface Block {
  readonly steps: Step[];
  end: End;
}

/** What to do with a call: make it, copy the word's code to here, or let the interpreter go on. */
export type CallChoice = "call" | "inline" | "bail";

export interface GraphPolicy {
  readonly source: CodeSource;
  /** `code` is where the called word begins. */
  choose(code: number, caller: Frame): CallChoice;
  /** Tokens seen at the EXECUTE there. */
  targets(ip: number): readonly ExecuteTarget[];
  /** Most steps; beyond them the word stays with the interpreter. */
  readonly stepLimit: number;
}
