import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import { KEPT_BYTES } from "../../../lang/machine/lines.ts";
import { foldName } from "../../../lang/words.ts";
import { NULL_HOST } from "../../../lang/machine/null-host.ts";

/** Work and memory that a program could once have for next to nothing. */

const SETUP = { mode: "forth", sourceName: "test" } as const;

function machineWith(...lines: readonly string[]): Machine {
  const machine = Machine.create({ host: NULL_HOST, tier: "none" });
  for (const line of lines) assert.is(machine.run(line, SETUP).kind, "done", line.slice(0, 80));
  return machine;
}

function ergOf(machine: Machine, line: string): number {
  const result = machine.run(line, SETUP);
  assert.is(result.kind, "done", line);
  return result.ergUsed;
}

test("of a long string given to EVALUATE only the beginning is kept with the words it defines", () => {
  const machine = machineWith("create long 1000000 allot  long 1000000 bl fill", ': begin s" variable v 1000000 >in ! " long swap move ; begin', "long 1000000 evaluate");
  const kept = machine.vm.lines.lines.map(({ text }) => text.length);
  assert.ok(Math.max(...kept) <= KEPT_BYTES, String(Math.max(...kept)));
});

test("a character is never cut in two where a long line is", () => {
  const machine = machineWith(`variable v \\ ${"é".repeat(KEPT_BYTES)}`);
  assert.not.ok(machine.vm.lines.lines.some(({ text }) => text.includes("\ufffd")));
});

test("words defined again and again fill neither the table of lines nor that of looked-up names", () => {
  const machine = machineWith(': again 0 do s" marker gone variable v v drop gone" evaluate loop ;', "60000 again");
  const rest = machine.run("6000 again", SETUP);
  assert.equal(rest.kind === "fault" && rest.report.fault, { code: "LANG_TOO_LARGE", what: "markers", limit: 65_536 });
  assert.ok(machine.vm.lines.lines.length <= 1 << 16);
});

test("a machine with a hundred thousand compiled tokens is restored", () => {
  const machine = machineWith(...Array.from({ length: 10 }, (_, index) => `: long${String(index)} ${"dup drop ".repeat(5_000)};`));
  const copy = Machine.restore(machine.snapshot(), { host: NULL_HOST, tier: "none" });
  assert.is(copy.vm.lines.addresses.length, machine.vm.lines.addresses.length);
});

test("a line costs more on a machine that holds more", () => {
  const small = machineWith("1 drop");
  const large = machineWith("create data 8000000 allot  data 8000000 255 fill");
  assert.ok(ergOf(large, "1 drop") > 100 * ergOf(small, "1 drop"));
});

test("what values nobody names any more do not show in the price of a line", () => {
  const machine = machineWith(': garbage 0 do s" abcdefgh" >text drop loop ;', "40 garbage");
  const restored = Machine.restore(machine.snapshot(), { host: NULL_HOST, tier: "none" });
  assert.is(ergOf(machine, "1 drop"), ergOf(restored, "1 drop"));
});

test("blocks of ALLOCATE are counted, and those given back join whatever the order", () => {
  const machine = machineWith(
    "create all 65536 cells allot  variable many",
    ": take 70000 0 do 8 allocate if drop leave then all i cells + ! 1 many +! loop ; take",
    ": back many @ 0 do all i cells + @ free throw 2 +loop many @ 1 do all i cells + @ free throw 2 +loop ; many @ back",
  );
  assert.equal(machine.stackValues(), [{ kind: "cell", value: 65_536n }]);
  assert.is(machine.vm.far.blocks, 1);
});

test("SUBSTITUTE stops when there is no room, and takes any number of percent signs", () => {
  const machine = machineWith(
    "create from 1000000 allot  from 1000000 char % fill  create to 600000 allot",
    "from 1000000 to 600000 substitute",
    "nip nip  from 1000000 to 100 substitute  nip nip",
  );
  assert.equal(machine.stackValues().map((each) => each.kind === "cell" && each.value), [0n, -78n]);
});

test("printing a number costs as much as its digits", () => {
  const machine = machineWith("7 10000 ** constant large");
  const printed = ergOf(machine, "large .");
  assert.ok(printed > 20 * ergOf(machine, "7 ."), String(printed));
});

test("a number that takes long to write out shows its size on the stack and in faults, at no cost", () => {
  const machine = machineWith("7 10000 ** constant large  7 10000 ** 1.5 * constant exact");
  ergOf(machine, ": many 16 0 do large loop exact ; many");
  assert.equal([...new Set(machine.stackShown(20))], ["integer of up to 32768 bits", "decimal of up to 32769 bits"]);
  assert.ok(ergOf(machine, ".s") < 10_000);
  const result = machine.run("large @", SETUP);
  assert.equal(result.kind === "fault" && result.report.fault, { code: "LANG_WRONG_KIND", word: "@", expected: "a whole number within 64 bits", found: "integer", shown: "integer of up to 32768 bits" });
});

test("letters in both cases are folded in one pass, and a token longer than names are is looked up nowhere", () => {
  const name = "Nn".repeat(127);
  const machine = machineWith(`: ${name} 5 ;`);
  assert.equal(machineWith(`: ${name} 5 ;`, name.toLowerCase()).stackValues(), [{ kind: "cell", value: 5n }]);
  assert.is(foldName("ÄBÇdé\u{1F600}Z"), "ÄbÇdé\u{1F600}z");
  const long = machine.run(`${name}${name}`, SETUP);
  assert.is(long.kind === "fault" && long.report.fault.code, "LANG_UNKNOWN_WORD");
});

test("what looks names up, reads numbers or shows code costs by what it looks at", () => {
  const long = "n".repeat(254);
  const machine = machineWith(`create name 254 c, s" ${long}" dup allot name 1+ swap move  create short 1 c, char n c,`, `: long ${"over drop ".repeat(500)} ; : brief ;`, ": uses brief ;");
  assert.ok(ergOf(machine, "name find 2drop") > ergOf(machine, "short find 2drop") + 60);
  assert.ok(ergOf(machine, "see long") > ergOf(machine, "see brief") + 10_000);
  assert.ok(ergOf(machine, "where brief") > ergOf(machine, "where uses") + 150);
  assert.ok(ergOf(machine, "help unheard-of") > ergOf(machine, "help brief") + 10_000);
  assert.ok(ergOf(machine, `${"7".repeat(300)} drop`) > ergOf(machine, `${"7".repeat(30)} drop`) + 1_000);
  assert.ok(ergOf(machine, `"${"a".repeat(8_000)}" drop`) > ergOf(machine, '"a" drop') + 2_000);
});

test("a line that evaluates in a loop notes no more tokens than entries can name, and entries keep theirs", () => {
  const machine = machineWith(': again 0 do s" 1 drop" evaluate loop ;');
  assert.is(machine.run("7 50000 again 8", { ...SETUP, interactive: true }).kind, "done");
  assert.ok(machine.vm.tokens.length <= 1 << 16);
  const columns = [0, 1].map((index) => machine.vm.tokens[~(machine.vm.origins[index] as number)]?.column);
  assert.equal(columns, [0, 14]);
});

test.run();
