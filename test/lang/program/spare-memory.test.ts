import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host } from "../../../lang/host.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import { giveMemory, takeMemory } from "../../../lang/machine/spare-memory.ts";
import { generateProgram } from "../wasm/program-generator.ts";

const SILENT: Host = { call: () => [], write: () => undefined, mark: () => 0 as ReturnType<Host["mark"]>, rollback: () => undefined, release: () => undefined };
const PROGRAMS = Number(process.env["PROGRAMS"] ?? 60);

/** Words that reach far, grow and shrink, for what the generator does not do. */
const REACHING = [
  "1000000 allot  here 8 - 77 swap !  -999990 allot  here 60000 + 78 swap c!",
  "marker back  : f 1 2 3 + + ; create x 100000 allot  x 99992 + 5 swap !  back",
  "200000 allocate throw  dup 199992 + 9 swap !  dup free throw  50 allocate throw drop",
  ": g 10 0 do i , loop ;  g g g  s\" some text\" pad place  <# 123. #s #> type",
  "5 value v  7 to v  : h {: a b | c :} a b + to c c ;  1 2 h drop  ' h catch drop",
  ": deep recurse ;  ' deep catch drop",
  "variable w  here w - 100 + negate allot",
];

test(`${PROGRAMS} generated programs and some that reach far leave memory that is wiped to the last byte`, () => {
  const sources = [...REACHING, ...Array.from({ length: PROGRAMS }, (_, index) => generateProgram(index + 1))];
  for (const source of sources) {
    const machine = Machine.create({ host: SILENT });
    machine.run(source, { mode: "forth", sourceName: "test", ergLimit: 1_000_000 });
    giveMemory(machine.vm);
    const memory = new BigInt64Array(takeMemory().buffer);
    const dirty = memory.findIndex((cell) => cell !== 0n);
    assert.is(dirty, -1, `byte ${dirty * 8} is left by:\n${source}`);
  }
});

test.run();
