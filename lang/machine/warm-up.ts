import type { Host } from "../host.ts";
import { Machine } from "./machine.ts";
import { compileEntry } from "./wasm/compile.ts";
import { sourceOf } from "./wasm/tier.ts";

/** A little of everything that compiled code is made of. Its answer is known, so that it is a check as well. */
const SAMPLE = `
create cell-of 64 allot  100 constant hundred  variable sum-of
: short ( n -- n ) dup 3 < if 1+ else 2/ then ;
: down ( n -- n ) dup 0> if 1- dup short drop recurse then ;
: fields ( a b -- n ) {: a b | sum :} 5 0 do a b * i + sum + to sum loop sum ;
: store ( n -- n ) 8 0 do dup cell-of i cells + ! loop cell-of dup 8 + 8 move cell-of c@ + 7 /mod + ;
: search ( n -- n ) begin dup 1 and 0= while 2/ repeat >r 0 begin 1+ dup r@ > until r> + ;
: nested ( -- n ) 0 4 0 do 3 0 ?do i j + hundred mod dup 5 = if drop leave then + loop loop ;
: pairs ( -- n ) cell-of 2@ over swap cell-of 2! 1 sum-of +! sum-of @ 0 do 1+ 3 +loop 0 * ;
: all ( -- n ) 0 4 0 do i short + i ['] short execute + loop 5 down + 2 3 fields + 40 search + 9 store + nested pairs + drop ;
all all all`;
const ANSWER = "71 71 71";

/** Exact numbers, which only the interpreter has. */
const DECIMALS = ": sums ( -- x ) 0.1 400 0 do i 0.01 * + 0.005 - loop ; sums sums sums drop drop";
const SUM = "796.1";

const NOBODY: Host = {
  call: () => [],
  write: () => undefined,
  mark: () => 0 as ReturnType<Host["mark"]>,
  rollback: () => undefined,
  release: () => undefined,
};

/** Steps of warming up. Further ones gain little: measured by the time that compiling takes in a new thread, 5 ms before and under 1 ms after. */
export const WARM_UP_STEPS = 8;
/** How often a step compiles the sample. */
const TIMES = 4;

/**
 * Runs a sample through both tiers, and in later steps compiles it again, so that the first program of this thread does not
 * wait until the engine has compiled the compiler itself: some milliseconds each step that a worker can spend before anybody
 * asks for anything.
 */
export function warmUp(step = 0): void {
  const machine = Machine.create({ host: NOBODY, tier: step === 0 ? { patience: 0 } : "none" });
  check(machine, SAMPLE, ANSWER);
  check(machine, `drop drop drop ${DECIMALS}`, SUM);
  const source = sourceOf(machine.vm);
  const start = machine.vm.entry(machine.vm.dictionary.latest - 1).code;
  for (let time = 0; step > 0 && time < TIMES; time += 1) {
    if (compileEntry({ start, returns: [] }, { source, targets: () => [] }) === undefined) throw new Error("the sample is not compiled");
  }
}

function check(machine: Machine, source: string, answer: string): void {
  const result = machine.run(source, { mode: "forth", sourceName: "warm-up" });
  const shown = machine.stackShown().join(" ");
  if (result.kind !== "done" || shown !== answer) throw new Error(`the sample gives ${result.kind} ${shown}`);
}
