import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORE_HELP, coreHelp } from "../../../lang/help/core-help.ts";
import { allRows, builtinXt } from "../../../lang/primitives/table.ts";
import { runLines } from "../run-lines.ts";

test("every example runs on an empty machine and prints what it says", () => {
  const wrong: string[] = [];
  for (const { word, example } of CORE_HELP) {
    if (builtinXt(word.toLowerCase()) === 0) continue;
    const { output, fault } = runLines(example.line);
    if (output !== example.prints || fault !== undefined) wrong.push(`${word}: ${example.line} printed ${JSON.stringify(output)} ${fault ?? ""}`);
  }
  assert.equal(wrong, []);
});

test("every word of the machine has help", () => {
  const words = allRows().filter((row) => row.kind === "primitive" && row.spec.internal !== true).map(({ spec }) => spec.word.toLowerCase());
  assert.equal(words.filter((word) => coreHelp(word) === undefined), [], "words without help");
});

test.run();
