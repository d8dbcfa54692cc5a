import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORE_HELP } from "../../../lang/help/core-help.ts";
import { arity, type PrimitiveRow } from "../../../lang/primitives/row.ts";
import { PRIMITIVES } from "../../../lang/primitives/table.ts";
import type { Vm } from "../../../lang/machine/vm.ts";

/**
 * The rows are wrapped before the interpreter reads them, so every word that a help example or a conformance
 * case runs is measured on the real stack.
 */
interface Measured {
  calls: number;
  readonly wrong: string[];
}
const measured = new Map<string, Measured>();

/** What a word leaves depends on its operands: `|`, `i*x`, and what it executes or waits for. */
function isFixed({ effect, ends, takes }: PrimitiveRow): boolean {
  return ends !== true && takes === undefined && !/[|*]|\.\.\./.test(effect);
}

for (const row of PRIMITIVES.filter(isFixed)) {
  const { takes, gives } = arity(row.effect);
  const notes: Measured = { calls: 0, wrong: [] };
  measured.set(row.word, notes);
  const { run } = row;
  (row as { run: (vm: Vm) => void }).run = (vm) => {
    const before = vm.sp;
    const compiles = row.immediate === true && vm.compiling;
    run(vm);
    notes.calls += 1;
    if (!compiles && vm.sp - before !== gives - takes) notes.wrong.push(`${row.word} ${row.effect}: the stack grew by ${String(vm.sp - before)}`);
  };
}
const { runLines } = await import("../run-lines.ts");
const { runCases } = await import("../../conformance/run-cases.ts");

/** Words that no example can run to their end where a test can see it. */
const UNSEEN: Readonly<Record<string, string>> = {};

test("every word does to the stack what its effect says", () => {
  for (const { example } of CORE_HELP) runLines(example.line);
  const cases = new URL("../../conformance/cases/", import.meta.url);
  for (const name of readdirSync(cases).filter((file) => file.endsWith(".fs"))) runCases(readFileSync(new URL(name, cases), "utf8"), name);
  assert.equal([...measured.values()].flatMap(({ wrong }) => wrong.slice(0, 1)), []);
  assert.equal([...measured].filter(([word, { calls }]) => calls === 0 && UNSEEN[word] === undefined).map(([word]) => word), [], "words that were never run");
  assert.ok(measured.size > 250, `only ${String(measured.size)} words have a fixed effect`);
});

test.run();
