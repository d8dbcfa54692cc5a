import type { Host } from "../host.ts";
import { Machine } from "./machine.ts";

/** A little of everything that compiled code is made of. Its answer is known, so that it is a check as well. */
const SAMPLE = `
create cell-of 64 allot
: short ( n -- n ) dup 3 < if 1+ else 2/ then ;
: down ( n -- n ) dup 0> if 1- dup short drop recurse then ;
: fields ( a b -- n ) {: a b | sum :} 5 0 do a b * i + sum + to sum loop sum ;
: store ( n -- n ) 8 0 do dup cell-of i cells + ! loop cell-of dup 8 + 8 move cell-of c@ + 7 /mod + ;
: search ( n -- n ) begin dup 1 and 0= while 2/ repeat >r 0 begin 1+ dup r@ > until r> + ;
: all ( -- n ) 0 4 0 do i short + i ['] short execute + loop 5 down + 2 3 fields + 40 search + 9 store + ;
all all all`;
const ANSWER = "71 71 71";

const NOBODY: Host = {
  call: () => [],
  write: () => undefined,
  mark: () => 0 as ReturnType<Host["mark"]>,
  rollback: () => undefined,
  release: () => undefined,
};

/**
 * Runs a sample through both tiers, so that the first program of this thread does not wait until the engine
 * has read the compiler itself: about 15 ms that a worker can spend before anybody asks for anything.
 */
export function warmUp(): void {
  const machine = Machine.create({ host: NOBODY, tier: { patience: 0 } });
  const result = machine.run(SAMPLE, { mode: "forth", sourceName: "warm-up" });
  const shown = machine.stackShown().join(" ");
  if (result.kind !== "done" || shown !== ANSWER) throw new Error(`the sample gives ${result.kind} ${shown}`);
}
