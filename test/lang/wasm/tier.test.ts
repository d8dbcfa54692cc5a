import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host } from "../../../lang/host.ts";
import { Machine, type MachineOptions } from "../../../lang/machine/machine.ts";
import { LIMITS } from "../../../lang/limits.ts";
import type { Tier } from "../../../lang/machine/tier-port.ts";
import type { Vm } from "../../../lang/machine/vm.ts";
import { ProgramRunner } from "./both-tiers.ts";

const HOST: Host = {
  call: () => [],
  write: () => undefined,
  mark: () => 0 as ReturnType<Host["mark"]>,
  rollback: () => undefined,
  release: () => undefined,
};

/** Counts what the tier took over. */
class Watched implements Tier {
  calls = 0;
  loops = 0;
  readonly #tier: Tier;

  constructor(vm: Vm) {
    this.#tier = vm.tier as Tier;
    vm.tier = this;
  }

  call(vm: Vm, xt: number): boolean {
    const taken = this.#tier.call(vm, xt);
    if (taken) this.calls += 1;
    return taken;
  }

  back(vm: Vm): void {
    const erg = vm.ergLeft;
    this.#tier.back(vm);
    if (vm.ergLeft !== erg) this.loops += 1;
  }

  constantsChanged(): void {
    this.#tier.constantsChanged();
  }

  executes(ip: number, xt: number): void {
    this.#tier.executes(ip, xt);
  }

  forget(codeFrom: number): void {
    this.#tier.forget(codeFrom);
  }

  changes(xt: number): void {
    this.#tier.changes(xt);
  }
}

function watchedMachine(options: Partial<MachineOptions> = {}): { readonly machine: Machine; readonly watched: Watched } {
  const machine = Machine.create({ host: HOST, ...options });
  return { machine, watched: new Watched(machine.vm) };
}

function run(machine: Machine, source: string, ergLimit?: number): string {
  const result = machine.run(source, { mode: "forth", sourceName: "test", ...(ergLimit !== undefined && { ergLimit }) });
  return result.kind === "fault" ? result.report.fault.code : machine.stackShown().join(" ");
}

/** Both tiers give the same outcome for these lines; what the interpreter shows is returned. */
function same(source: string, ergLimit = 10_000_000): readonly string[] {
  const expected = new ProgramRunner(undefined).run(source, ergLimit);
  for (const tier of [{ patience: 0 }, { patience: 3, sliceErg: 100 }, {}]) assert.equal(new ProgramRunner(tier).run(source, ergLimit), expected, JSON.stringify(tier));
  return expected.stack;
}

test("a loop that runs long is taken over while it runs, once", () => {
  const { machine, watched } = watchedMachine();
  assert.is(run(machine, ": sum 0 100000 0 do i + loop ; sum"), "4999950000");
  assert.equal([watched.calls, watched.loops], [0, 1]);
});

test("a word called often is taken over at its call", () => {
  const { machine, watched } = watchedMachine();
  assert.is(run(machine, ": down dup if 1- recurse then ; : fib dup 2 < 0= if dup 1- recurse swap 2 - recurse + then ; 20 fib"), "6765");
  assert.ok(watched.calls > 0);
});

test("words met at EXECUTE are learned, one after another, in the middle of the loop", () => {
  const { machine, watched } = watchedMachine();
  const words = Array.from({ length: 8 }, (_, i) => `: op${i} ${i} + ;`).join(" ");
  const table = `create ops ${Array.from({ length: 8 }, (_, i) => `' op${i} ,`).join(" ")}`;
  assert.is(run(machine, `${words} ${table} : all 0 80000 0 do i 7 and cells ops + @ execute loop ; all`), String(28 * 10_000));
  assert.ok(watched.loops < 40, `${watched.loops} times taken over`);
});

