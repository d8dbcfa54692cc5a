import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../lang/machine/machine.ts";
import { instructionSize } from "../../lang/machine/wasm/bytecode.ts";
import { OP, STRUCTURE } from "../../lang/primitives/structure.ts";
import { allRows, type TableRow } from "../../lang/primitives/table.ts";
import { SILENT } from "../../src/bench/vm/stopwatch.ts";

const priceOfExit = STRUCTURE.find(({ code }) => code === OP.exit)?.erg ?? 0;

/** All that a definition charges for its blocks, when every instruction is run once. */
function charges({ vm }: Machine, xt: number): number {
  let sum = 0;
  for (let ip = vm.entry(xt).code; ip < vm.codeEnd; ip += instructionSize(vm.code[ip] as number)) {
    if (vm.code[ip] === OP.charge) sum += vm.code[ip + 1] as number;
  }
  return sum;
}

/** The name that a definition finds the word by; undefined if it cannot be part of one as it is. */
function nameInDefinition(row: TableRow): string | undefined {
  if (row.kind === "structure") return undefined;
  if (row.kind === "primitive" && (row.spec.immediate === true || row.spec.internal === true)) return undefined;
  return row.spec.word;
}

test("a definition charges for a word what its row in the table says", () => {
  let checked = 0;
  for (const row of allRows()) {
    const name = nameInDefinition(row);
    if (name === undefined) continue;
    const machine = Machine.create({ host: SILENT, tier: "none" });
    const result = machine.run(`: use ${name} ;`, { mode: "forth", sourceName: "test" });
    assert.is(result.kind, "done", name);
    assert.is(charges(machine, machine.vm.dictionary.latest), row.spec.erg + priceOfExit, name);
    checked += 1;
  }
  assert.ok(checked > 300, `${checked} words`);
});

test("every word has a price, and one that asks the world or prints has more than a move of the stack", () => {
  for (const row of allRows()) {
    if (row.kind === "structure") continue;
    assert.ok(Number.isSafeInteger(row.spec.erg) && row.spec.erg >= 1, row.spec.word);
    if (row.kind === "host") assert.ok(row.spec.erg >= 100, row.spec.word);
  }
});

test("a line costs more the more memory there is to note before it", () => {
  const machine = Machine.create({ host: SILENT });
  const ergOf = (line: string): number => machine.run(line, { mode: "forth", sourceName: "test" }).ergUsed;
  const small = ergOf("1 drop");
  ergOf("4000000 allot");
  assert.ok(ergOf("1 drop") > small + 10_000);
});

test.run();
