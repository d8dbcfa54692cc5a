import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SourceSpot } from "../../lang/fault.ts";
import { faultText, type AnyFault } from "../../shell/render/faults.ts";
import { renderFault } from "../../shell/render/report.ts";
import { textWidth } from "../../shell/render/width.ts";
import { matchesTranscript } from "./transcript.ts";
import { FAULT_SAMPLES } from "./fault-samples.ts";

const samples = (): AnyFault[] => Object.entries(FAULT_SAMPLES).flatMap(([code, list]) => list.map((fields) => ({ code, ...fields }) as AnyFault));
const spot = (text: string, word: string, extra: Partial<SourceSpot> = {}): SourceSpot => ({ source: "prompt", line: 1, column: text.indexOf(word), length: word.length, text, ...extra });
const underflow = { code: "LANG_UNDERFLOW", word: "+", needs: 2, depth: 1 } as const;

test("every fault reads as the transcript says", () => matchesTranscript("faults.txt", samples().map((fault) => renderFault({ fault, trace: [] })).join("")));

test("every fault has a text without a full stop, and a hint", () => {
  for (const fault of samples()) {
    const { text, hint } = faultText(fault);
    assert.ok(text.length > 0 && !/[.!]$/.test(text), `${fault.code}: ${text}`);
    assert.ok(hint.length > 0 && !/undefined|\[object/.test(text + hint), fault.code);
  }
});

test("the line is shown with a caret under the word", () =>
  assert.is(
    renderFault({ fault: underflow, at: spot("1 . 7 +", "+"), trace: [] }),
    "! LANG_UNDERFLOW (-4): + takes 2 values, the stack holds 1\n  1 . 7 +\n        ^\n  hint: .s prints the stack\n",
  ));

test("a file is named with its line, and the words on the way are listed, each with its place", () =>
  assert.is(
    renderFault({ fault: underflow, at: spot("7 add", "add", { source: "a.gs", line: 12 }), trace: [{ word: "add", spot: spot(": add + ;", "+", { source: "a.gs", line: 3 }) }, { word: "twice", spot: spot(": twice dup add ;", "add") }, { word: "all" }] }),
    "! LANG_UNDERFLOW (-4): + takes 2 values, the stack holds 1\n  a.gs:12: 7 add\n             ^\n  in: add (a.gs:3:7), called by twice (column 13), called by all\n  hint: .s prints the stack\n",
  ));

test("the caret stands under the word also behind wide and combined characters", () => {
  const [, line = "", caret = ""] = renderFault({ fault: underflow, at: spot("'漢字 é 👩‍👧' +", "+"), trace: [] }).split("\n");
  assert.is(line, "  '漢字 é 👩‍👧' +");
  assert.is(caret, `${" ".repeat(2 + 1 + 4 + 1 + 1 + 1 + 2 + 1 + 1)}^`);
});

test("of a long line the part around the word is shown", () => {
  const text = `${"1 ".repeat(500)}+${" 2".repeat(500)}`;
  const [, line = "", caret = ""] = renderFault({ fault: underflow, at: spot(text, "+"), trace: [] }).split("\n");
  assert.ok(line.length < 80, line);
  assert.is(line[caret.length - 1], "+");
});

test("a cut line shows whole characters, and the caret also stands right behind tabs", () => {
  for (const filler of ["漢", "👩‍👧", "\t", "e\u0301"]) {
    const text = `${filler.repeat(300)}+${filler.repeat(300)}`;
    const [, line = "", caret = ""] = renderFault({ fault: underflow, at: spot(text, "+"), trace: [] }).split("\n");
    assert.ok(textWidth(line) <= 76, `${textWidth(line)} columns of ${filler}`);
    assert.is(textWidth(line.slice(0, line.indexOf("+"))), caret.length - 1, filler);
    assert.ok(line.includes("…") && line.endsWith("…"), line);
  }
});

test("control characters in source and fields cannot reach a terminal", () => {
  const fault = { code: "LANG_UNKNOWN_WORD", word: "\x1b[2Jx", nearest: ["\x9b1m"] } as const;
  const shown = renderFault({ fault, at: spot("a \x1b[2Jx\r", "\x1b"), trace: [{ word: "\x07" }] });
  assert.not.match(shown, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test("a code that nobody declared is still shown", () => assert.match(renderFault({ fault: { code: "NEW_CODE" }, trace: [] }), "! NEW_CODE: "));

test.run();
