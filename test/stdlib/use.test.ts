import { existsSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromUtf8, toHex, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { Library } from "../../lang/host.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { NULL_HOST } from "../../lang/machine/null-host.ts";
import { SUBJECTS } from "../../lang/library-list.ts";
import { compileProgram } from "../../lang/program/compile.ts";
import { encodeProgram } from "../../lang/program/program.ts";
import { installedLibrary } from "../../node/library/installed.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { startMachine } from "./start-machine.ts";

const shipped = installedLibrary();

/** A thread of nobody, as an ssh session has one. */
function thread(library: Library = shipped): { run(line: string): string; readonly runtime: ThreadRuntime; printed(): string } {
  let output = "";
  const { realm, signer } = createLocalState();
  const setup = { signer, identityText: "", outsideWords: [], kind: "both", library, write: (bytes: Uint8Array) => void (output += fromUtf8(bytes)) } as const;
  const runtime = new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING });
  const run = (line: string): string => {
    const result = runtime.run(line, { mode: "shell", sourceName: "prompt" });
    return result.kind === "fault" ? result.report.fault.code : result.kind;
  };
  const printed = (): string => {
    const text = output;
    output = "";
    return text;
  };
  return { run, runtime, printed };
}

test("a subject that is not what was shipped, or is gone, is refused by name, and nothing of it stays", () => {
  const changed: Library = (subject) => (subject === "strings" ? utf8(`${fromUtf8(shipped("strings") as Uint8Array)}\n: more ( -- ) ;`) : shipped(subject));
  for (const library of [changed, (subject: string) => (subject === "strings" ? undefined : shipped(subject))]) {
    const { run, runtime } = thread(library);
    for (const subject of ["strings", "lists"]) {
      const result = runtime.run(`use ${subject}`, { mode: "shell", sourceName: "prompt" });
      assert.equal(result.kind === "fault" && result.report.fault, { code: "LANG_SUBJECT_DAMAGED", subject: "strings" });
    }
    assert.is(run("'a' 1 left"), "LANG_UNKNOWN_WORD");
    assert.is(run("use money  1.5 >units drop"), "done");
  }
});

test("loading twice does nothing, and a line that fails takes a subject back", () => {
  let reads = 0;
  const { run, runtime } = thread((subject) => {
    reads += 1;
    return shipped(subject);
  });
  run("use json");
  const { wordCount } = runtime.machine;
  assert.is(reads, 4);
  assert.is(run("use json use lists use strings"), "done");
  assert.equal([reads, runtime.machine.wordCount], [4, wordCount]);
  assert.is(run("use money nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(run("1 >units"), "LANG_UNKNOWN_WORD");
});

test("words of subjects are found last, leave the stack and the search order alone, and come back after ONLY", () => {
  const { run, printed } = thread();
  run(": left ( -- n ) 5 ;");
  run("7 use strings");
  run("left . . 'banana' 3 right type  get-order . . . ");
  assert.is(printed(), "5 7 ana2 1 6 ");
  run("only forth");
  assert.is(run("'x' empty?"), "LANG_UNKNOWN_WORD");
  run("use strings 'x' empty? .");
  assert.is(printed(), "0 ");
});

for (const [when, lines] of [
  ["before bt", ["use tables", "bt", "'note' '' 'a' add-item 'b' add-item  first-item swap writeEx", "rt"]],
  ["after bt", ["bt", "use tables", "'note' '' 'a' add-item 'b' add-item  first-item swap writeEx", "rt"]],
  ["in a word", ["use lists", ": firsts ( list -- item ) first-item ;", "bt", "'note' '' 'a' add-item firsts swap writeEx", "rt"]],
] as const) {
  test(`a package carries the words of a subject that it uses and no others: use ${when}`, () => {
    const { run, runtime, printed } = thread();
    for (const line of lines) assert.is(run(line), "done", line);
    run("vt");
    const source = printed();
    const names = [...source.matchAll(/^: (\S+)|constant (\S+)/gm)].map(([, colon, constant]) => colon ?? constant);
    assert.equal(names.filter((name) => name !== "firsts").sort(), ["add-item", "before", "coded", "cut", "first-item", "from", "left", "newline", "replace-all", "uncoded"]);
    assert.not.match(source, /\buse\b/);
    assert.equal(encodeProgram(compileProgram(source)), encodeProgram(runtime.link()));
  });
}

test("a package whose author has words of the same names still reads back", () => {
  const { run, runtime, printed } = thread();
  for (const line of [": left ( -- n ) 5 ;", "use strings", ": mine ( x -- ) drop left drop ;", "bt", "'note' 'a,b' ',' before writeEx  'x' mine 'x' 0 from drop", "rt", "vt"]) run(line);
  const source = printed();
  assert.match(source, /^: left~2 0 /m);
  assert.match(source, /^: mine .*\bleft\b/m);
  assert.equal(encodeProgram(compileProgram(source)), encodeProgram(runtime.link()));
});

test("use stands in the line itself, not in a word that a package would carry", () => {
  const { run } = thread();
  for (const line of [": load ( -- ) use ;", "bt"]) run(line);
  assert.is(run("load strings 'a' 'note' writeEx"), "THREAD_NOT_COMMITTABLE");
});

test("a machine with a subject goes on from its bytes without a stdlib", () => {
  const machine = startMachine("use lists\n'' 'a' add-item");
  const again = Machine.restore(machine.snapshot(), { host: NULL_HOST });
  assert.is(again.run("'b' add-item items", { mode: "shell", sourceName: "test" }).kind, "done");
  assert.equal(again.stackShown(), ["2"]);
  const refused = again.run("use money", { mode: "shell", sourceName: "test" });
  assert.is(refused.kind === "fault" && refused.report.fault.code, "LANG_UNSUPPORTED");
});

test("the build carries the stdlib as it was shipped, beside the modules that read it", () => {
  const built = installedLibrary(new URL("../../dist/bundle/stdlib/", import.meta.url));
  if (!existsSync(new URL("../../dist/.stamp", import.meta.url))) return; // without a build, as when this file runs alone
  for (const { name, sha256: wanted } of SUBJECTS) assert.is(toHex(sha256(built(name) ?? new Uint8Array(0))), wanted, name);
});

test.run();
