import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import type { RunResult } from "../../../lang/machine/run-result.ts";
import { LIMITS } from "../../../lang/limits.ts";
import { RecordingHost } from "../recording-host.ts";

const options = { mode: "shell", sourceName: "test", ergLimit: 20_000_000 } as const;

function start(): { machine: Machine; host: RecordingHost; run: (source: string) => RunResult } {
  const host = new RecordingHost();
  const machine = Machine.create({ host, outsideWords: [{ word: "ct", params: [], options: [{ flag: "--raw", name: "raw", help: "" }], help: "", example: "ct" }] });
  return { machine, host, run: (source) => machine.run(source, options) };
}

function faultCode(result: RunResult): string {
  return result.kind === "fault" ? result.report.fault.code : result.kind;
}

test("a line that fails leaves stacks, memory, dictionary and host as they were", () => {
  const { machine, host, run } = start();
  run("variable x 5 x !  7 value v  1 2 'keep'");
  const before = machine.snapshot();
  const calls = host.calls.length;
  for (const line of [
    "9 x ! 8 to v drop drop 3 nonsense", ": half 1 2", "mkdir docs\n: y 5 ; y x ! nonsense", "create z 100 allot 1 z ! 0 0 /", "16 allocate drop 5 swap ! nonsense", "hex : w ; immediate nonsense",
  ]) {
    const lines = line.split("\n");
    if (line.startsWith(": half")) {
      run(line);
      assert.ok(machine.unfinished);
      assert.is(faultCode(run("nonsense")), "LANG_UNKNOWN_WORD");
      assert.ok(machine.unfinished, "an unfinished definition survives a bad line");
      assert.is(run("; ").kind, "done");
      continue;
    }
    assert.is(run(lines.at(-1) as string).kind, "fault", line);
  }
  run("marker-gone");
  const { machine: fresh, run: runFresh } = start();
  runFresh("variable x 5 x !  7 value v  1 2 'keep'");
  assert.equal(machine.stackShown(), fresh.stackShown());
  run("x @ . v .");
  assert.is(host.output, "5 7 ");
  assert.is(host.calls.length, calls);
  assert.ok(before.length > 0);
});

test("lines before the failing one stay", () => {
  const { machine, run } = start();
  const result = run("1 2\n3\n4 oops\n5");
  assert.is(faultCode(result), "LANG_UNKNOWN_WORD");
  assert.equal(machine.stackShown(), ["1", "2", "3"]);
  if (result.kind === "fault") assert.equal(result.report.at, { source: "test", line: 3, column: 2, length: 4, text: "4 oops" });
});

test("a fault inside words points at the line typed and lists the words it came through", () => {
  const { run } = start();
  run(": inner @ ;\n: outer inner ;");
  const result = run("1 outer");
  assert.is(result.kind, "fault");
  if (result.kind !== "fault") return;
  assert.is(result.report.at?.column, 2);
  assert.equal(result.report.trace.map(({ word, spot }) => [word, spot?.line, spot?.column]), [["inner", 1, 8], ["outer", 2, 8]]);
});

test("running out of ERG cannot be caught and charges no more than the limit", () => {
  const { machine, run } = start();
  run(": spin begin again ;");
  const result = machine.run("' spin catch", { ...options, ergLimit: 100_000 });
  assert.is(faultCode(result), "LANG_OUT_OF_ERG");
  assert.is(result.ergUsed, 100_000);
  assert.is(machine.depth, 0);
});

test("ERG that ends anywhere within a line undoes the line, and what ends with it is kept", () => {
  const needed = start().run("1 2 'text' 5").ergUsed;
  for (let ergLimit = needed - 60; ergLimit <= needed + 60; ergLimit += 1) {
    const { machine } = start();
    const result = machine.run("1 2 'text' 5", { ...options, ergLimit });
    assert.is(machine.depth, result.kind === "fault" ? 0 : 4, `${String(ergLimit)} of ${String(needed)} ERG`);
    if (ergLimit >= needed) assert.is(result.kind, "done", `${String(ergLimit)} of ${String(needed)} ERG`);
  }
});