test("common words do not leave compiled code: a loop over them is taken over once", () => {
  const bodies = [
    "i 7 um* drop +", "i -7 m* drop +", "i 0 7 um/mod + +", "i s>d 7 fm/mod + +", "i s>d -7 sm/rem + +", "i 7 3 */ +", "i 7 3 */mod + +", "i s>d 5 m+ 1. d+ d2* dnegate dabs drop +",
    "i s>d 3. d< + i s>d d0= +", "here i c, here swap - +", "i , here 8 - @ +", "align 8 allot unused 0 * +", "s\" abc\" + 1- c@ +", "s\" abcd\" 1 /string nip +", "0 throw 1+", "0 abort\" no\" 1+",
    "pad dup 40 + 8 cmove 1+", "base @ + bl + state @ +", "v + i to v", "i 3 + swap drop c1 +", "five d1 + +", "{: n :} n i +", "later",
  ];
  for (const body of bodies) {
    const { machine, watched } = watchedMachine();
    const definitions = "3 value v 12 constant c1 : five 5 ; create d0 7 , : made create , does> @ ; 9 made d1 defer later : add 1+ ; ' add is later";
    const separate = body.startsWith("{:") ? `: step ${body.replace(" i", " 3")} ; : go 0 500 0 do step loop ;` : `: go 0 500 0 do ${body} loop ;`;
    assert.ok(!run(machine, `${definitions} ${separate} go drop`).startsWith("LANG"), body);
    assert.is(watched.loops, 1, `${body}: taken over ${watched.loops} times`);
  }
});

test("CATCH of a word that was seen there runs in compiled code, and what is thrown finds the handler it would have found", () => {
  const { machine, watched } = watchedMachine();
  assert.is(run(machine, ": safe 1+ ; : go 0 500 0 do ['] safe catch + loop ; go"), "500");
  assert.is(watched.loops, 1);
  same(": risky dup 7 mod 3 = if 5 throw then 2* ; : go 0 100 0 do i ['] risky catch + + loop ; go");
  same(": drops 2drop 8 9 10 throw ; : go 60 0 do i 2 3 ['] drops catch 2drop 2drop loop ; go");
  same(": inner 3 throw ; : outer ['] inner catch 1+ throw ; : go 0 80 0 do ['] outer catch + loop ; go");
  same(": moves 4 >in ! 9 throw ; : go 60 0 do ['] moves catch drop loop >in @ ; go 1 2 3 4");
  same(": deep dup if 1- recurse else 1 throw then ; : go 0 40 0 do 30 ['] deep catch + nip loop ; go");
  same(": locals {: a b :} a b + 1.5 drop ; : go 0 90 0 do i 2 ['] locals catch + nip loop ; go");
});

test("a deferred word is called through what it stands for, and given back when that changes", () => {
  assert.equal(same("defer op : a 1+ ; : b 2* ; ' a is op : go 0 500 0 do op i 250 = if ['] b is op then 1023 and loop ; go"), ["0"]);
});

test("control flow that does not nest stays with the interpreter and gives the same", () => {
  same(": odd 10 >r ahead begin [ 1 cs-roll ] then r> 1- dup >r 0= until r> ; odd");
});

test("recursion to the limit of calls faults alike, at whatever depth the stacks are", () => {
  same(": deep 1+ recurse ; 0 deep");
  same(": deep dup recurse + ; 5 deep");
  same(": deep dup dup dup dup dup 1+ recurse ; 5 deep");
  same(": deep dup >r dup >r dup >r dup >r dup >r 1+ recurse r> r> r> r> r> ; 5 deep");
  same(": deep >r r@ recurse r> drop ; 5 deep");
  same(`: count-down dup if 1- recurse then ; ${LIMITS.callDepth - 2} count-down ${LIMITS.callDepth + 2} count-down`);
});

test("running out of ERG in the middle of nested calls leaves the same number", () => {
  for (let erg = 4_000; erg < 4_200; erg += 7) same(": a 1+ ; : b a a 3 0 do a loop ; : c 0 1000 0 do b loop ; c", erg);
});

