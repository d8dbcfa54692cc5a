import type { EntryKind } from "../dictionary.ts";
import { FaultError } from "../base/fault.ts";
import { Machine } from "../machine/machine.ts";
import { NULL_HOST } from "../machine/null-host.ts";
import type { Vm } from "../machine/vm.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { textLiteralLength } from "./text-token.ts";
import { readNumber } from "../numbers/read-number.ts";
import { unescapeText } from "../escapes.ts";
import type { Value } from "../value.ts";
import { badProgram } from "./bad-program.ts";
import { checkProgram } from "./check.ts";
import { impliedDefines } from "./decompile.ts";
import type { Program, ProgramEntry, WordRef } from "./program.ts";
import { readCode } from "./read-code.ts";

/** ERG that compiling may use: its immediate words run. */
const COMPILE_ERG = 50_000_000;
const IMMEDIATE = 1050;

/**
 * Reads the source that `decompile` writes: colon definitions, and lines of literals and one word with
 * the text it reads. Nothing but immediate words is executed. Faults: LANG_*.
 */
export function compileProgram(source: string): Program {
  const compiler = new SourceCompiler();
  compiler.lines(source.split("\n"));
  const program = { entries: compiler.entries };
  checkProgram(program);
  return program;
}

class SourceCompiler {
  readonly entries: ProgramEntry[] = [];
  readonly #machine = Machine.create({ host: NULL_HOST });
  readonly #vm: Vm = this.#machine.vm;

  lines(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#machine.unfinished || line.startsWith(": ")) this.#definition(line);
      else this.#line(line);
    }
    if (this.#machine.unfinished) badProgram("a definition without its end");
  }

  /** Compiles a line of a colon definition as the machine does. */
  #definition(line: string): void {
    const result = this.#machine.run(line, { mode: "program", sourceName: "program", ergLimit: COMPILE_ERG });
    if (result.kind === "fault") throw new FaultError(result.report.fault);
    if (this.#machine.unfinished) return;
    const entry = this.#vm.dictionary.entries.at(-1);
    if (entry?.kind !== "colon") badProgram("a definition is expected");
    this.entries.push({ kind: "colon", name: entry.name, code: readCode(this.#vm, entry, refOf) });
  }

  #line(line: string): void {
    let rest = line.trim();
    while (rest !== "") {
      const literal = this.#readLiteral(rest);
      if (literal === undefined) return this.#word(rest);
      this.entries.push({ kind: "literal", value: literal.value });
      rest = rest.slice(literal.length).trimStart();
    }
  }

  #readLiteral(rest: string): { readonly value: Value; readonly length: number } | undefined {
    const token = /^\S+/.exec(rest)?.[0] ?? "";
    if (this.#vm.dictionary.find(token) !== 0) return undefined;
    if (rest.startsWith('"')) {
      const length = textLiteralLength(rest);
      return { value: { kind: "text", value: unescapeText(rest.slice(1, length - 1)) }, length };
    }
    const number = readNumber(token, 10);
    return number?.kind === "single" ? { value: number.value, length: token.length } : undefined;
  }

  /** One word, the text it reads, and a note of what it defines. */
  #word(rest: string): void {
    const name = /^\S+/.exec(rest)?.[0] ?? "";
    const xt = this.#vm.dictionary.find(name);
    if (xt === 0) throw this.#vm.text.unknown(name);
    const word = refOf(xt);
    const [text = "", note] = splitNote(rest.slice(name.length).trim());
    const defines = note ?? impliedDefines(word, text);
    this.entries.push({ kind: "word", word, text, defines });
    if (xt === IMMEDIATE) this.#vm.dictionary.change(this.#vm.entry(this.#vm.dictionary.latest), { flags: 1 });
    for (const defined of defines) this.#vm.dictionary.define({ name: defined, kind: kindOf(word), data: 0, line: -1, column: 0 });
  }
}

/** What a word made is, as far as compiling references to it goes. */
function kindOf(word: WordRef): EntryKind {
  if (!("code" in word)) return "create";
  const kinds: Readonly<Record<number, EntryKind>> = { 1095: "constant", 1096: "constant2", 1097: "value", 1098: "value2", 1099: "defer", 1106: "marker" };
  return kinds[word.code] ?? "create";
}

/** The machine of a compilation defines words in the order of the program, so tokens are indices. */
function refOf(xt: number): WordRef {
  return xt < FIRST_USER_XT ? { code: xt } : { user: xt - FIRST_USER_XT };
}

function splitNote(text: string): [string, string[] | undefined] {
  const at = text.search(/(?:^| )\\ defines(?: |$)/);
  if (at < 0) return [text, undefined];
  const names = text.slice(at).replace(/^ ?\\ defines ?/, "");
  return [text.slice(0, at), names === "" ? [] : names.split(" ")];
}
