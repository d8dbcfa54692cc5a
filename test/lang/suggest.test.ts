import { test } from "uvu";
import * as assert from "uvu/assert";
import { editDistance, suggest } from "../../lang/suggest.ts";

const NAMES = ["dup", "drop", "over", "mkdir", "rmdir", "balance", "balanceOf", "swap", "swab", "perspective"];

test("the nearest names come first, at most three", () => {
  assert.equal(suggest("mkdri", NAMES), ["mkdir"]);
  assert.equal(suggest("balence", NAMES), ["balance"]);
  assert.equal(suggest("BALANCE", NAMES)[0], "balance");
  assert.equal(suggest("swa", NAMES), ["swab", "swap"]);
  assert.is(suggest("aab", ["aaa", "aac", "aad", "aae"]).length, 3);
});

test("what is far from every name suggests nothing", () => {
  for (const name of ["", "x", "zzzz", "x".repeat(1_000_000)]) assert.equal(suggest(name, NAMES), []);
});

test("a swap of neighbours is one edit, and counting stops at the bound", () => {
  assert.is(editDistance("ab", "ba", 2), 1);
  assert.is(editDistance("kitten", "sitting", 3), 3);
  assert.is(editDistance("aaaaaaaa", "bbbbbbbb", 2), 3);
});

test.run();
