import { test } from "uvu";
import * as assert from "uvu/assert";
import { CommandLineError, parseCommand, quoteArgument } from "../../lang/command-line.ts";
import type { LangFault } from "../../lang/fault.ts";
import type { ShellForm } from "../../lang/primitives/spec.ts";
import { makeRandom, randomText } from "./random.ts";

const form = (given: Partial<ShellForm>): ShellForm => ({ word: "do", params: [], rewrite: () => [], ...given });
const ECHO = form({ word: "echo", params: [{ name: "text", type: "text", repeat: true, optional: true }], redirect: true });
const MKDIR = form({ word: "mkdir", params: [{ name: "path", type: "path", repeat: true }] });
const SEND = form({ word: "send", params: [{ name: "to", type: "recipient" }, { name: "amount", type: "amount" }] });
const CD = form({ word: "cd", params: [{ name: "path", type: "path", optional: true }] });
const RM = form({
  word: "rm",
  params: [{ name: "path", type: "path", repeat: true }],
  options: [
    { flag: "-r", name: "recursive", help: "" },
    { flag: "-f", name: "force", help: "" },
    { flag: "--depth", name: "depth", value: "cell", help: "" },
  ],
});

const first = (given: ShellForm, line: string) => parseCommand(given, line, given.word.length, { first: true });
const later = (given: ShellForm, line: string) => parseCommand(given, line, given.word.length, { first: false });

type Refusal = LangFault & { readonly span: readonly [number, number] };

function refusal(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandLineError) return { ...error.fault, span: [error.start, error.end] };
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a first word takes repeated parameters and redirection to the end of its line", () => {
  assert.equal(first(ECHO, "echo hi  there > docs/note").call, { args: ["hi", "there"], options: {}, redirect: { append: false, path: "docs/note" } });
  assert.equal(first(ECHO, "echo hi>>note there").call, { args: ["hi", "there"], options: {}, redirect: { append: true, path: "note" } });
  assert.equal(first(MKDIR, "mkdir a b ls").call.args, ["a", "b", "ls"]);
});

test("a word further on takes its required parameters and leaves the rest", () => {
  const line = "send bob 1.50 vt";
  assert.equal(later(SEND, line), { call: { args: ["bob", "1.5"], options: {} }, end: line.indexOf(" vt") });
  assert.equal(later(MKDIR, "mkdir docs ls").call.args, ["docs"]);
  assert.equal(later(CD, "cd pwd"), { call: { args: [], options: {} }, end: 2 });
  assert.equal(later(RM, "rm -r x").call.args, ["-r"]);
});

test("a first word with nothing but required parameters leaves the rest of its line too", () => {
  assert.equal(first(SEND, "send bob 1 vt").end, "send bob 1".length);
});

test("a command ends with its line", () => {
  assert.equal(first(MKDIR, "mkdir a\nls"), { call: { args: ["a"], options: {} }, end: 7 });
  assert.is(refusal(() => later(SEND, "send bob\n1.5")).code, "LANG_BAD_PARAMETER");
});

test("pieces without a blank between are one word", () => {
  assert.equal(first(ECHO, `echo a'b c'"d"e\\ f '' x`).call.args, ["ab cde f", "", "x"]);
});

test("both quotes know the same escapes", () => {
  assert.equal(first(ECHO, String.raw`echo '\n\t\\\'"\u{1f41b}' "\e\0\"'"`).call.args, ["\n\t\\'\"🐛", "\x1b\0\"'"]);
});

test("a backslash with a blank after it begins a comment, inside a word it does not", () => {
  assert.equal(first(ECHO, "echo a \\ b > c").call, { args: ["a"], options: {} });
  assert.equal(first(ECHO, "echo a\\ b").call.args, ["a b"]);
  assert.equal(first(ECHO, "echo a \\").call.args, ["a"]);
});

test("options are read in every usual spelling and end at --", () => {
  assert.equal(first(RM, "rm -rf a").call, { args: ["a"], options: { recursive: true, force: true } });
  assert.equal(first(RM, "rm a --depth=3 -r").call, { args: ["a"], options: { depth: "3", recursive: true } });
  assert.equal(first(RM, "rm --depth 03 -- -r").call, { args: ["-r"], options: { depth: "3" } });
  assert.equal(first(RM, "rm '-r'").call, { args: ["-r"], options: {} });
});

