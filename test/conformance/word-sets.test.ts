import { existsSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtinXt } from "../../lang/primitives/table.ts";
import { WORD_SETS, wordsOf } from "./word-sets.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Words that deviations.md says are left out: the first column of its table, in backquotes. */
const LEFT_OUT = new Set([...read("deviations.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, word = ""]) => word));
const isThere = (word: string): boolean => builtinXt(word.toLowerCase()) !== 0;

test("every word of the standard is there, or deviations.md says why not", () => {
  const all = [...new Set(Object.keys(WORD_SETS).flatMap(wordsOf))];
  assert.equal(all.filter((word) => !isThere(word) && !LEFT_OUT.has(word)), [], "missing without a reason");
  assert.equal([...LEFT_OUT].filter((word) => isThere(word) || !all.includes(word)), [], "left out, but there");
});

for (const set of Object.keys(WORD_SETS)) {
  test(`${set}: a case uses every word`, () => {
    const file = new URL(`cases/${set}.fs`, import.meta.url);
    const tokens = new Set((existsSync(file) ? readFileSync(file, "utf8") : "").toLowerCase().split(/\s+/));
    const unused = wordsOf(set).filter((word) => isThere(word) && !tokens.has(word.toLowerCase()));
    assert.equal(unused, [], `words of ${set} that no case uses`);
  });
}

test.run();
