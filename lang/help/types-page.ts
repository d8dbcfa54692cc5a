import type { ValueKind } from "../value.ts";
import { COMPARISON_NOTES } from "../values/compare.ts";
import { CONVERSIONS, PROMOTION } from "../values/conversion-table.ts";
import { VALUE_LIMITS } from "../values/limits.ts";

const KINDS: readonly { readonly kind: ValueKind; readonly meaning: string }[] = [
  { kind: "cell", meaning: "a whole number of 64 bits: 5  -1  $ff  %101  'a'" },
  { kind: "integer", meaning: "a whole number that no cell can hold: 123456789012345678901234567890" },
  { kind: "decimal", meaning: "an exact decimal number: 0.1  -2.50" },
  { kind: "text", meaning: "Unicode text: 'a b'  \"x\"" },
  { kind: "bytes", meaning: "bytes, as files hold them" },
];

/** What `help types` prints: made from the conversion table itself, so it cannot say anything else. */
export function typesPage(): string {
  return [
    "An entry of the stack is of one of five kinds; s shows which.",
    "",
    ...KINDS.map(({ kind, meaning }) => `  ${kind.padEnd(8)} ${meaning}`),
    "",
    "When a word asks for another kind, an entry becomes it, or the word faults:",
    "",
    ...KINDS.flatMap(({ kind }) => conversionLines(kind)),
    "",
    "Arithmetic on two numbers gives (text counts as the number it reads as, bytes are none):",
    "",
    ...promotionLines(),
    "",
    "  Two cells wrap in 64 bits. An integer that fits a cell is a cell again.",
    "  + - * are exact. / rounds whole numbers down; with a decimal it keeps",
    `  ${VALUE_LIMITS.defaultDigits} significant digits, a tie going to the even one.`,
    "",
    "Comparison:",
    "",
    ...COMPARISON_NOTES.map((note) => `  ${note}`),
    "",
    "For if, while and until, zero and what is empty is false.",
    "",
  ].join("\n");
}

function conversionLines(from: ValueKind): string[] {
  return KINDS.filter(({ kind }) => kind !== from).map(({ kind }) => `  ${from.padEnd(8)} to ${kind.padEnd(8)} ${CONVERSIONS[from][kind].note}`);
}

function promotionLines(): string[] {
  const kinds = ["cell", "integer", "decimal"] as const;
  const row = (cells: readonly string[]): string => `  ${cells.map((name) => name.padEnd(9)).join("")}`.trimEnd();
  return [row(["", ...kinds]), ...kinds.map((left) => row([left, ...kinds.map((right) => PROMOTION[left][right])]))];
}