test("what is wrong is named, with its place and the usage", () => {
  assert.equal(refusal(() => first(RM, "rm -x a")), {
    code: "LANG_BAD_PARAMETER",
    word: "rm",
    parameter: "option",
    expected: "one of the options -r, -f, --depth",
    found: '"-x"',
    usage: "rm [-r] [-f] [--depth DEPTH] PATH…",
    span: [3, 5],
  });
  assert.equal(refusal(() => first(SEND, "send bob 1,5")).span, [9, 12]);
  const missing = refusal(() => first(SEND, "send bob"));
  assert.equal(missing.code === "LANG_BAD_PARAMETER" && [missing.parameter, missing.found, ...missing.span], ["amount", "the end of the line", 8, 8]);
  assert.equal(refusal(() => first(ECHO, "echo a 'b c")), { code: "LANG_UNCLOSED_QUOTE", quote: "'", span: [7, 11] });
  assert.equal(refusal(() => first(ECHO, "echo 'a\\q'")), { code: "LANG_BAD_ESCAPE", escape: "\\q", span: [7, 9] });
  assert.is(refusal(() => first(ECHO, "echo a >")).code, "LANG_BAD_PARAMETER");
  assert.is(refusal(() => first(MKDIR, "mkdir a > b")).code, "LANG_BAD_PARAMETER");
  assert.is(refusal(() => first(MKDIR, "mkdir ''")).code, "LANG_BAD_PARAMETER");
  assert.is(refusal(() => first(MKDIR, "mkdir 'a\\0'")).code, "LANG_BAD_PARAMETER");
  assert.is(refusal(() => first(MKDIR, `mkdir ${"x".repeat(256)}`)).code, "LANG_BAD_PARAMETER");
});

test("trouble after the last required parameter is not this word's trouble", () => {
  assert.equal(later(SEND, "send bob 1 'open").call.args, ["bob", "1"]);
});

test("an amount can be nothing but digits, whatever was typed", () => {
  for (const bad of ["mkdir", "-1", "1e3", "$ff", "1.", ".5", "0.0000000000000000001", "1_000", "١", "'1 mkdir'", "'1\n2'"]) {
    const refused = refusal(() => first(SEND, `send bob ${bad}`));
    assert.ok(["LANG_BAD_PARAMETER", "LANG_UNCLOSED_QUOTE"].includes(refused.code), bad);
  }
  assert.equal(first(SEND, "send bob 007.50").call.args, ["bob", "7.5"]);
});

test("any text that is quoted reads back as exactly itself, alone and among others", () => {
  const random = makeRandom(3);
  for (let round = 0; round < 2_000; round += 1) {
    const texts = Array.from({ length: 1 + random(4) }, () => randomText(random));
    const { call, end } = first(ECHO, `echo ${texts.map(quoteArgument).join(" ")}`);
    assert.equal(call, { args: texts, options: {} });
    assert.is(end, `echo ${texts.map(quoteArgument).join(" ")}`.length);
    const required = form({ params: texts.map((_, index) => ({ name: `p${index}`, type: "text" as const })) });
    assert.equal(later(required, `do ${texts.map(quoteArgument).join(" ")} more`).call.args, texts);
  }
});

test("quoted text has no newline, control or blank outside its quotes", () => {
  const random = makeRandom(4);
  for (let round = 0; round < 2_000; round += 1) {
    const quoted = quoteArgument(randomText(random));
    assert.not.match(quoted, /[\x00-\x1f\x7f-\x9f]/);
    if (!quoted.startsWith("'")) assert.match(quoted, /^[^\s'"\\>]+$/);
  }
});

test("no raw input makes an argument out of anything but the line's own text, and all that is refused is declared", () => {
  const random = makeRandom(5);
  const parts = ["'", '"', "\\", ">", ">>", " ", "\t", "\n", "-r", "--", "--depth", "=", "a", "mkdir", ";", "\\n", "\u{202e}", "\x1b[31m", "\0", "ß", "🐛", "1.5", "\\ "];
  for (let round = 0; round < 5_000; round += 1) {
    const line = Array.from({ length: random(12) }, () => parts[random(parts.length)] ?? "").join("");
    for (const given of [ECHO, MKDIR, SEND, CD, RM]) {
      for (const isFirst of [true, false]) {
        try {
          const { call, end } = parseCommand(given, `${given.word} ${line}`, given.word.length, { first: isFirst });
          assert.ok(end <= given.word.length + 1 + line.length);
          assert.ok(call.args.length <= COUNT_MOST);
          assert.ok(call.args.every((arg) => typeof arg === "string" && arg.length <= line.length));
        } catch (error) {
          if (!(error instanceof CommandLineError)) throw error;
          assert.match(error.fault.code, /^LANG_(BAD_PARAMETER|UNCLOSED_QUOTE|BAD_ESCAPE|BAD_INPUT|TOO_LARGE)$/);
        }
      }
    }
  }
});
const COUNT_MOST = 64;

test("a very long line is refused or read in bounded time", () => {
  assert.is(refusal(() => first(ECHO, `echo ${"a".repeat(1_000_000)}`)).code, "LANG_TOO_LARGE");
  assert.is(refusal(() => first(ECHO, `echo ${"a ".repeat(5_000)}`)).code, "LANG_TOO_LARGE");
  const many = "mkdir aa ".repeat(20_000);
  for (let at = 0; at < many.length; at += 9 * 200) assert.equal(parseCommand(MKDIR, many, at + 5, { first: false }).call.args, ["aa"]);
});

test.run();
