import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { MERGED_BYTES, mergeLines } from "../../node/state/merge-lines.ts";
import { seeded } from "./seeded.ts";

const merged = (old: string, mine: string, theirs: string): string | undefined => {
  const bytes = mergeLines(utf8(old), utf8(mine), utf8(theirs));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
};

test("edits of other lines are both kept, neighbours included; edits of the same are not guessed", () => {
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ["a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"],
    ["a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n", "A\nB\nc\n"],
    ["a\nb\nc\n", "b\nc\n", "a\nb\n", "b\n"],
    ["a\nb\nc\n", "x\na\nb\nc\n", "a\nb\nc\ny\n", "x\na\nb\nc\ny\n"],
    ["a\nb\nc\n", "a\nx\nb\nc\n", "a\nB\nc\n", "a\nx\nB\nc\n"],
    ["a\nb\nc\n", "same\nb\nc\n", "same\nb\nC\n", "same\nb\nC\n"],
    ["a\n", "a\n", "b\n", "b\n"],
    ["", "mine\n", "", "mine\n"],
    ["a\nb\n", "a\nmine\n", "a\ntheirs\n", undefined],
    ["a\nb\n", "a\nb\nmine\n", "a\nb\ntheirs\n", undefined],
    ["a\nb\nc\nd\n", "a\nd\n", "a\nb\nx\nc\nd\n", undefined],
    ["a\nb", "a\nb\nc\n", "A\nb", "A\nb\nc\n"],
    ["a\0\n", "a\0\nb\n", "c\na\0\n", undefined],
  ];
  for (const [old, mine, theirs, result] of cases) {
    assert.is(merged(old, mine, theirs), result, JSON.stringify([old, mine, theirs]));
    assert.is(merged(old, theirs, mine), result, JSON.stringify([old, theirs, mine]));
  }
  assert.is(mergeLines(utf8("a\nb\n"), Uint8Array.of(97, 10, 255, 10), utf8("A\nb\n")), undefined, "not UTF-8");
  assert.is(merged("x", "y".repeat(MERGED_BYTES + 1), "x"), undefined);
});

/** Each line of a text of 24 goes to one side, which removes, changes or doubles it, or leaves it alone. */
test("random edits of disjoint lines merge to one result, whichever side comes first", () => {
  const random = seeded(7);
  for (let round = 0; round < 500; round++) {
    const lines = Array.from({ length: 24 }, (_, index) => `line ${index}\n`);
    const sides = lines.map(() => random(2));
    const edits = lines.map((line, index) => [line, line, "", `changed ${index}\n`, `${line}after ${index}\n`][random(5)] as string);
    const of = (side: number): string => lines.map((line, index) => (sides[index] === side ? edits[index] : line)).join("");
    assert.is(merged(lines.join(""), of(0), of(1)), edits.join(""), `round ${round}`);
    assert.is(merged(lines.join(""), of(1), of(0)), edits.join(""), `round ${round}`);
  }
});

test.run();
