import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import { HOST_WORDS } from "../../../lang/primitives/host-words.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { CALL_LIMITS } from "../../../node/state/limits.ts";
import { seeded } from "../seeded.ts";
import { ProgramWorld } from "./program-world.ts";

/** Programs that mean harm, and callers that do. Bob owns the programs, alice calls. */

const [alice, bob] = [new Uint8Array(20).fill(0xa1), new Uint8Array(20).fill(0xb0)];
const ALICE = `/${encodeAddress(alice)}`;
const BOB = `/${encodeAddress(bob)}`;
const COIN = 10n ** 18n;

function worldWith(source: string, tier: "none" | "default" = "none", interrupt?: SharedArrayBuffer): ProgramWorld {
  const world = new ProgramWorld(tier === "none" ? "none" : {}, interrupt);
  world.fund(alice, 100n);
  world.fund(bob, 100n);
  world.program(bob, "p", `#!grid\n${source}`);
  return world;
}

/** How a call of `main` by alice ends. */
const ended = (source: string, ergLimit?: number): string => worldWith(source).run(alice, `call ${BOB}/p main`, ergLimit).fault;

test("an endless loop, an endless source and endless recursion end with the ERG or at a bound", () => {
  assert.is(ended(": main begin again ;\nexport main", 2_000_000), "LANG_OUT_OF_ERG");
  assert.is(ended(": spin begin again ;\nspin", 2_000_000), "LANG_OUT_OF_ERG");
  assert.is(ended(": main recurse ;\nexport main"), "PROGRAM_FAILED LANG_CALL_DEPTH");
  assert.is(ended(": main begin 1 again ;\nexport main"), "PROGRAM_FAILED LANG_OVERFLOW");
  assert.is(ended(": main begin 1000000 allot again ;\nexport main"), "PROGRAM_FAILED LANG_MEMORY_FULL");
});

test("running out of ERG cannot be caught, by the caller or by any program in between", () => {
  const world = worldWith(`: spin begin again ;\n: through ['] spin catch drop 0 "spin" "${BOB}/q" ['] callEx catch ;\nexport spin through`);
  world.program(bob, "q", "#!grid\n: spin begin again ;\nexport spin");
  assert.is(world.run(alice, `: try 0 "through" "${BOB}/p" callEx ; ' try catch . 1 .`, 3_000_000).fault, "LANG_OUT_OF_ERG");
  assert.is(world.balance(alice), 100n * COIN);
});

test("huge results, too many of them, and huge arguments are refused", () => {
  assert.is(ended(": main 40 0 do i loop ;\nexport main"), "LANG_TOO_LARGE");
  assert.is(ended(`: main ${'"' + "x".repeat(2_000) + '"'} 40 0 do dup loop ;\nexport main`), "LANG_TOO_LARGE");
  assert.is(ended(`: main ${'"' + "x".repeat(3_000) + '"'} 30 0 do dup loop ;\nexport main`), "LANG_TOO_LARGE");
  const world = worldWith(": main depth ;\nexport main");
  assert.is(world.run(alice, `${"1 ".repeat(40)} 40 "main" "${BOB}/p" callEx`).fault, "LANG_TOO_LARGE");
  assert.is(world.run(alice, `5 "main" "${BOB}/p" callEx`).fault, "LANG_UNDERFLOW");
  assert.is(world.run(alice, `: many 29 0 do dup loop ; "${"x".repeat(3_000)}" many 30 "main" "${BOB}/p" callEx`).fault, "LANG_TOO_LARGE");
});

test("storage spam is paid by the byte, and bounded by value and key", () => {
  assert.is(ended(`: main "${"v".repeat(3_000)}" "k" kv! ;\nexport main`), "done");
  assert.is(ended(`: main "${"v".repeat(5_000)}" "k" kv! ;\nexport main`), "PROGRAM_FAILED LANG_TOO_LARGE");
  assert.is(ended(`: main 1 "${"k".repeat(256)}" kv! ;\nexport main`), "PROGRAM_FAILED PROGRAM_BAD_KEY");
  const cost = (bytes: number): number => worldWith(`: main "${"v".repeat(bytes)}" "k" kv! ;\nexport main`).run(alice, `call ${BOB}/p main`).ergUsed;
  assert.ok(cost(2_000) - cost(1_000) >= 2_000);
  assert.is(ended(': main 1000000 0 do i dup kv! loop ;\nexport main', 5_000_000), "LANG_OUT_OF_ERG");
});

