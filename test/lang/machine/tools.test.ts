import { test } from "uvu";
import * as assert from "uvu/assert";
import { keyCode, KEY_MASKS, takeEvent } from "../../../lang/machine/key-events.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import { RecordingHost } from "../recording-host.ts";
import { runLines } from "../run-lines.ts";

const typed = (text: string): number[] => [...Buffer.from(text, "utf8")];

test("one key is one event, whatever its terminal sends", () => {
  assert.is(takeEvent(typed("a")), 97);
  assert.is(takeEvent(typed("€")), 8364);
  assert.is(takeEvent(typed("\x1b[A")), keyCode("up"));
  assert.is(takeEvent(typed("\x1bOP")), keyCode("f1"));
  assert.is(takeEvent(typed("\x1b[3~")), keyCode("delete"));
  assert.is(takeEvent(typed("\x1b[1;6C")), keyCode("right") + KEY_MASKS.shift + KEY_MASKS.ctrl);
  assert.is(takeEvent(typed("\x1b")), 27);
  assert.is(takeEvent([0xff, 0x41]), 0xff);
  assert.is(takeEvent([]), -1);
});

test("what a key sends besides its first byte waits for the next KEY, in a snapshot too", () => {
  const machine = Machine.create({ host: new RecordingHost() });
  const options = { mode: "forth", sourceName: "test" } as const;
  assert.is(machine.run("key key? ekey", options).kind, "waiting");
  const again = Machine.restore(machine.snapshot(), { host: new RecordingHost() });
  assert.is(again.resume(Uint8Array.from(typed("a\x1b[B"))).kind, "done");
  assert.equal(again.stackShown(), ["97", "-1", String(keyCode("down"))]);
});

test("words finds by part, shell words by the names people write", () => {
  const { output } = runLines("words mkdir");
  assert.is(output, "shell:\n  mkdir\nlanguage:\n  mkdirsEx\n");
  assert.is(runLines("words no-such-part").output, "no word has no-such-part in its name\n");
});

test("see shows what a shell word stands for", () => {
  assert.match(runLines("see mkdir").output, /mkdirEx/);
});

test("locate and where know the lines of a definition and the words that use one", () => {
  assert.is(runLines(": a 1 ;\n: b\n  a a ;", "locate b").output, "prompt:\n    2  : b\n    3    a a ;\n");
  assert.is(runLines(": a 1 ;\n: b a ;", "where a").output, "b  prompt, line 2: : b a ;\n");
});

test("ABORT and an uncaught -1 or -2 empty the stack, other failing lines give it back, QUIT keeps it", () => {
  for (const line of ["3 abort", "3 -1 throw", "3 -2 throw", '1 abort" x"']) assert.equal(runLines("1 2", line).stack, [], line);
  for (const line of ["3 nonsense", "3 -3 throw", "3 5 throw"]) assert.equal(runLines("1 2", line).stack, ["1", "2"], line);
  assert.equal(runLines("1 2", "3 quit").stack, ["1", "2", "3"]);
});

test.run();
