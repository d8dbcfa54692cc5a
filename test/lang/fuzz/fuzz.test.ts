// time-out: 120 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import type { RunResult } from "../../../lang/machine/run-result.ts";
import { giveMemory } from "../../../lang/machine/spare-memory.ts";
import { compileEntry } from "../../../lang/machine/wasm/compile.ts";
import { sourceOf } from "../../../lang/machine/wasm/tier.ts";
import { compileProgram } from "../../../lang/program/compile.ts";
import { decompile } from "../../../lang/program/decompile.ts";
import { decodeProgram, encodeProgram } from "../../../lang/program/program.ts";
import { runProgram } from "../../../lang/program/run.ts";
import { LANG_FAULT_CODES } from "../../../lang/throw-codes.ts";
import { generateProgram } from "../wasm/program-generator.ts";
import { makeRandom } from "../random.ts";
import { FuzzHost } from "./fuzz-host.ts";
import { tokenSoup } from "./token-soup.ts";

/** FUZZ=n runs that many inputs of each sort, FUZZ=1000000 for the full run of some hours; FUZZ_SEED=n begins elsewhere. */
const COUNT = Number(process.env.FUZZ ?? 4_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const LINES_PER_MACHINE = 100;
const PROGRAM_LINES = 20;
const ERG_LIMIT = 20_000;

/** Faults of the language, of decoders, and the one that the host here refuses with. */
function declared(code: string): boolean {
  return LANG_FAULT_CODES.has(code) || code === "CODEC_MALFORMED" || code === "STATE_NO_SUCH_PATH";
}

function explain(what: string, error: unknown): Error {
  return new Error(`${what}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/** Runs a line and answers what it waits for, a few times. */
function runLine(machine: Machine, source: string, random: (most: number) => number): RunResult {
  let result = machine.run(source, { mode: random(2) === 0 ? "shell" : "forth", sourceName: "fuzz", ergLimit: ERG_LIMIT, interactive: random(2) === 0 });
  for (let round = 0; result.kind === "waiting" && round < 5; round += 1) {
    result = machine.resume(random(4) === 0 ? undefined : Uint8Array.from({ length: random(6) }, () => random(256)));
  }
  return result;
}

test(`${COUNT} lines of random source give results or declared faults, and a failing line leaves what it found`, () => {
  let machine = Machine.create({ host: new FuzzHost(makeRandom(SEED)) });
  for (let index = 0; index < COUNT; index += 1) {
    const random = makeRandom(SEED * 1_000_003 + index);
    if (index % LINES_PER_MACHINE === 0 || machine.waiting) machine = Machine.create({ host: new FuzzHost(random) });
    const source = tokenSoup(random);
    const before = { stack: machine.stackShown(64), words: machine.wordCount, here: machine.vm.here };
    try {
      const result = runLine(machine, source, random);
      if (result.kind !== "fault") continue;
      assert.ok(declared(result.report.fault.code), `${source}\n${result.report.fault.code}`);
      if (source.includes("\n") || ["LANG_ABORT", "LANG_THROW"].includes(result.report.fault.code)) continue;
      assert.equal({ stack: machine.stackShown(64), words: machine.wordCount, here: machine.vm.here }, before, source);
    } catch (error) {
      throw explain(`line ${String(index)} of seed ${String(SEED)}:\n${source}`, error);
    }
  }
});

/** A generated program with some of its words lost, doubled, or exchanged for any others. */
function damagedSource(random: (most: number) => number): string {
  const words = generateProgram(random(1_000_000)).split(" ");
  for (let change = 0; change <= random(8); change += 1) {
    const at = random(words.length);
    const other = random(2) === 0 ? tokenSoup(random).split(" ")[0] : words[random(words.length)];
    words.splice(at, random(2), ...(random(2) === 0 ? [other ?? ""] : []));
  }
  return words.join(" ");
}

test(`words of ${String(COUNT / PROGRAM_LINES)} damaged programs are compiled to modules that an engine takes, or left to the interpreter`, () => {
  let modules = 0;
  for (let index = 0; index < COUNT; index += PROGRAM_LINES) {
    const random = makeRandom(SEED * 15_485_863 + index);
    const source = damagedSource(random);
    const machine = Machine.create({ host: new FuzzHost(random), tier: "none" });
    for (const line of source.split("\n")) if (!machine.waiting) onlyDeclared(() => machine.run(line, { mode: "forth", sourceName: "fuzz", ergLimit: ERG_LIMIT }), source);
    modules += compileAll(machine, random, `${source}\nprogram ${String(index)} of seed ${String(SEED)}`);
    giveMemory(machine.vm);
  }
  assert.ok(modules > COUNT / PROGRAM_LINES, `${String(modules)} modules`);
});

/** Compiles every word of a machine by itself, with some of the others as what EXECUTE may meet; gives the number of modules. */
function compileAll({ vm }: Machine, random: (most: number) => number, what: string): number {
  const words = vm.dictionary.entries.filter(({ code }) => code > 0).map(({ xt, code }) => ({ xt, code }));
  const modules = words.map(({ code }) => compileEntry({ start: code, returns: [] }, { source: sourceOf(vm), targets: () => words.slice(random(words.length)) }));
  for (const compiled of modules) assert.ok(compiled === undefined || WebAssembly.validate(compiled.bytes), what);
  return modules.filter((compiled) => compiled !== undefined).length;
}

test(`machines that ran random source are the same after a snapshot (${String(Math.ceil(COUNT / 100))} of them)`, () => {
  for (let index = 0; index < COUNT / 100; index += 1) {
    const random = makeRandom(SEED * 7_919 + index);
    const machine = Machine.create({ host: new FuzzHost(random) });
    for (let line = 0; line < 5 && !machine.waiting; line += 1) machine.run(tokenSoup(random), { mode: "shell", sourceName: "fuzz", ergLimit: ERG_LIMIT });
    const bytes = machine.snapshot();
    const again = Machine.restore(bytes, { host: new FuzzHost(random) }).snapshot();
    assert.ok(Buffer.compare(bytes, again) === 0, `machine ${String(index)} of seed ${String(SEED)}`);
    damagedSnapshot(bytes, random);
  }
});

/** A decoder may take damaged bytes or refuse them with a declared fault, nothing else. */
function damagedSnapshot(bytes: Uint8Array, random: (most: number) => number): void {
  const damaged = damage(bytes, random);
  onlyDeclared(() => Machine.restore(damaged, { host: new FuzzHost(random) }), "snapshot");
}

function damage(bytes: Uint8Array, random: (most: number) => number): Uint8Array {
  const damaged = bytes.slice(0, random(5) === 0 ? random(bytes.length + 1) : bytes.length);
  for (let change = 0; change <= random(4) && damaged.length > 0; change += 1) damaged[random(damaged.length)] = random(256);
  return damaged;
}

function onlyDeclared<T>(action: () => T, what: string): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isFaultError(error) && declared(error.fault.code)) return undefined;
    throw explain(what, error);
  }
}

const PROGRAMS = [
  ": sq dup * ; 7 sq drop", ": f {: a b | c :} a b + to c c ; 1 2 f drop", ": g 10 0 do i 2 mod if leave then loop ; g", "variable x 5 x ! 'text' drop",
  ": h case 1 of 2 endof 3 endcase ; 1 h drop", ": k s\" abc\" 2drop ['] drop drop ; k", "create t 1 , 2 , : d create , does> @ ; 5 d e e drop", ": r dup if 1- recurse then ; 3 r drop", "1.5 2 + drop",
];

test(`${COUNT} damaged programs are refused with declared faults, or decode, show as source and run`, () => {
  const programs = PROGRAMS.map((source) => encodeProgram(compileProgram(source)));
  for (let index = 0; index < COUNT; index += 1) {
    const random = makeRandom(SEED * 104_729 + index);
    const good = programs[random(programs.length)] as Uint8Array;
    const bytes = random(20) === 0 ? Uint8Array.from({ length: random(200) }, () => random(256)) : damage(good, random);
    const what = `program ${String(index)} of seed ${String(SEED)}: ${Buffer.from(bytes).toString("hex")}`;
    const program = onlyDeclared(() => decodeProgram(bytes), what);
    if (program === undefined) continue;
    assert.ok(Buffer.compare(encodeProgram(program), bytes) === 0, `${what}: two encodings`);
    onlyDeclared(() => decompile(program), what);
    if (index % 20 === 0) onlyDeclared(() => runProgram(program, { host: new FuzzHost(random), ergLimit: ERG_LIMIT }), what);
  }
});

test.run();
