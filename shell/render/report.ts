import type { FaultReport, SourceSpot } from "../../lang/fault.ts";
import { faultText, isKnownFault, throwNumber } from "./faults.ts";
import { safeText } from "./safe-text.ts";
import { textWidth } from "./width.ts";

/** Columns of the source line that are shown around the caret. */
const SHOWN_COLUMNS = 72;
/** Words of the trace that are shown; the rest is counted. */
const SHOWN_TRACE = 5;

/**
 * A fault as users read it, several lines with a newline at the end: code, Forth throw number if it has one,
 * what happened; the line with a caret under the word; through which words; a hint.
 */
export function renderFault(report: FaultReport): string {
  const { fault, at, trace } = report;
  if (!isKnownFault(fault)) return `! ${safeText(fault.code)}: the node refused without a text for it\n  hint: report this code; it is a mistake of ours\n`;
  const { text, hint } = faultText(fault);
  const number = throwNumber(fault);
  const lines = [`! ${fault.code}${number === undefined ? "" : ` (${number})`}: ${safeText(text)}`];
  if (at !== undefined && at.text !== "") lines.push(...spotLines(at));
  if (trace.length > 0) lines.push(`  in: ${traceText(trace)}`);
  lines.push(`  hint: ${safeText(hint)}`);
  return `${lines.join("\n")}\n`;
}

/** The part of the line around the word, and a caret under the word's first character. */
function spotLines(at: SourceSpot): readonly [string, string] {
  const column = Math.min(at.column, at.text.length);
  const from = Math.max(0, column - SHOWN_COLUMNS + 24);
  const cut = from > 0 ? "…" : "";
  const shown = at.text.slice(from, from + SHOWN_COLUMNS);
  const place = at.source === "prompt" || at.source === "command" ? "" : `${safeText(at.source)}:${at.line}: `;
  const before = place + cut + safeText(at.text.slice(from, column));
  const carets = "^".repeat(Math.max(1, Math.min(textWidth(safeText(at.text.slice(column, column + at.length))), SHOWN_COLUMNS)));
  return [`  ${place}${cut}${safeText(shown)}`, `  ${" ".repeat(textWidth(before))}${carets.slice(0, 1)}`];
}

function traceText(trace: FaultReport["trace"]): string {
  const words = trace.slice(0, SHOWN_TRACE).map((step) => safeText(step.word));
  const more = trace.length - words.length;
  return words.join(", called by ") + (more > 0 ? `, and ${more} more` : "");
}
