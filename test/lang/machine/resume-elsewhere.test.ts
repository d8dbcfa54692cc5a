import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import type { RunResult } from "../../../lang/machine/run-result.ts";
import { makeRandom } from "../random.ts";
import { RecordingHost } from "../recording-host.ts";

/** A program that waits for keys in the middle of loops, calls, locals, CATCH, EVALUATE and a line: where is up to the seed. */
const WORDS = `variable sum  9 value held  create list 8 cells allot
: ask ( n -- n ) key + dup sum +! ;
: turn ( n -- n ) 3 0 do i + dup ROUND and 0= if ask then loop ;
: named ( n -- n ) {: n | m :} n ask to m m n + 1 rshift ;
: risky ( n -- n ) dup DANGER and if ask 7 throw then ask 1+ ;
: tried ( n -- n ) ['] risky catch ?dup if to held drop 1 then held + ;
: deep ( n -- n ) dup 7 and 0 ?do dup i list + c! i 1+ >r r@ turn r> + + loop ;
: text ( n -- n ) s" ask 2* ask" evaluate 65535 and ;
: all ( n -- n ) 4 0 do turn named tried deep i 1 and if text then loop ;`;
const LINES = ["5 all", "0.1 key * swap all", "sum @ held list 8 + c@ 123456789012345678901234567890 key +"];

interface End {
  readonly erg: number;
  readonly stack: readonly string[];
  readonly output: string;
}

/** Runs the program; at each stop `move` may put another machine in the place of this one. */
function runAll(seed: number, create: (host: RecordingHost) => Machine, move: (machine: Machine, host: RecordingHost) => Machine): End {
  const host = new RecordingHost();
  const source = WORDS.replace("ROUND", String(seed % 4)).replace("DANGER", String(seed % 3));
  let machine = create(host);
  let erg = 0;
  for (const line of [...source.split("\n"), ...LINES]) {
    machine = move(machine, host);
    let result: RunResult = machine.run(line, { mode: "forth", sourceName: "test" });
    for (let key = seed; result.kind === "waiting"; key += 37) {
      erg += result.ergUsed;
      machine = move(machine, host);
      result = machine.resume(Uint8Array.of(key & 127));
    }
    assert.is(result.kind, "done", JSON.stringify(result));
    erg += result.ergUsed;
  }
  return { erg, stack: machine.stackShown(32), output: host.output };
}

test("a program stopped anywhere and resumed on other machines gives the same result and the same total ERG", () => {
  let moved = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const straight = runAll(seed, (host) => Machine.create({ host, tier: "none" }), (machine) => machine);
    const random = makeRandom(seed);
    const travelling = runAll(seed, (host) => Machine.create({ host, tier: { patience: 0 } }), (machine, host) => {
      if (random(3) > 0) return machine;
      moved += 1;
      return Machine.restore(machine.snapshot(), { host, tier: random(2) === 0 ? "none" : { patience: random(3) } });
    });
    assert.equal(travelling, straight, `seed ${String(seed)}`);
  }
  assert.ok(moved > 300, `${String(moved)} moves`);
});

test.run();
