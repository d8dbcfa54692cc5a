import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../../lang/machine/machine.ts";
import { RecordingHost } from "../recording-host.ts";

const SETUP = [
  ": sq dup * ;  5 sq  'a b'  0.5  123456789012345678901234567890",
  "variable x  7 x !  create tab 1 , 2 , 3 ,  9 value v  'held' constant k  defer d  ' sq is d",
  ": ask pad 10 accept pad swap type {: a :} a . ;  : outer 1 >r ['] ask catch . r> . ; : mk create , does> @ ; 8 mk eight",
  "16 allocate drop constant block  77 block !",
];
const PROBE = "x @ . tab cell+ @ . v . k type 3 d . block @ . eight . . . type .";
const options = { mode: "shell", sourceName: "test" } as const;

function prepared(host: RecordingHost): Machine {
  const machine = Machine.create({ host });
  for (const line of SETUP) assert.is(machine.run(line, options).kind, "done", line);
  return machine;
}

test("a machine taken from its snapshot answers as the machine itself", () => {
  const host = new RecordingHost();
  const machine = prepared(host);
  const snapshot = machine.snapshot();
  const other = new RecordingHost();
  const again = Machine.restore(snapshot, { host: other });
  assert.equal(again.snapshot(), snapshot);
  const first = machine.run(PROBE, options);
  const second = again.run(PROBE, options);
  assert.equal(second, first);
  assert.is(first.kind, "done");
  assert.is(other.output, host.output);
  assert.match(host.output, /^7 2 9 held9 77 8 /);
});

test("a small machine has a small snapshot", () => {
  assert.ok(Machine.create({ host: new RecordingHost() }).snapshot().length < 500);
});

test("a long session without definitions stays small", () => {
  const machine = Machine.create({ host: new RecordingHost() });
  for (let line = 0; line < 500; line += 1) machine.run("1 2 + drop", { ...options, interactive: true });
  assert.ok(machine.snapshot().length < 3_000, String(machine.snapshot().length));
});

test("a machine that waits goes on elsewhere, and its line can still fail without a trace", () => {
  const host = new RecordingHost();
  const machine = prepared(host);
  const before = machine.stackShown();
  const stopped = machine.run("11 x !  42 outer", options);
  assert.is(stopped.kind, "waiting");
  const snapshot = machine.snapshot();
  for (const [rest, kind] of [["", "done"], ["", "fault"]] as const) {
    const other = new RecordingHost();
    const again = Machine.restore(snapshot, { host: other });
    const result = again.resume(Buffer.from("hello"));
    assert.is(result.kind, "done", JSON.stringify(result) + rest);
    assert.is(other.output, "hello42 0 1 ");
    if (kind === "fault") {
      assert.is(again.run("x @ nonsense", options).kind, "fault");
      assert.equal(again.stackShown(), before);
    }
  }
});

test.run();
