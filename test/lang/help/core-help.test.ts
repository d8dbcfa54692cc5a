import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORE_HELP, coreHelp, formatHelp } from "../../../lang/help/core-help.ts";
import { typesPage } from "../../../lang/help/types-page.ts";

test("no word has two helps, and each is one sentence that stands on one line", () => {
  const names = CORE_HELP.map(({ word }) => word.toLowerCase());
  assert.is(new Set(names).size, names.length);
  for (const { word, text, example } of CORE_HELP) {
    assert.match(text, /^[^\n]{8,110}\.$/, word);
    assert.not.match(example.line, /\n/, word);
  }
});

test("help shows effect, price, meaning and example", () => {
  const dup = coreHelp("DUP");
  assert.is(dup && formatHelp(dup, { effect: "( x -- x x )", erg: 1 }), "dup  ( x -- x x )  1 ERG\n  Copies the top entry.\n  example  5 dup . .\n  prints   5 5\n");
});

test("help types says what the conversion table does", () => {
  const page = typesPage();
  assert.match(page, /^  text     to cell     if it reads as a whole number that fits$/m);
  assert.match(page, /^  integer  integer  integer  decimal$/m);
  assert.not.match(page, /undefined/);
  assert.ok(page.split("\n").every((line) => line.length <= 100));
});

test.run();
