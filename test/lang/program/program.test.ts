import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { ExecutedItem } from "../../../lang/host.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import { buildProgram } from "../../../lang/program/build.ts";
import { checkProgram } from "../../../lang/program/check.ts";
import { compileProgram } from "../../../lang/program/compile.ts";
import { decompile } from "../../../lang/program/decompile.ts";
import { decodeProgram, encodeProgram, usedWords, type Program } from "../../../lang/program/program.ts";
import { allRows, builtinNames } from "../../../lang/primitives/table.ts";
import { runProgram } from "../../../lang/program/run.ts";
import { makeRandom } from "../random.ts";
import { RecordingHost } from "../recording-host.ts";

interface Recorded {
  readonly program: Program;
  readonly host: RecordingHost;
}

/** Runs `before`, then records `source`. */
function record(source: string, before = ""): Recorded {
  const items: ExecutedItem[] = [];
  const host = new RecordingHost();
  const machine = Machine.create({ host, listener: { onItem: (item) => void items.push(item) } });
  const options = { mode: "shell", sourceName: "test" } as const;
  assert.is(machine.run(before, options).kind, "done");
  items.length = 0;
  host.calls = [];
  host.output = "";
  const wordsBefore = machine.wordCount;
  const result = machine.run(source, options);
  assert.is(result.kind, "done", JSON.stringify(result));
  return { program: buildProgram(machine, items, { wordsBefore }), host };
}

const SOURCES: readonly (readonly [source: string, before?: string])[] = [
  ["mkdir docs\necho 'hi there' > docs/note"],
  ["send bob 1.5\n'~' 2 sendEx"],
  [": double dup + ;  21 double . : unused 5 ;"],
  [": sign? dup 0< if drop 'a minus' else 0= if 'zero' else 'plus' then then type ;  -5 sign? 0 sign? 7 sign?"],
  [": table 4 0 do i 0 ?do j i * . loop cr loop ; table"],
  [": first 10 0 do i 5 = if i leave then loop ; first ."],
  [": digits case 1 of .\" one\" endof 2 of .\" two\" endof .\" many \" dup . endcase ; 1 digits 2 digits 3 digits"],
  [": down begin dup while dup . 1- repeat drop ; 3 down : up 0 begin 1+ dup . dup 3 = until drop ; up"],
  [": tri {: a b | c :} a b + to c c c * ; 2 3 tri ."],
  ["variable x  5 x !  x @ .  create tab 1 , 2 ,  tab cell+ @ ."],
  [": mk create , does> @ 1+ ;  41 mk answer  answer ."],
  ["7 value v  : bump v 1+ to v ; bump bump v .  defer d  ' bump is d  d v ."],
  [": say abort\" no\" ; 0 say : q s\\\" a\\qb\\n\" type ; q"],
  [": fact dup 1 > if dup 1- recurse * then ; 10 fact ."],
  [": odd [ 1 ] literal 0.5 123456789012345678901234567890 9223372036854775808 'a \\'b\\'' type . . . . ; odd"],
  [": ex ['] dup execute ; 3 ex + . hex 255 . decimal 10 ."],
  [": w 1 if 2 ahead [ 1 cs-roll ] then 3 then ; w ."],
  [": cond postpone if ; immediate : t 1 cond 5 . then ; t"],
  ["five double .", "5 constant five : double dup + ; : other five ;"],
  [":noname 5 . ; execute"],
  ["5 constant #k  #k ."],
];

test("a recorded thread runs again with the same calls and output", () => {
  for (const [source, before] of SOURCES) {
    const { program, host } = record(source, before);
    const again = new RecordingHost();
    const result = runProgram(decodeProgram(encodeProgram(program)), { host: again, ergLimit: 1e9 });
    assert.is(result.kind, "done", `${source}\n${JSON.stringify(result)}\n${decompile(program)}`);
    assert.equal(again.log, host.log, source);
    assert.is(again.output, host.output, source);
  }
});

test("compiling what was decompiled gives the same bytes", () => {
  for (const [source, before] of SOURCES) {
    const { program } = record(source, before);
    const text = decompile(program);
    assert.equal(encodeProgram(compileProgram(text)), encodeProgram(program), text);
  }
});

test("only what is used is linked", () => {
  const { program } = record("five .", "5 constant five : double dup + ; : other five ;");
  assert.is(decompile(program), "5 constant five\nfive\n.\n");
});

test("data made before the recording is refused by name", () => {
  assert.throws(
    () => record("x @ .", "variable x"),
    (error: unknown) => isFaultError(error) && error.fault.code === "LANG_UNSUPPORTED" && (error.fault as { word?: string }).word === "x",
  );
});

test("the words a program names are listed by code", () => {
  const { program } = record("mkdir a\n: f dup + ; 2 f .");
  assert.equal(usedWords([program]).map(({ word }) => word).filter((word) => !word.startsWith("(")), ["dup", "+", ".", "mkdirEx"]);
});

test("no built-in word is written as a plain literal is, so literals of payments are not decompiled to look for one", () => {
  for (const name of builtinNames()) assert.not.ok(/^(-?[0-9]+(\.[0-9]+)?|'[0-9A-Za-z]+'|"[0-9A-Za-z]+")$/.test(name), name);
});

function passes(judge: () => unknown): boolean {
  try {
    judge();
    return true;
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return false;
  }
}

test("a program of literals and any one word passes only if it can be written as source", () => {
  for (const { spec: { code, word } } of allRows()) {
    const literals = [{ kind: "cell", value: 7n }, { kind: "text", value: "hex" }, { kind: "decimal", coefficient: 15n, scale: 1 }, { kind: "integer", value: 1n << 70n }] as const;
    const program: Program = { entries: [...literals.map((value) => ({ kind: "literal", value }) as const), { kind: "word", word: { code }, text: "", defines: [] }] };
    if (passes(() => checkProgram(program))) assert.ok(passes(() => decompile(program)), word);
  }
});

test("any changed byte gives a declared refusal or another program that reads back", () => {
  const random = makeRandom(7);
  for (const [source, before] of SOURCES) {
    const bytes = encodeProgram(record(source, before).program);
    for (let round = 0; round < 60; round += 1) {
      const changed = bytes.slice(0, random(8) === 0 ? random(bytes.length) : bytes.length);
      for (let i = random(3); i >= 0; i -= 1) if (changed.length > 0) changed[random(changed.length)] = random(256);
      let program: Program;
      try {
        program = decodeProgram(changed);
      } catch (error) {
        if (!isFaultError(error) || error.fault.code !== "LANG_BAD_PROGRAM") throw error;
        continue;
      }
      assert.equal(encodeProgram(program), changed);
      const text = decompile(program);
      try {
        assert.equal(encodeProgram(compileProgram(text)), changed, text);
      } catch (error) {
        if (!isFaultError(error)) throw error;
        assert.unreachable(`${JSON.stringify(error.fault)} for ${text}`);
      }
      runProgram(program, { host: new RecordingHost(), ergLimit: 20_000 });
    }
  }
});

test.run();
