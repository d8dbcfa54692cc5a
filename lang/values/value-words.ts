import { assert } from "../base/assert.ts";
import type { WordHelp } from "../help/entry.ts";
import type { Meter } from "../host.ts";
import type { PrimitiveSpec } from "../primitives/spec.ts";
import type { Value } from "../value.ts";
import { FUNCTION_WORDS } from "./function-words.ts";
import { STRING_WORDS } from "./string-words.ts";

/**
 * A word that only computes with entries: no memory, no host, no source. The machine takes `takes`
 * entries, hands them over in stack order (the top last), and pushes the one that comes back. The
 * row's ERG is charged with its block, what depends on size by `run` before its work.
 */
export interface ValueWordSpec extends PrimitiveSpec {
  readonly takes: number;
  readonly run: (args: readonly Value[], meter: Meter) => Value;
  readonly help: string;
  readonly example: WordHelp["example"];
}

/** Codes 256 to 319. One row for each; help and examples stand with the words. */
export const VALUE_WORDS: readonly ValueWordSpec[] = [...STRING_WORDS, ...FUNCTION_WORDS];

/** Help of these words in the form of all others. */
export const VALUE_WORD_HELP: readonly WordHelp[] = VALUE_WORDS.map(({ word, help, example }) => ({ word, text: help, example }));

for (const { code } of VALUE_WORDS) assert(code >= 256 && code < 320, "value words have the codes from 256 to 319");
