import { test } from "uvu";
import * as assert from "uvu/assert";
import { NULL_HOST } from "../../../lang/machine/null-host.ts";
import { giveMemory } from "../../../lang/machine/spare-memory.ts";
import { Machine } from "../../../lang/machine/machine.ts";

test("memory of a machine that is done with is all zero when the next one gets it", () => {
  const source = `
    variable v 1234 v ! create buffer 40000 allot buffer 40000 255 fill -39000 allot here 20000 170 fill
    : deep dup 0> if 1- recurse then ; 900 deep drop 77 constant k 5 value five 9 to five
    30000 allocate throw dup 30000 238 fill free throw 1.5 2.25 s" some text" pad swap move
    1 2 3 4 5 6 7 8 9 : loops 2000 0 do i drop loop ; loops marker gone : x 1 ; gone`;
  const first = Machine.create({ host: NULL_HOST, tier: { patience: 0 } });
  const result = first.run(source, { mode: "forth", sourceName: "test" });
  assert.is(result.kind, "done", JSON.stringify(result));
  const { memory } = first.vm;
  const before = new Uint8Array(memory.buffer).reduce((count, byte) => count + (byte === 0 ? 0 : 1), 0);
  assert.ok(before > 10_000);
  giveMemory(first.vm);
  assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0));
  assert.is(Machine.create({ host: NULL_HOST }).vm.memory, memory);
});

test.run();
