import { assert } from "../base/assert.ts";
import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import type { ValueWordSpec } from "./value-words.ts";

/** What a row says besides the work: number, name, stack effect, price of the fixed part. */
export type Head = readonly [code: number, word: string, effect: string, erg: number];
/** One sentence, a line, and what it prints. */
export type Page = readonly [help: string, line: string, prints: string];

/** A word of one entry. */
export function unaryWord(head: Head, page: Page, apply: (a: Value, word: string, meter: Meter) => Value): ValueWordSpec {
  return row(head, page, 1, ([a], meter) => apply(given(a), head[1], meter));
}

/** A word of two entries, `b` the top. */
export function binaryWord(head: Head, page: Page, apply: (a: Value, b: Value, word: string, meter: Meter) => Value): ValueWordSpec {
  return row(head, page, 2, ([a, b], meter) => apply(given(a), given(b), head[1], meter));
}

/** A word of three entries, `c` the top. */
export function ternaryWord(head: Head, page: Page, apply: (a: Value, b: Value, c: Value, word: string, meter: Meter) => Value): ValueWordSpec {
  return row(head, page, 3, ([a, b, c], meter) => apply(given(a), given(b), given(c), head[1], meter));
}

function row([code, word, effect, erg]: Head, [help, line, prints]: Page, takes: number, run: ValueWordSpec["run"]): ValueWordSpec {
  return { code, word, effect, erg, takes, run, help, example: { line, prints } };
}

function given(value: Value | undefined): Value {
  assert(value !== undefined, "the machine hands over as many entries as the row takes");
  return value;
}