test("a program that removed its own file keeps nothing more, and one that moved it takes along what it kept", () => {
  const world = worldWith(': gone 1 "a" kv! self 0 rmEx 2 "a" kv! ;\n: moves 1 "a" kv! self "q" mvEx ;\nexport gone moves');
  assert.is(world.run(alice, `call ${BOB}/p gone`).fault, "PROGRAM_FAILED STATE_NO_SUCH_PATH");
  assert.is(world.run(alice, `call ${BOB}/p moves\nkept ${BOB}/q`).printed, "a = 1\n");
});

test("the depth bound holds exactly, whatever chain of programs reaches it", () => {
  for (const [length, expected] of [[CALL_LIMITS.depth, "done"], [CALL_LIMITS.depth + 1, "PROGRAM_FAILED PROGRAM_TOO_DEEP"]] as const) {
    const world = new ProgramWorld();
    for (let i = 1; i <= length; i++) world.program(i % 2 === 0 ? bob : alice, `p${i}`, i === length ? "#!grid\n: main 7 ;\nexport main" : `#!grid\n: main 0 "main" "${i % 2 === 0 ? ALICE : BOB}/p${i + 1}" callEx drop ;\nexport main`);
    assert.is(world.run(alice, `call p1 main`).fault, expected, `${length}`);
  }
});

test("re-entrance is refused also by way of another program, and the refusal can be caught", () => {
  const world = worldWith(`: main 0 "back" "${ALICE}/q" callEx drop ;\n: drain "drained" ;\nexport main drain`);
  world.program(alice, "q", `#!grid\n: bare 0 "drain" "${BOB}/p" callEx ;\n: back ['] bare catch ;\nexport back`);
  const { fault, stack } = world.run(alice, `call ${BOB}/p main`);
  assert.is(fault, "done");
  assert.equal(stack, [{ kind: "cell", value: -264n }]);
});

test("a callee sees nothing of its caller: stack, memory, words, numbers' base and open files are its own", () => {
  const world = worldWith(`: main depth base @ ;\n: peek ( a -- x ) @ ;\n: found s" secret-word" ['] evaluate catch nip nip ;\nexport main peek found`);
  const { stack } = world.run(alice, `1 2 3 : secret-word 1 ; hex 0 "main" "${BOB}/p" callEx 0 "found" "${BOB}/p" callEx`);
  assert.equal(stack.map((one) => (one.kind === "cell" ? one.value : one.kind)), [1n, 2n, 3n, 0n, 10n, 2n, -13n, 1n]);
  assert.is(world.run(alice, `variable x 77 x ! x 1 "peek" "${BOB}/p" callEx drop 77 = .`).printed, "0 ");
});

test("a callee has its owner's rights and not its caller's, and its caller has none of the owner's", () => {
  const world = worldWith(`: steal "${ALICE}/purse" readEx ;\n: spend "${BOB}" drop my-address ;\n: home "mine" "note" writeEx ;\nexport steal spend home`);
  world.run(alice, "echo secret > purse\nchmod o-r purse");
  assert.is(world.run(alice, `call ${BOB}/p steal`).fault, "PROGRAM_FAILED STATE_DENIED");
  assert.is(world.run(alice, `call ${BOB}/p spend\ntype`).printed, encodeAddress(bob));
  assert.is(world.run(alice, `call ${BOB}/p home\nls`).printed, "purse\n");
  assert.is(world.run(bob, "ls").printed, "note\np\n");
  assert.is(world.run(alice, `call ${BOB}/p home\n'x' '${BOB}/note' writeEx`).fault, "STATE_DENIED");
});

test("kernel words called from user code all trap: what steers a thread, waits, or belongs to a session", () => {
  const words = [...HOST_WORDS.filter(({ access }) => access === "thread").map(({ word }) => word), "key", "ekey", "accept-line", "10 ms", "bye", "quit", "ct", "faucet"];
  for (const word of words) {
    const world = worldWith(`: main ${word} ;\nexport main`);
    assert.match(world.run(alice, `call ${BOB}/p main`).fault, /^PROGRAM_FAILED/, word);
    assert.is(world.balance(alice) + world.balance(bob), 200n * COIN, word);
  }
});

