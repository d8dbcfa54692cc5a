import { concatBytes, utf8 } from "../../lang/base/bytes.ts";

/**
 * Differences of two texts line by line: the shortest script of removals and additions (Myers, "An
 * O(ND) Difference Algorithm", 1986), shown in unified form with three lines of context. Lines are
 * compared as bytes; what cannot be shown in so many steps is said to differ.
 */
export type Edit = { readonly kind: "same" | "removed" | "added"; readonly line: Uint8Array };

export interface DiffLimits {
  /** Lines removed and added together beyond which no script is looked for. */
  readonly edits: number;
  /** Called before each round with the steps it may take. */
  readonly pay: (steps: number) => void;
}

const NEWLINE = 10;
const CONTEXT_LINES = 3;

/** Lines with their ends; the last may have none. */
export function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    const stop = end === -1 ? bytes.length : end + 1;
    lines.push(bytes.subarray(at, stop));
    at = stop;
  }
  return lines;
}

/** How `before` becomes `after`; undefined when that takes more edits than allowed. */
export function diffLines(before: readonly Uint8Array[], after: readonly Uint8Array[], limits: DiffLimits): readonly Edit[] | undefined {
  const numbers = new Map<string, number>();
  const number = (line: Uint8Array): number => {
    const key = Buffer.from(line.buffer, line.byteOffset, line.length).toString("latin1");
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const a = before.map(number);
  const b = after.map(number);
  const trace = findScript(a, b, limits);
  return trace === undefined ? undefined : readScript(trace, before, after, a, b);
}

/** For each number of edits, how far along `a` each diagonal came; the diagonal k stands at index k + d. */
function findScript(a: readonly number[], b: readonly number[], { edits, pay }: DiffLimits): Int32Array[] | undefined {
  const most = Math.min(edits, a.length + b.length);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    pay(d + 1);
    const before = trace[d - 1];
    const reached = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) {
      let x = before === undefined ? 0 : stepFrom(before, d, k);
      let y = x - k;
      const start = x;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      if (x > start) pay(x - start);
      reached[k + d] = x;
      if (x >= a.length && y >= b.length) return [...trace, reached];
    }
    trace.push(reached);
  }
  return undefined;
}

/** Where diagonal k begins its d-th edit: below the one above it, or right of the one beneath, whichever came further. */
function stepFrom(before: Int32Array, d: number, k: number): number {
  const at = (diagonal: number): number => before[diagonal + d - 1] ?? -1;
  return goesDown(before, d, k) ? at(k + 1) : at(k - 1) + 1;
}

function goesDown(before: Int32Array, d: number, k: number): boolean {
  const at = (diagonal: number): number => before[diagonal + d - 1] ?? -1;
  return k === -d || (k !== d && at(k - 1) < at(k + 1));
}

function readScript(trace: readonly Int32Array[], before: readonly Uint8Array[], after: readonly Uint8Array[], a: readonly number[], b: readonly number[]): readonly Edit[] {
  const script: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const k = x - y;
    const previous = trace[d - 1];
    const isDown = previous !== undefined && goesDown(previous, d, k);
    const fromK = isDown ? k + 1 : k - 1;
    const fromX = previous === undefined ? 0 : (previous[fromK + d - 1] as number);
    const fromY = previous === undefined ? 0 : fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      script.push({ kind: "same", line: before[--x] as Uint8Array });
      y--;
    }
    if (previous === undefined) break;
    if (isDown) script.push({ kind: "added", line: after[--y] as Uint8Array });
    else script.push({ kind: "removed", line: before[--x] as Uint8Array });
  }
  return script.reverse();
}

/** The edits in unified form, as `diff -u` prints them; empty when nothing differs. */
export function showUnified(edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [start, end] of hunks(edits)) {
    const hunk = edits.slice(start, end);
    const [skipped, shown] = [countLines(edits.slice(0, start)), countLines(hunk)];
    parts.push(utf8(`@@ -${rangeText(skipped.before, shown.before)} +${rangeText(skipped.after, shown.after)} @@\n`));
    for (const { kind, line } of hunk) {
      parts.push(utf8(SIGNS[kind]), line);
      if (line[line.length - 1] !== NEWLINE) parts.push(utf8("\n\\ No newline at end of file\n"));
    }
  }
  return concatBytes(...parts);
}

const SIGNS = { same: " ", removed: "-", added: "+" } as const;

/** Stretches of edits to show: each change with its context, those that touch as one. */
function hunks(edits: readonly Edit[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [i, { kind }] of edits.entries()) {
    if (kind === "same") continue;
    const [start, end] = [Math.max(0, i - CONTEXT_LINES), Math.min(edits.length, i + 1 + CONTEXT_LINES)];
    const last = found[found.length - 1];
    if (last !== undefined && start <= last[1]) last[1] = end;
    else found.push([start, end]);
  }
  return found;
}

function countLines(edits: readonly Edit[]): { readonly before: number; readonly after: number } {
  const count = (other: Edit["kind"]): number => edits.filter(({ kind }) => kind !== other).length;
  return { before: count("added"), after: count("removed") };
}

/** As diff writes it: the first line from 1 and how many, which is left out for one; 0 lines stand after the line before. */
function rangeText(skipped: number, size: number): string {
  const first = size === 0 ? skipped : skipped + 1;
  return size === 1 ? `${first}` : `${first},${size}`;
}
