import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { allows, locate, type FileContext, type Found } from "./access.ts";
import { walkTree, type Visit } from "./file-walk.ts";
import { listPath, readFound, requireEntry } from "./files.ts";
import { safeName } from "./listing.ts";
import { matchesName } from "./name-pattern.ts";
import { PRICES } from "./prices.ts";
import { splitLines } from "./text-diff.ts";
import { compilePattern, type TextPattern } from "./text-pattern.ts";

/** Every entry at and below `text`. Faults: STATE_NO_SUCH_PATH, STATE_DENIED when not even the first can be listed. */
export function walkPath(context: FileContext, text: string): Generator<Visit> {
  const found = locate(context, text);
  if (found.place.path !== "/") requireEntry(context, found);
  if (found.entry?.kind !== "file") listPath(context, text);
  return walkTree(context, found, text);
}

export interface FindQuery {
  /** A shell pattern for the name; empty for any. */
  readonly name: string;
  /** "f", "d" or empty for both. */
  readonly kind: string;
}

/** Paths as `find` prints them. */
export function findPaths(context: FileContext, text: string, { name, kind }: FindQuery): readonly string[] {
  const found: string[] = [];
  for (const visit of walkPath(context, text)) {
    const own = visit.entry?.name ?? visit.shownPath;
    context.meter.charge(Math.ceil((name.length * own.length) / PRICES.patternStepsPerErg));
    const hasKind = kind === "" || (kind === "d") === visit.isDirectory;
    if (hasKind && (name === "" || matchesName(name, own))) found.push(safeName(visit.shownPath));
  }
  return found;
}

/** Flags of `grep`, as bits of its number. */
const GREP_FLAGS = { ignoreCase: 1, number: 2, invert: 4, count: 8, list: 16, recursive: 32, literal: 64, name: 128 } as const;

/** What `grep` prints. Files that cannot be read are left out of a recursive search. Faults: STATE_BAD_PATTERN, as readFile. */
export function grepPath(context: FileContext, text: string, patternText: string, flags: number): Uint8Array {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const pattern = compilePattern(patternText, { ignoreCase: has(GREP_FLAGS.ignoreCase), isLiteral: has(GREP_FLAGS.literal) });
  if (!has(GREP_FLAGS.recursive)) return grepFile(context, locate(context, text), text, pattern, flags);
  const parts: Uint8Array[] = [];
  for (const visit of walkPath(context, text)) {
    if (!visit.isDirectory && allows(context, "read", visit)) parts.push(grepFile(context, visit, visit.shownPath, pattern, flags | GREP_FLAGS.name));
  }
  return concatBytes(...parts);
}

function grepFile(context: FileContext, found: Found, shownPath: string, pattern: TextPattern, flags: number): Uint8Array {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const content = readFound(context, found);
  context.meter.charge(Math.ceil((content.length * pattern.size) / PRICES.patternStepsPerErg));
  const start = has(GREP_FLAGS.name) ? `${safeName(shownPath)}:` : "";
  const hits = splitLines(content)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => pattern.fits(lossyLine(line)) !== has(GREP_FLAGS.invert));
  if (has(GREP_FLAGS.count)) return utf8(`${start}${hits.length}\n`);
  if (hits.length === 0) return new Uint8Array(0);
  if (has(GREP_FLAGS.list)) return utf8(`${safeName(shownPath)}\n`);
  if (content.includes(0)) return utf8(`${safeName(shownPath)}: binary file matches\n`);
  return concatBytes(...hits.flatMap(({ line, number }) => [utf8(`${start}${has(GREP_FLAGS.number) ? `${number}:` : ""}`), withNewline(line)]));
}

/** The line as text without its end; bytes that are no UTF-8 fit no character but a dot. */
function lossyLine(line: Uint8Array): string {
  const end = line[line.length - 1] === 10 ? line.length - 1 : line.length;
  return Buffer.from(line.buffer, line.byteOffset, end).toString("utf8");
}

function withNewline(line: Uint8Array): Uint8Array {
  return line[line.length - 1] === 10 ? line : concatBytes(line, Uint8Array.of(10));
}

/** Bytes below each directory, deepest first, as `du -b` counts them: content only. With `total` the last line alone. */
export function usageLines(context: FileContext, text: string, { total }: { readonly total: boolean }): readonly string[] {
  const visits = [...walkPath(context, text)];
  const sums = visits.map(({ entry }) => entry?.sizeBytes ?? 0);
  const parents: number[] = [];
  visits.forEach(({ depth }, i) => {
    parents[depth] = i;
    for (let above = 0; above < depth; above++) sums[parents[above] as number] = (sums[parents[above] as number] as number) + (sums[i] as number);
  });
  const shown = visits.map((visit, i) => ({ ...visit, i })).filter(({ isDirectory, depth }) => depth === 0 || (isDirectory && !total));
  return deepestFirst(shown).map(({ i, shownPath }) => `${sums[i]}\t${safeName(shownPath)}`);
}

/** Turns "each directory before what it holds" into "after". */
function deepestFirst<T extends { readonly depth: number }>(visits: readonly T[]): readonly T[] {
  const done: T[] = [];
  const open: T[] = [];
  for (const visit of visits) {
    while (open.length > 0 && (open[open.length - 1] as T).depth >= visit.depth) done.push(open.pop() as T);
    open.push(visit);
  }
  return [...done, ...open.reverse()];
}