test("deferred words that lead to each other in a circle use up the ERG, in either tier, and can be interrupted", () => {
  for (const tier of ["none", { patience: 0 }] as const) {
    for (const last of ["a", ": w a ; w", "' a catch", ": w 9 0 do ['] a catch drop loop ; w", "synonym c a c"]) {
      const machine = Machine.create({ host: new RecordingHost(), tier });
      machine.run("defer a defer b ' a is b ' b is a", options);
      assert.is(faultCode(machine.run(last, { ...options, ergLimit: 50_000 })), "LANG_OUT_OF_ERG", last);
      assert.is(machine.run("' noop is a a 5", options).kind, "fault", "there is no noop here");
      assert.is(machine.run(": noop ; ' noop is a a 5", options).kind, "done");
    }
  }
  const interrupt = new SharedArrayBuffer(4);
  const machine = Machine.create({ host: new RecordingHost(), interrupt });
  machine.run("defer a ' a is a", options);
  new Int32Array(interrupt)[0] = 1;
  assert.is(faultCode(machine.run("a", options)), "LANG_ABORT");
});

test("an unknown word is reported while the definition that is open was forgotten by a marker", () => {
  const { run } = start();
  run("marker gone");
  run(": half [ gone");
  assert.is(faultCode(run("] nonsense")), "LANG_UNKNOWN_WORD");
});

test("the same block costs the same whether it runs to its end or faults", () => {
  const { machine } = start();
  machine.run(": bad 1 0 / drop 5 ; : fit 1 1 / drop 5 ;", options);
  const bad = machine.run("' bad catch", options);
  const good = machine.run("' fit catch", options);
  assert.is(good.ergUsed - bad.ergUsed, 0);
});

test("an interrupt stops a running line, which then changes nothing", () => {
  const interrupt = new SharedArrayBuffer(4);
  const machine = Machine.create({ host: new RecordingHost(), interrupt });
  machine.run(": spin begin again ;", options);
  new Int32Array(interrupt)[0] = 1;
  const result = machine.run("1 ' spin catch", options);
  assert.is(faultCode(result), "LANG_ABORT");
  assert.is(machine.depth, 0);
  new Int32Array(interrupt)[0] = 0;
  assert.is(machine.run("1", options).kind, "done");
});

test("depth of calls and stacks are bounded and the fault can be caught", () => {
  const { machine, run, host } = start();
  run(": deep recurse 1 drop ; : fill begin 1 again ; : rfill begin 1 >r again ;");
  assert.is(run("' deep catch . ' fill catch >r clear ' rfill catch").kind, "fault");
  run("' deep catch .");
  run(": try catch >r depth 0 ?do drop loop r> . ; ' fill try ' rfill try");
  assert.is(host.output.replaceAll(/-5 $|^/g, ""), "-5 -5 -3 ");
  assert.is(machine.depth, 0);
  assert.is(faultCode(run("deep")), "LANG_CALL_DEPTH");
  assert.is(LIMITS.callDepth, 4_096);
});

test("an outside word ends its line and hands over the rest; anywhere else it is refused", () => {
  const { machine, run } = start();
  const result = run("1 ct --raw\n2\n3");
  assert.is(faultCode(result), "LANG_OUTSIDE_PLACE");
  assert.equal(run("ct --raw\n2\n3"), { kind: "outside", word: "ct", args: [], options: { raw: true }, rest: "2\n3", ergUsed: (run("ct --raw\n2\n3") as { ergUsed: number }).ergUsed });
  assert.is(faultCode(run("ct 5")), "LANG_BAD_PARAMETER");
  assert.is(faultCode(run(": f ct ;")), "LANG_OUTSIDE_PLACE");
  assert.is(run("7 ct").kind, "outside");
  assert.equal(machine.stackShown(), ["7"]);
});

test("shell words are rewritten to their stack form", () => {
  const { host, run } = start();
  run("mkdir 'my docs' b\necho hi there > note\necho 'it''s' >> note\nsend bob 1.5");
  assert.equal(host.log.slice(0, 3), ["my docs mkdirEx", "b mkdirEx", "hi there\n note writeEx"]);
  assert.match(host.log.at(-1) ?? "", /1500000000000000000 sendEx/);
});

test("in Forth mode a shell word is unknown and its stack form works", () => {
  const { machine, host } = start();
  const forth = { ...options, mode: "forth" } as const;
  assert.is(faultCode(machine.run("mkdir docs", forth)), "LANG_UNKNOWN_WORD");
  assert.is(machine.run("'docs' mkdirEx", forth).kind, "done");
  assert.equal(host.log, ["docs mkdirEx"]);
});

test("exit first on a line and bye end the session", () => {
  const { run } = start();
  assert.is(run("exit").kind, "exit");
  assert.is(run("1 drop bye").kind, "exit");
  assert.is(faultCode(run("1 exit")), "LANG_COMPILE_ONLY");
});

