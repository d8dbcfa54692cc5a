import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import { compileEntry, type CompiledCode } from "../../../lang/machine/wasm/compile.ts";
import { sourceOf } from "../../../lang/machine/wasm/tier.ts";
import { SILENT } from "../../../src/bench/vm/stopwatch.ts";

/** What compiling the last word of a source comes to. Steps are what its time follows. */
function compileLast(source: string): { readonly steps: number; readonly compiled: CompiledCode | undefined } {
  const machine = Machine.create({ host: SILENT, tier: "none" });
  const result = machine.run(source, { mode: "forth", sourceName: "test" });
  assert.is(result.kind, "done", JSON.stringify(result));
  const { vm } = machine;
  const words = vm.dictionary.entries.filter(({ code }) => code > 0).map(({ xt, code }) => ({ xt, code }));
  let steps = 0;
  const options = { source: sourceOf(vm), targets: () => words.slice(0, 64), spent: (count: number) => void (steps += count) };
  const compiled = compileEntry({ start: words.at(-1)?.code ?? 0, returns: [] }, options);
  return { steps, compiled };
}

const repeated = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join("");

/** Each grows without bound in one direction. */
const GREEDY: Readonly<Record<string, string>> = {
  "a long word": repeated(300, (line) => `${line === 0 ? ": w" : ""} ${"1+ ".repeat(50)}\n`) + ";",
  "calls that double": `: c0 1+ ;\n${repeated(60, (i) => `: c${i + 1} c${i} c${i} ;\n`)}`,
  "words that call each other": `defer z\n${repeated(240, (i) => `: m${i} dup if 1- ${i > 0 ? `m${i - 1}` : "z"} ${i > 3 ? `m${i - 3}` : ""} then ;\n`)}' m239 is z`,
  "many words executed in many places": `${repeated(60, (i) => `: x${i} ${"1+ ".repeat(30)} ;\n`)}: w ${"execute ".repeat(40)} ;`,
  "branches within branches": `: w ${"dup if ".repeat(60)} 1+ ${"then ".repeat(60)} ;`,
  "loops within loops": `: w ${"3 0 do ".repeat(30)} i + ${"loop ".repeat(30)} ;`,
  "many locals changed often": `: w {: ${repeated(16, (i) => `l${i} `)} :} ${"l0 l1 + to l2 ".repeat(200)} l2 ;`,
};

for (const [what, source] of Object.entries(GREEDY)) {
  test(`${what}: compiling ends within its bounds`, () => {
    const { steps, compiled } = compileLast(source);
    assert.ok(steps <= 40_000, `${steps} steps`);
    assert.ok(compiled === undefined || compiled.bytes.length <= 256 << 10, `${compiled?.bytes.length} bytes`);
    assert.equal(compileLast(source).compiled?.bytes, compiled?.bytes, "the same every time");
  });
}

test("code of a machine is bounded, and so is a definition's nesting", () => {
  const machine = Machine.create({ host: SILENT, tier: "none" });
  const run = (source: string): string => {
    const result = machine.run(source, { mode: "forth", sourceName: "test" });
    return result.kind === "fault" ? result.report.fault.code : result.kind;
  };
  const line = `: w ${"1 2 3 4 ".repeat(1_000)} ${"drop ".repeat(4_000)} ;`;
  let last = "done";
  for (let count = 0; count < 200 && last === "done"; count += 1) last = run(line);
  assert.is(last, "LANG_TOO_LARGE");
  assert.is(run(`: deep ${"1 if ".repeat(2_000)}`), "LANG_OVERFLOW");
});

test.run();
