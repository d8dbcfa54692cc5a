import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host } from "../../../lang/host.ts";
import { MEMORY_PAGES } from "../../../lang/machine/layout.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import { giveMemory, takeMemory } from "../../../lang/machine/spare-memory.ts";
import { generateProgram } from "../wasm/program-generator.ts";

const SILENT: Host = { call: () => [], write: () => undefined, mark: () => 0 as ReturnType<Host["mark"]>, rollback: () => undefined, release: () => undefined };
const ZEROS = Buffer.alloc(MEMORY_PAGES << 16);
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
  ": many 3000 0 do i loop ; many  depth 0 do drop loop",
  ": returns 900 0 do i >r loop 900 0 do r> drop loop ; ' returns catch drop",
  "pad 100000 + 7 swap !  pad 200000 + 300 65 fill  source drop 5000 + 9 swap c!",
  's" 1 2 + drop s\\" 3 4 \\n 5\\" evaluate 6" evaluate  pad 250000 + pad 150000 + 40 move',
  "create y here 8 - 55 swap !  here 65000 + 200 1 fill",
  "1 value a  2 value b  : half 1 2 + no-such-word",
  ": first 1 2 + ;\n3 constant c  : second first first first no-such-word\nfirst",
];

test(`${PROGRAMS} generated programs and some that reach far leave memory that is wiped to the last byte`, () => {
  const sources = [...REACHING, ...Array.from({ length: PROGRAMS }, (_, index) => generateProgram(index + 1))];
  for (const source of sources) {
    for (const tier of [{}, "none"] as const) {
      const machine = Machine.create({ host: SILENT, tier });
      machine.run(source, { mode: "forth", sourceName: "test", ergLimit: 1_000_000 });
      giveMemory(machine.vm);
      const { buffer } = takeMemory().memory;
      if (Buffer.from(buffer).equals(ZEROS)) continue;
      assert.unreachable(`byte ${new BigInt64Array(buffer).findIndex((cell) => cell !== 0n) * 8} is left by:\n${source}`);
    }
  }
});

test.run();