test("a boxed entry has no place in memory", () => {
  const { run } = start();
  assert.is(faultCode(run("'text' pad !")), "LANG_BOXED_STORE");
  assert.is(faultCode(run("0.5 ,")), "LANG_BOXED_STORE");
  assert.is(run("0.5 value v 'a b' to v v type").kind, "done");
});

test("nothing outside of user memory can be read or written", () => {
  const { run } = start();
  for (const address of ["0", "8", "1024", "-1", "4294967296", "-9223372036854775808", "9223372036854775807", "unused here +"]) {
    for (const use of ["@", "c@", "1 swap !", "1 swap c!", "8 type", "10 0 fill", "2@", "1 swap +!"]) {
      assert.is(faultCode(run(`${address} ${use}`)), "LANG_BAD_ADDRESS", `${address} ${use}`);
    }
  }
});

test("return addresses and loop counters are out of a program's reach", () => {
  const { run } = start();
  run(": a r> drop ; : b 3 0 do r> drop loop ; : c >r ; : d {: x :} r> ; : e 1 >r ; : f unloop ; : g i ;");
  for (const word of ["a", "b", "5 c", "1 d", "e", "f", "g"]) assert.is(faultCode(run(word)), "LANG_RETURN_UNDERFLOW", word);
});

test("odd input gets a clear refusal or a result, and the machine goes on", () => {
  const { run, machine } = start();
  const inputs: readonly (readonly [source: string, code: string])[] = [
    ["", "done"], [" \t ", "done"], ["1".repeat(1 << 20), "LANG_BAD_INPUT"], ["\0", "LANG_BAD_INPUT"], ["\ud800", "LANG_BAD_INPUT"], ["'open", "LANG_UNCLOSED_QUOTE"],
    ['"open', "LANG_UNCLOSED_QUOTE"], ["'a\\q b'", "LANG_BAD_ESCAPE"], ["mkdir", "LANG_BAD_PARAMETER"], [": ", "LANG_MISSING_NAME"], ["then", "LANG_COMPILE_ONLY"], ["\u0001\u0002\u00ff", "LANG_UNKNOWN_WORD"],
    [": f if ;", "LANG_UNBALANCED"], [": f then ;", "LANG_UNBALANCED"], [`: f ${"if ".repeat(1_000)} ;`, "LANG_OVERFLOW"], ["9".repeat(60_000), "done"],
  ];
  for (const [source, code] of inputs) assert.is(faultCode(run(source)), code, JSON.stringify(source.slice(0, 40)));
  run(`: f ${"1 ".repeat(20_000)} ;`);
  machine.run("abort", options);
  assert.is(run(": nest s\" nest\" evaluate ; ").kind, "done");
  assert.is(faultCode(run("nest")), "LANG_TOO_LARGE");
  assert.is(run("2 3 + .").kind, "done");
});

test("CATCH restores depth and input, and an uncaught number becomes the fault it was", () => {
  const { host, run, machine } = start();
  run(": bad 1 2 3 0 / ; : f 10 ['] bad catch . . ; f");
  assert.is(host.output, "-10 10 ");
  assert.is(faultCode(run("' bad catch throw")), "LANG_DIVIDE_BY_ZERO");
  host.output = "";
  run("s\" 1 throw\" ' evaluate catch . 2drop 5 .");
  assert.is(host.output, "1 5 ");
  assert.is(faultCode(run("-4095 throw")), "LANG_THROW");
  assert.equal(machine.stackShown(), []);
});

test("unknown words name the nearest", () => {
  const { run } = start();
  const result = run("mkdri docs");
  assert.ok(result.kind === "fault" && "nearest" in result.report.fault);
  if (result.kind === "fault") assert.equal((result.report.fault as { nearest?: readonly string[] }).nearest, ["mkdir"]);
});

test("an unfinished definition is not executed, not even after QUIT", () => {
  const { machine } = start();
  const code = (source: string): string => {
    const result = machine.run(source, { ...options, mode: "forth" });
    return result.kind === "fault" ? result.report.fault.code : result.kind;
  };
  assert.is(code(":noname 1 2 [ execute"), "LANG_UNSUPPORTED");
  assert.is(code(":noname 1 2 [ quit"), "done");
  assert.is(code("execute"), "LANG_UNSUPPORTED");
});

test.run();
