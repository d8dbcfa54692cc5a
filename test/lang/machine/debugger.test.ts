import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine, type MachineOptions } from "../../../lang/machine/machine.ts";
import type { RunResult } from "../../../lang/machine/run-result.ts";
import { renderFault } from "../../../shell/render/report.ts";
import { RecordingHost } from "../recording-host.ts";

/**
 * Runs the sessions of test/transcripts/debugger.txt; UPDATE=1 writes down what they print.
 *
 *     === title            an empty machine
 *     > line   [s o c]     at a terminal; at each pause the next of the keys is pressed, then input ends
 *     - line               in a script
 */
const file = fileURLToPath(new URL("../../transcripts/debugger.txt", import.meta.url));

class Session {
  readonly host = new RecordingHost();
  #machine = Machine.create({ host: this.host });
  #seen = 0;

  /** Each pause moves the machine to another one, by its bytes. */
  run(source: string, keys: string[], interactive: boolean): string {
    let result = this.#machine.run(source, { mode: "shell", sourceName: "prompt", interactive, ergLimit: 10_000_000 });
    while (result.kind === "waiting") {
      this.#machine = Machine.restore(this.#machine.snapshot(), { host: this.host });
      const key = keys.shift();
      result = this.#machine.resume(key === undefined ? undefined : Buffer.from(key));
    }
    const printed = this.host.output.slice(this.#seen);
    this.#seen = this.host.output.length;
    return `${printed}${printed === "" || printed.endsWith("\n") ? "" : "⏎\n"}${ending(result)}`;
  }
}

function ending(result: RunResult): string {
  return result.kind === "fault" ? renderFault(result.report) : "";
}

test("debugger.txt reads as it was written down", () => {
  const golden = readFileSync(file, "utf8");
  let session = new Session();
  let out = "";
  for (const line of golden.split("\n")) {
    const input = /^([>-]) (.*?)(?: {3}\[(.*)\])?$/.exec(line);
    if (line.startsWith("=== ")) {
      session = new Session();
      out += `${out === "" ? "" : "\n"}${line}\n`;
    }
    if (input !== null) out += `${line}\n${session.run(input[2] as string, input[3]?.split(" ") ?? [], input[1] === ">")}`;
  }
  if (process.env["UPDATE"] === "1") writeFileSync(file, out);
  assert.fixture(out, golden);
});

/** ERG, stack and what the last line printed. */
function outcome(prefix: string, line: string, options: Partial<MachineOptions>): unknown {
  const host = new RecordingHost();
  const machine = Machine.create({ host, ...options });
  const run = (source: string): RunResult => machine.run(source, { mode: "shell", sourceName: "test", ergLimit: 50_000_000 });
  run(": fib dup 2 < if exit then dup 1- recurse swap 2 - recurse + ;  variable x  : count 0 do i x +! loop ;");
  if (prefix !== "") run(prefix);
  const result = run(line);
  return { kind: result.kind, stack: machine.stackShown() };
}

test("looking changes nothing: words that were compiled before give the same under a breakpoint", () => {
  const line = "15 fib  2000 count  x @  ' fib 12 swap execute  -1 ' fib catch drop";
  const plain = outcome("", line, { tier: "none" });
  for (const prefix of ["15 fib drop", "15 fib drop break nop-word-that-is-not-there", "15 fib drop  break x", "break fib  unbreak"]) {
    assert.equal(outcome(prefix, line, {}), plain, prefix);
  }
});

test("a redefinition while the compiler is parked is seen when it takes over again", () => {
  const host = new RecordingHost();
  const machine = Machine.create({ host, tier: { callsBefore: 0 } as never });
  for (const source of [": a 1 ;  : b a a + ;  b b b drop 2drop", "break dup", "marker m  : c 5 ;  m  : c 7 ;  c drop", "unbreak", "c . b ."]) {
    assert.is(machine.run(source, { mode: "shell", sourceName: "test" }).kind, "done", source);
  }
  assert.is(host.output, "7 2 ");
});

test("tracing an endless loop ends with its ERG", () => {
  const host = new RecordingHost();
  const machine = Machine.create({ host });
  const result = machine.run(": forever begin again ;  trace forever", { mode: "shell", sourceName: "test", ergLimit: 1_000_000 });
  assert.is(result.kind === "fault" && result.report.fault.code, "LANG_OUT_OF_ERG");
  assert.ok(host.output.length < 1_000_000);
});

test.run();
