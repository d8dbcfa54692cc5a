import { safeText } from "./safe-text.ts";
import { graphemes, graphemeWidth, textWidth } from "./width.ts";

/** Tables as text, for terminals of 80 columns and for pipes. */

/** `right`: numbers, which line up at their end. */
export interface Column {
  readonly name: string;
  readonly align?: "right";
}

/** One line for each row under one of names; what no terminal should obey is made safe. Ends in a newline. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const all = [columns.map(({ name }) => name), ...rows.map((row) => row.map(safeText))];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => textWidth(row[index] ?? ""))));
  return all.map((row) => `${columns.map(({ align }, index) => padded(row[index] ?? "", widths[index] ?? 0, align)).join("  ").trimEnd()}\n`).join("");
}

function padded(text: string, width: number, align: Column["align"]): string {
  const blanks = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Names and what belongs to them, one pair on a line. */
export function factsText(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${`  ${name.padEnd(width)}  ${safeText(text)}`.trimEnd()}\n`).join("");
}

/** The front of a text that fits, with `…` where it was cut. */
export function fitted(text: string, columns: number): string {
  const safe = safeText(text);
  if (textWidth(safe) <= columns) return safe;
  let width = 1;
  const parts = graphemes(safe);
  const end = parts.findIndex((part) => (width += graphemeWidth(part)) > columns);
  return `${parts.slice(0, end === -1 ? parts.length : end).join("")}…`;
}
