import type { Vm } from "../machine/vm.ts";
import type { PrimitiveSpec } from "./spec.ts";

/**
 * A row of the table with what the interpreter does for it. `run` finds at least as many entries on the
 * stack as the effect names before `--` (or `takes`, where the effect depends on the entries), and room
 * for what it leaves.
 */
export interface PrimitiveRow extends PrimitiveSpec {
  readonly run: (vm: Vm) => void;
  /** Least number of entries, when the effect does not tell. */
  readonly takes?: number;
  /** Executed even while compiling. */
  readonly immediate?: true;
  /** Has no meaning while interpreting. */
  readonly compileOnly?: true;
  /** May run other code, wait, or end the program: a block of ERG ends after it (R10). */
  readonly ends?: true;
  /** Compiled by other words; no name finds it. */
  readonly internal?: true;
  /** Moves entries without making any: they keep their origin. */
  readonly moves?: true;
}

/** Number of entries before and after `--` in a stack effect; names in quotes are parsed, not taken. */
export function arity(effect: string): { readonly takes: number; readonly gives: number } {
  const [before = "", after = ""] = effect.replace(/^\(|\)$/g, "").split("--");
  return { takes: countEntries(before), gives: countEntries(after) };
}

function countEntries(side: string): number {
  let count = 0;
  for (const word of (side.split("|")[0] ?? "").trim().split(/\s+/)) {
    if (word === "" || /^["<]|\*x$|^[RC]:/.test(word)) {
      if (/^[RC]:/.test(word)) break;
      continue;
    }
    count += /^(u?d[0-9]?|ud?[0-9]?)$/.test(word) && /d/.test(word) ? 2 : 1;
  }
  return count;
}
