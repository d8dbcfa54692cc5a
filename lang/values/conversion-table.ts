import type { ValueKind } from "../value.ts";

/**
 * How an entry of one kind becomes another kind. `convert` acts by the rule, `help types` prints
 * `note`: the table is the only place where this is decided (G45).
 */
export interface Conversion {
  readonly rule:
    | "same" // the entry itself
    | "widen" // a number that the other kind holds exactly
    | "narrow" // a number, if the other kind can hold it; else LANG_WRONG_KIND
    | "read" // text that reads as a number of that kind; else LANG_WRONG_KIND
    | "print" // the digits of the number
    | "encode" // the UTF-8 of the text
    | "decode" // the text of strict UTF-8; else LANG_WRONG_KIND
    | "never"; // LANG_WRONG_KIND
  readonly note: string;
}

const SAME: Conversion = { rule: "same", note: "as it is" };
const PRINT: Conversion = { rule: "print", note: "its decimal digits" };
const NEVER_BYTES: Conversion = { rule: "never", note: "no: a number has many byte forms, so say which" };
const NEVER_NUMBER: Conversion = { rule: "never", note: "no: make text of them first" };
const WHOLE: Conversion = { rule: "same", note: "as it is: a whole number that fits a cell stays a cell" };

/** From the kind of the entry (outer key) to the kind that a word asks for (inner key). */
export const CONVERSIONS: Readonly<Record<ValueKind, Readonly<Record<ValueKind, Conversion>>>> = {
  cell: {
    cell: SAME,
    integer: WHOLE,
    decimal: { rule: "widen", note: "the same number" },
    text: PRINT,
    bytes: NEVER_BYTES,
  },
  integer: {
    cell: { rule: "never", note: "no: an integer entry is larger than a cell" },
    integer: SAME,
    decimal: { rule: "widen", note: "the same number" },
    text: PRINT,
    bytes: NEVER_BYTES,
  },
  decimal: {
    cell: { rule: "narrow", note: "if it is whole and fits" },
    integer: { rule: "narrow", note: "if it is whole" },
    decimal: SAME,
    text: PRINT,
    bytes: NEVER_BYTES,
  },
  text: {
    cell: { rule: "read", note: "if it reads as a whole number that fits" },
    integer: { rule: "read", note: "if it reads as a whole number" },
    decimal: { rule: "read", note: "if it reads as a number" },
    text: SAME,
    bytes: { rule: "encode", note: "its UTF-8" },
  },
  bytes: {
    cell: NEVER_NUMBER,
    integer: NEVER_NUMBER,
    decimal: NEVER_NUMBER,
    text: { rule: "decode", note: "if they are UTF-8" },
    bytes: SAME,
  },
};

/**
 * The kind of the result of arithmetic, by the kinds of the operands; text counts as the number it
 * reads as, so its row is what it becomes. `cell` means: wraps in 64 bits, as Forth has it. `integer`
 * means: any size, and a cell again when it fits one.
 */
export const PROMOTION: Readonly<Record<"cell" | "integer" | "decimal", Readonly<Record<"cell" | "integer" | "decimal", "cell" | "integer" | "decimal">>>> = {
  cell: { cell: "cell", integer: "integer", decimal: "decimal" },
  integer: { cell: "integer", integer: "integer", decimal: "decimal" },
  decimal: { cell: "decimal", integer: "decimal", decimal: "decimal" },
};

/** What a fault says was expected, for each kind a word can ask for. */
export const KIND_NAMES: Readonly<Record<ValueKind, string>> = {
  cell: "a whole number within 64 bits",
  integer: "a whole number",
  decimal: "a number",
  text: "text",
  bytes: "bytes",
};
