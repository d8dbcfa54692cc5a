import { test } from "uvu";
import * as assert from "uvu/assert";
import { benchTable } from "../../src/bench/report.ts";
import type { BenchRow } from "../../src/bench/vm/bench-vm.ts";
import { grid } from "../support/grid.ts";

test("bench vm reports an array of rows as JSON, and says on standard error where they were taken", async () => {
  const { code, stdout, stderr } = await grid(["bench", "vm", "--only", "move", "--rounds", "1", "--json"]);
  assert.is(code, 0, stderr);
  const rows = JSON.parse(stdout) as BenchRow[];
  assert.equal(rows.slice(0, 3).map(({ name }) => name), ["move", "move first call", "move interpreter"]);
  assert.match(stderr, /^.+, \d+ cores, load \d+\.\d+, Node v\d+\.\d+\.\d+/);
  assert.match(benchTable(rows), /^ +value +unit +reference +ratio\nmove +\d/);
});

test("an unknown program and an odd number of rounds are named with what fits", async () => {
  const program = await grid(["bench", "vm", "--only", "nosuch"]);
  assert.equal([program.code, /fib, sieve/.test(program.stderr)], [2, true]);
  const rounds = await grid(["bench", "vm", "--rounds", "-3"]);
  assert.equal([rounds.code, /from 1 to 1000/.test(rounds.stderr)], [2, true]);
});

test("bench erg measures one word", async () => {
  const { code, stdout, stderr } = await grid(["bench", "erg", "--only", "dup"]);
  assert.is(code, 0, stderr);
  assert.match(stdout, /\ndup +\d+\.\d+ +ns\/ERG/);
});

test.run();
