import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { matchesName } from "../../node/state/name-pattern.ts";
import { diffLines, showUnified, splitLines } from "../../node/state/text-diff.ts";
import { compilePattern } from "../../node/state/text-pattern.ts";
import { headOf, tailOf } from "../../node/state/listing.ts";
import { seeded } from "./seeded.ts";

const FREE = { edits: 1_000, pay: () => undefined };
const plain = { ignoreCase: false, isLiteral: false };

function randomText(random: (below: number) => number, letters: string, most: number): string {
  return Array.from({ length: random(most + 1) }, () => letters[random(letters.length)]).join("");
}

test("a pattern fits what JavaScript's expressions fit", () => {
  const random = seeded(11);
  let compared = 0;
  for (let i = 0; i < 20_000; i++) {
    const pattern = randomText(random, "aab.b*+?|()[]^$-", 8);
    if (/[*+?][+*?]|\^[*+?]|\$[*+?]|\(\?|\[\]|\[\^?\]/.test(pattern)) continue;
    let expected: RegExp;
    try {
      expected = new RegExp(pattern, "u");
    } catch {
      continue;
    }
    const line = randomText(random, "aab-", 6);
    const found = compilePattern(pattern, plain).fits(line);
    assert.is(found, expected.test(line), `${pattern} on ${line}`);
    compared++;
  }
  assert.ok(compared > 3_000, `${compared}`);
});

test("a pattern that keeps other engines busy for ever takes a step for each character", () => {
  const pattern = compilePattern("((a*)*)*b", plain);
  assert.not.ok(pattern.fits("a".repeat(5_000)));
  assert.ok(pattern.size < 20);
});

test("patterns are bounded, and say what is wrong", () => {
  const reasonOf = (pattern: string): unknown => {
    try {
      compilePattern(pattern, plain);
    } catch (error) {
      if (isFaultError(error) && error.fault.code === "STATE_BAD_PATTERN") return { ...error.fault }["reason" as never];
      throw error;
    }
    return undefined;
  };
  assert.is(reasonOf("a".repeat(1_001)), "longer than 1000 characters");
  assert.is(reasonOf("(".repeat(200)), "nested too deeply");
  assert.is(reasonOf("a\\"), "it ends in a \\");
  assert.is(reasonOf("[^]"), "a [ without its ]");
  assert.is(reasonOf("\\w"), "\\w has no meaning here");
  assert.ok(compilePattern("\\.\\*", plain).fits("a.*"));
  assert.ok(compilePattern("[]x]", plain).fits("]"));
  assert.ok(compilePattern("[!a]", plain).fits("!"));
  assert.ok(compilePattern("ÄB", { ignoreCase: true, isLiteral: true }).fits("xäb"));
});

test("names fit shell patterns as expressions say", () => {
  const random = seeded(12);
  for (let i = 0; i < 5_000; i++) {
    const pattern = randomText(random, "ab*?", 6);
    const name = randomText(random, "ab", 6);
    const expected = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    assert.is(matchesName(pattern, name), expected.test(name), `${pattern} on ${name}`);
  }
  assert.ok(matchesName("[a-c]*.t[!x]t", "beta.txt") === false && matchesName("[a-c]*.t[!y]t", "beta.txt"));
  assert.ok(matchesName("a[", "a[") && matchesName("\\*", "*") && !matchesName("\\*", "a") && matchesName("?", "日") && matchesName("[]]", "]"));
  assert.not.ok(matchesName("*a".repeat(200), "a".repeat(199) + "b"));
});

test("a difference turns the one text into the other, by the fewest edits", () => {
  const random = seeded(13);
  for (let i = 0; i < 2_000; i++) {
    const [before, after] = [0, 0].map(() => splitLines(utf8(randomText(random, "ab\n\n", 20)))) as [Uint8Array[], Uint8Array[]];
    const edits = diffLines(before, after, FREE);
    assert.ok(edits !== undefined);
    const side = (other: string): Uint8Array => concatBytes(...edits.filter(({ kind }) => kind !== other).map(({ line }) => line));
    assert.equal(side("added"), concatBytes(...before));
    assert.equal(side("removed"), concatBytes(...after));
    assert.is(edits.filter(({ kind }) => kind === "same").length, longestCommon(before, after));
  }
});

function longestCommon(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  const [x, y] = [a, b].map((lines) => lines.map((line) => Buffer.from(line).toString())) as [string[], string[]];
  const table = Array.from({ length: x.length + 1 }, () => new Array<number>(y.length + 1).fill(0));
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = 1; i <= x.length; i++) {
    for (let j = 1; j <= y.length; j++) (table[i] as number[])[j] = x[i - 1] === y[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
  }
  return at(x.length, y.length);
}

test("two texts that have nothing in common are not compared for ever", () => {
  const lines = (letter: string): Uint8Array[] => Array.from({ length: 3_000 }, (_, i) => utf8(`${letter}${i}\n`));
  let steps = 0;
  assert.is(diffLines(lines("a"), lines("b"), { edits: 100, pay: (count) => { steps += count; } }), undefined);
  assert.ok(steps < 6_000, `${steps}`);
});

test("unified form names the lines as diff does", () => {
  const show = (before: string, after: string): string => Buffer.from(showUnified(diffLines(splitLines(utf8(before)), splitLines(utf8(after)), FREE) ?? [])).toString();
  assert.is(show("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
  assert.is(show("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
  assert.is(show("a", "a\n"), "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  assert.is(show("same\n", "same\n"), "");
  const many = Array.from({ length: 20 }, (_, i) => `${i}\n`);
  const changed = many.map((line, i) => (i === 2 || i === 17 ? `x${line}` : line));
  assert.is(show(many.join(""), changed.join("")).match(/@@.*@@/g)?.join(" "), "@@ -1,6 +1,6 @@ @@ -15,6 +15,6 @@");
});

test("head and tail together are the file", () => {
  const random = seeded(14);
  for (let i = 0; i < 2_000; i++) {
    const content = utf8(randomText(random, "a\n", 12));
    const count = 1 + random(5);
    const lines = splitLines(content);
    assert.equal(headOf(content, count), concatBytes(...lines.slice(0, count)));
    assert.equal(tailOf(content, count), concatBytes(...lines.slice(Math.max(0, lines.length - count))));
    assert.equal(concatBytes(headOf(content, -count), tailOf(content, count)), content);
  }
});

test.run();