test("rounds of a loop that were paid for and not run are given back, however the loop is left", () => {
  same(": leaves 0 100 0 do i + i 60 = if leave then loop ; : many 0 50 0 do leaves + loop ; many");
  same(": exits 100 0 do i 40 = if i unloop exit then loop 7 ; : many 0 50 0 do exits + loop ; many");
  same(": kept {: n :} 100 0 do i n = if i exit then loop 7 ; : many 0 50 0 do i kept + loop ; many");
  same(": inner 0 20 0 do i 13 = if 5 throw then i + loop ; : many 50 0 do ['] inner catch drop loop ; many");
  same(": deep 10 0 do 10 0 do i j + 15 > if unloop unloop exit then loop loop ; : many 50 0 do deep loop ; many");
  same(": odd 30 0 do i 7 = if 1.5 drop then i 1 and if 3 drop then loop ; : many 40 0 do odd loop ; many");
});

test("a loop whose rounds are more than ERG can pay for ends where the interpreter ends it", () => {
  const source = "variable v : go 0 100000 0 do i + i 3 mod 0= if 1 v +! then loop ; : outer 5 0 do go v @ drop loop ; outer";
  for (let erg = 3_000; erg < 3_060; erg += 4) same(source, erg);
  same(": all 0 0 do i drop loop ; all", 20_000);
});

test("a constant that changes is seen, and so is one that a failing line put back", () => {
  const stack = same("begin-structure s drop constant slot : size 0 200 0 do s + loop ; size slot 40 end-structure size\nslot 48 end-structure size no-such-word\nsize");
  assert.equal(stack, ["0", "8000", "8000"]);
});

test("memory faults at its very edges, and one byte before them does not", () => {
  same("here 8 - constant top : at @ ; top at drop : edge here 65536 + begin dup ['] c@ catch nip while 1- repeat ; edge here -");
});

test("entries that are no cells hand the word over to the interpreter", () => {
  assert.equal(same(": twice dup + ; : many 0 200 0 do i twice + loop ; many 1.5 twice 'abc' drop"), ["39800", "3.0"]);
});

test("a redefined word is what later words call, and a forgotten one leaves nothing behind", () => {
  same(": f 1+ ; : g 0 200 0 do f loop ; g : f 2 + ; : g 0 200 0 do f loop ; g\nmarker gone : h 0 200 0 do 3 + loop ; h\ngone : h 0 200 0 do 5 + loop ; h");
});

test("compiled code knows nothing of forgotten words, whose tokens later words get", () => {
  const makers = ": made create , does> @ ;  : more create , does> @ 1+ ;  : go ( xt -- n ) 0 500 0 do over execute + loop nip ;";
  assert.equal(same(`${makers} marker m 5 made five ' five go m 6 more six ' six go forget six : six 9 ; ' six go`), ["2500", "3500", "4500"]);
  assert.equal(same(`${makers} 5 made five marker m : pass dup drop ; ' five go m ' five go`), ["2500", "2500"]);
});

test("a failing line takes its definitions back, compiled ones as well", () => {
  same(": h 0 200 0 do 3 + loop ; h no-such-word\n: h 0 200 0 do 5 + loop ; h");
});

test("someone who asks to stop is heard within a slice", () => {
  const interrupt = new SharedArrayBuffer(4);
  const { machine } = watchedMachine({ interrupt, tier: { sliceErg: 1_000 } });
  const flag = new Int32Array(interrupt);
  const { vm } = machine;
  let rounds = 0;
  const { tier } = vm;
  vm.tier = {
    call: (each, xt) => tier?.call(each, xt) ?? false,
    back: (each) => {
      tier?.back(each);
      if (++rounds === 500) flag[0] = 1;
    },
    executes: (ip, xt) => tier?.executes(ip, xt),
    forget: (from) => tier?.forget(from),
    constantsChanged: () => tier?.constantsChanged(),
    changes: (xt) => tier?.changes(xt),
  };
  assert.is(run(machine, ": forever begin again ; forever"), "LANG_ABORT");
});

test.run();