test("code of the user's own cannot reach keys or coins of others by any opcode: only checked words change protected values", () => {
  const random = seeded(77);
  const words = ["dup", "drop", "swap", "@", "!", "execute", "evaluate", "kv!", "kv@", "sendEx", "writeEx", "chownEx", "chmodEx", "addkeyEx", "rotateEx", "rmEx", "callEx", "callWithEx", "buyEx", "here", "0", "1", "-1", "600", "544", `"${ALICE}"`, `"${encodeAddress(alice)}"`, `"${ALICE}/f"`, '"main"', "5", "catch", "' sendEx"];
  let spent = 0n;
  for (let round = 0; round < 100; round++) {
    const soup = Array.from({ length: 12 }, () => words[random(words.length)]).join(" ");
    const world = worldWith(`: main ${soup} ;\nexport main`);
    world.run(alice, "echo hers > f");
    const before = world.run(alice, "cat f\ngetfacl f\nkeys").printed;
    world.run(alice, `call-with 1 ${BOB}/p main`, 400_000);
    assert.is(world.run(alice, "cat f\ngetfacl f\nkeys").printed, before, soup);
    assert.ok(world.balance(alice) >= 99n * COIN, soup);
    assert.is(world.balance(alice) + world.balance(bob) + world.balance(new Uint8Array(20)), 200n * COIN, soup);
    spent += 200n * COIN - world.balance(alice);
  }
  assert.ok(spent > 0n);
});

test("an interrupt stops a program that was called, through all that called it and past what catches", () => {
  const interrupt = new SharedArrayBuffer(4);
  const world = worldWith(`: spin 1 . begin again ;\n: main ['] spin catch drop 5 ;\nexport main`, "default", interrupt);
  const flag = new Int32Array(interrupt);
  const machine = Machine.create({ host: world.host(alice, () => Atomics.store(flag, 0, 1)), interrupt });
  const result = machine.run(`: try 0 "main" "${BOB}/p" callEx ; ' try catch`, { mode: "shell", sourceName: "test", ergLimit: 1_000_000_000 });
  assert.is(result.kind === "fault" && result.report.fault.code, "LANG_ABORT");
  assert.ok((result.ergUsed ?? 0) < 1_000_000);
});

const TIMED = [
  ": fib dup 2 < if drop 1 else dup 1- recurse swap 2 - recurse + then ;\n: main 15 fib ;\nexport main",
  `: down ( n -- n ) dup if 1- recurse then ;\n: main 3000 down  0 "main" "${ALICE}/q" callEx drop + ;\nexport main`,
  ": main 0 2000 0 do i + loop dup \"sum\" kv! ;\nexport main",
  ": main 0 begin 1+ dup 100000 = until ;\nexport main",
];

test("ERG, results and state are the same on both tiers, also at the point where ERG runs out", () => {
  for (const source of TIMED) {
    const run = (tier: "none" | "default", limit?: number) => {
      const world = worldWith(source, tier);
      world.program(alice, "q", "#!grid\n: down ( n -- n ) dup if 1- recurse then ;\n: main 4000 down 5 ;\nexport main");
      const { fault, ergUsed, stack } = world.run(alice, `: go 3 0 do 0 "main" "${BOB}/p" callEx 2drop loop ;\ngo`, limit);
      return { fault, ergUsed, stack, kept: world.run(alice, `kept ${BOB}/p`).printed };
    };
    const whole = run("none");
    assert.is(whole.fault, "done", source);
    assert.equal(run("default"), whole, source);
    assert.is(run("default").ergUsed, whole.ergUsed);
    for (const part of [0.3, 0.6, 0.95]) {
      const limit = Math.floor(whole.ergUsed * part);
      assert.equal(run("default", limit), run("none", limit), `${source} with ${limit}`);
      assert.is(run("none", limit).fault, "LANG_OUT_OF_ERG");
    }
    assert.is(run("default", whole.ergUsed).fault, "done");
    assert.is(run("none", whole.ergUsed - 1).fault, "LANG_OUT_OF_ERG");
  }
});

test("a machine that called to the depth bound from the deepest recursion still has native stack", () => {
  const world = new ProgramWorld({ patience: 0 });
  for (let i = 1; i <= CALL_LIMITS.depth; i++) {
    const next = i === CALL_LIMITS.depth ? "1" : `0 "main" "p${i + 1}" callEx drop`;
    world.program(alice, `p${i}`, `#!grid\n: deep ( n -- x ) ?dup if 1- recurse else ${next} then ;\n: main 4000 deep ;\nexport main`);
  }
  assert.equal(world.run(alice, `: deep ( n -- x ) ?dup if 1- recurse else 0 "main" "p1" callEx drop then ;\n4000 deep`).stack, [{ kind: "cell", value: 1n }]);
});

test.run();
