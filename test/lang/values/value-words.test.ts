import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { formatValue } from "../../../lang/values/show.ts";
import { VALUE_WORDS } from "../../../lang/values/value-words.ts";
import type { Value } from "../../../lang/value.ts";
import { SAMPLES, entry } from "./entries.ts";

/** Runs an example with nothing but literals, these words and `.`: what it prints. */
function runLine(line: string): string {
  const stack: Value[] = [];
  let printed = "";
  for (const token of line.match(/"[^"]*"|\S+/g) ?? []) {
    const spec = VALUE_WORDS.find(({ word }) => word === token);
    if (spec !== undefined) stack.push(spec.run(stack.splice(stack.length - spec.takes), FREE_METER));
    else if (token === ".") printed += `${formatValue(stack.pop() as Value)} `;
    else if (token === "/") printed += "";
    else stack.push(entry(token));
  }
  return printed;
}

test("every example prints what it says", () => {
  for (const { example } of VALUE_WORDS) {
    if (!example.line.includes("/")) assert.is(runLine(example.line), example.prints, example.line);
  }
});

test("codes and names are given once, and effects tell how many entries a word takes", () => {
  assert.is(new Set(VALUE_WORDS.map(({ code }) => code)).size, VALUE_WORDS.length);
  assert.is(new Set(VALUE_WORDS.map(({ word }) => word)).size, VALUE_WORDS.length);
  for (const { effect, takes } of VALUE_WORDS) assert.is((effect.split("--")[0] ?? "").trim().split(/\s+/).length - 1, takes, effect);
});

test("every word with every kind of entry gives an entry or a declared fault", () => {
  const samples: Value[] = [...Object.values(SAMPLES), entry("-1"), entry("0"), entry('""'), entry('"6869"')];
  for (const { run, takes, word } of VALUE_WORDS) {
    for (let choice = 0; choice < samples.length ** takes; choice += 1) {
      const args = Array.from({ length: takes }, (_, index) => samples[Math.floor(choice / samples.length ** index) % samples.length] as Value);
      try {
        assert.ok(run(args, FREE_METER).kind in SAMPLES, word);
      } catch (error) {
        if (!isFaultError(error)) throw error;
        assert.match(error.fault.code, /^LANG_(WRONG_KIND|RESULT_RANGE|TOO_LARGE|DIVIDE_BY_ZERO)$/, word);
      }
    }
  }
});

test.run();
