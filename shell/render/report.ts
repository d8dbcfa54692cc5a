import type { FaultReport, SourceSpot } from "../../lang/fault.ts";
import { faultText, isKnownFault, throwNumber } from "./faults.ts";
import { safeText } from "./safe-text.ts";
import { graphemes, graphemeWidth, textWidth } from "./width.ts";

/** Columns of the source line that are shown around the caret. */
const SHOWN_COLUMNS = 72;
/** Of these, columns that are left for the word and what follows it when the line is cut. */
const COLUMNS_FROM_WORD = 24;
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
  const place = isTyped(at) ? "" : `${safeText(at.source)}:${at.line}: `;
  const before = lastColumns(shown(at.text.slice(Math.max(0, at.column - SHOWN_COLUMNS), at.column)), SHOWN_COLUMNS - COLUMNS_FROM_WORD);
  const cutBefore = before.isCut || at.column > SHOWN_COLUMNS ? "…" : "";
  const room = SHOWN_COLUMNS - textWidth(before.text);
  const after = firstColumns(shown(at.text.slice(at.column, at.column + SHOWN_COLUMNS)), room);
  const cutAfter = after.isCut || at.text.length > at.column + SHOWN_COLUMNS ? "…" : "";
  const front = `${place}${cutBefore}${before.text}`;
  return [`  ${front}${after.text}${cutAfter}`, `  ${" ".repeat(textWidth(front))}^`];
}

/** What people typed has no name and no number of its own. */
function isTyped({ source }: SourceSpot): boolean {
  return source === "prompt" || source === "command";
}

/** A tab takes one column: its own width depends on where it stands. */
function shown(text: string): string {
  return safeText(text.replaceAll("\t", " "));
}

interface Part {
  readonly text: string;
  readonly isCut: boolean;
}

function firstColumns(text: string, columns: number): Part {
  const parts = graphemes(text);
  let width = 0;
  const end = parts.findIndex((part) => (width += graphemeWidth(part)) > columns);
  return end === -1 ? { text, isCut: false } : { text: parts.slice(0, end).join(""), isCut: true };
}

function lastColumns(text: string, columns: number): Part {
  const parts = graphemes(text);
  let width = 0;
  const start = parts.findLastIndex((part) => (width += graphemeWidth(part)) > columns);
  return { text: parts.slice(start + 1).join(""), isCut: start >= 0 };
}

function traceText(trace: FaultReport["trace"]): string {
  const words = trace.slice(0, SHOWN_TRACE).map(({ word, spot }) => `${safeText(word)}${spot === undefined ? "" : ` (${placeText(spot)})`}`);
  const more = trace.length - words.length;
  return words.join(", called by ") + (more > 0 ? `, and ${more} more` : "");
}

/** Where in its source a word was when it went on to the next. */
function placeText(spot: SourceSpot): string {
  const column = String(spot.column + 1);
  return isTyped(spot) ? `column ${column}` : `${safeText(spot.source)}:${String(spot.line)}:${column}`;
}
