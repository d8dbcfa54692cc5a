import { isUtf8 } from "node:buffer";
import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { diffLines, splitLines, type Edit } from "./text-diff.ts";

/** Larger texts are not merged; a file of this size can be shown, and fits into a package together with what else it does. */
export const MERGED_BYTES = 16 << 10;
const MOST_EDITS = 1_000;

/** Lines `start` to `end` (of the common ancestor, `end` left out) become `lines`. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly Uint8Array[];
}

/**
 * Both sides' edits of one text, line by line; the same whichever side is called which. Undefined where they overlap: the
 * same lines changed in two ways, or something put in at the same place twice. Edits of neighbouring lines do not.
 * Undefined as well for what is no text of lines (a zero byte, not UTF-8), too large, or too different to look through.
 */
export function mergeLines(old: Uint8Array, mine: Uint8Array, theirs: Uint8Array): Uint8Array | undefined {
  if ([old, mine, theirs].some((text) => text.length > MERGED_BYTES || text.includes(0) || !isUtf8(text))) return undefined;
  const before = splitLines(old);
  const [ours, others] = [changesOf(before, mine), changesOf(before, theirs)];
  if (ours === undefined || others === undefined) return undefined;
  const alike = ours.filter((one) => others.some((other) => isSame(one, other)));
  const rest = others.filter((other) => !alike.some((one) => isSame(one, other)));
  if (ours.some((one) => rest.some((other) => overlap(one, other)))) return undefined;
  return applied(before, [...ours, ...rest]);
}

function changesOf(before: readonly Uint8Array[], after: Uint8Array): readonly Change[] | undefined {
  const script = diffLines(before, splitLines(after), { edits: MOST_EDITS, pay: () => undefined });
  return script === undefined ? undefined : changesIn(script);
}

/** Stretches of removals and additions. */
function changesIn(script: readonly Edit[]): readonly Change[] {
  const found: { start: number; end: number; lines: Uint8Array[] }[] = [];
  let [at, open] = [0, false];
  for (const { kind, line } of script) {
    if (kind !== "same" && !open) found.push({ start: at, end: at, lines: [] });
    open = kind !== "same";
    const change = found[found.length - 1];
    if (kind !== "added") at++;
    if (change !== undefined && kind === "removed") change.end = at;
    if (change !== undefined && kind === "added") change.lines.push(line);
  }
  return found;
}

function isSame(one: Change, other: Change): boolean {
  return one.start === other.start && one.end === other.end && one.lines.length === other.lines.length && one.lines.every((line, index) => equalBytes(line, other.lines[index] as Uint8Array));
}

/** They share a line, one puts something in between lines that the other changes, or both put something in at one place. */
function overlap(one: Change, other: Change): boolean {
  const isPut = (change: Change): boolean => change.start === change.end;
  if (isPut(one) && isPut(other)) return one.start === other.start;
  return Math.max(one.start, other.start) < Math.min(one.end, other.end) || within(one, other) || within(other, one);
}

function within(put: Change, other: Change): boolean {
  return put.start === put.end && other.start < put.start && put.start < other.end;
}

/** What is put in before a line comes before what becomes of that line. */
function applied(before: readonly Uint8Array[], changes: readonly Change[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, lines } of [...changes].sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(...before.slice(at, start), ...lines);
    at = end;
  }
  return concatBytes(...parts, ...before.slice(at));
}
