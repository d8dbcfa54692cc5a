import { foldName } from "../words.ts";
import { builtinXt, primitiveName, rowOf } from "../primitives/table.ts";
import type { Value } from "../value.ts";
import { formatLiteral } from "../values/show.ts";
import { badProgram } from "./bad-program.ts";
import { PROGRAM_LIMITS, type Instruction, type Program, type ProgramEntry, type WordRef } from "./program.ts";
import { bodyTokens } from "./body-tokens.ts";

const IMMEDIATE = 1050;
/** Words after which plain digits may mean another number. */
const BASE_CODES: ReadonlySet<number> = new Set([366, 368, 369]);
const WIDTH = 100;

/**
 * A program as source in stack form, which `compileProgram` turns back into the same program. Each line is a
 * colon definition, or literals and one word with the text that it reads. What would not read back as
 * what it is (a name that hides another, a branch out of a loop) is refused: such a program is no
 * program. Faults: LANG_BAD_PROGRAM.
 */
export function decompile(program: Program): string {
  return new Decompiler(program).source();
}

/**
 * The same source in pieces, one for each entry of the program: what its line says, for the entry that ends a line;
 * nothing for an entry within one. Faults: LANG_BAD_PROGRAM.
 */
export function decompileEntries(program: Program): readonly string[] {
  return new Decompiler(program).pieces();
}

/** The words known at a point of a program, as they would be found by name. */
class KnownWords {
  readonly names: string[] = [];
  readonly immediate = new Set<number>();
  readonly #byName = new Map<string, number>();
  /** The word whose code is being read: its name does not find it. */
  current = -1;

  add(name: string): void {
    if (name === "" || /[\p{Cc}\p{Cf}\p{Z}\p{Cn}\p{Co}]/u.test(name)) badProgram("a name that is none");
    if (this.names.length >= PROGRAM_LIMITS.userWords) badProgram(`more than ${PROGRAM_LIMITS.userWords} words`);
    this.names.push(name);
    this.#byName.set(foldName(name), this.names.length - 1);
  }

  find(name: string): WordRef | undefined {
    const folded = foldName(name);
    const user = this.#byName.get(folded);
    if (user !== undefined) return { user };
    const code = builtinXt(folded);
    return code === 0 ? undefined : { code };
  }

  /** The name of a word, if it finds that word here. */
  nameOf(ref: WordRef): string {
    const name = "code" in ref ? primitiveName(ref.code) : this.names[ref.user];
    if (name === undefined) badProgram("a word that is not defined yet");
    const found = this.find(name);
    if (found === undefined || !sameRef(found, ref)) badProgram(`the name ${name} stands for another word here`);
    return name;
  }

  /** A token that must mean what it means without the user's words. */
  plain(token: string): string {
    if (this.find(token.split(" ")[0] as string) !== undefined) badProgram(`the name ${token} hides a literal`);
    return token;
  }

  isImmediate(ref: WordRef): boolean {
    if ("user" in ref) return this.immediate.has(ref.user);
    const row = rowOf(ref.code);
    return row?.kind === "primitive" && row.spec.immediate === true;
  }
}

function sameRef(a: WordRef, b: WordRef): boolean {
  return "code" in a ? "code" in b && a.code === b.code : "user" in b && a.user === b.user;
}

class Decompiler {
  readonly #program: Program;
  readonly #known = new KnownWords();
  readonly #lines: string[] = [];
  readonly #numberPrefix: string;
  #pending: string[] = [];

  constructor(program: Program) {
    this.#program = program;
    this.#numberPrefix = program.entries.some(changesBase) ? "#" : "";
  }

  source(): string {
    for (const entry of this.#program.entries) this.#entry(entry);
    this.#flush([]);
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }

  pieces(): string[] {
    const pieces = this.#program.entries.map((entry) => {
      this.#entry(entry);
      return this.#lines.splice(0).join("\n");
    });
    this.#flush([]);
    const rest = this.#lines.join("\n");
    return rest === "" ? pieces : [...pieces.slice(0, -1), rest];
  }

  #entry(entry: ProgramEntry): void {
    if (entry.kind === "literal") {
      if (entry.value.kind === "bytes") badProgram("bytes have no literal");
      this.#pending.push(this.#literal(entry.value));
      return;
    }
    if (entry.kind === "colon") return this.#colon(entry);
    const name = this.#known.nameOf(entry.word);
    this.#checkText(entry);
    this.#flush([name, ...(entry.text === "" ? [] : [entry.text]), ...this.#definesNote(entry)]);
    if ("code" in entry.word && entry.word.code === IMMEDIATE && this.#known.names.length > 0) this.#known.immediate.add(this.#known.names.length - 1);
    for (const defined of entry.defines) this.#known.add(defined);
  }

  #colon({ name, code }: Extract<ProgramEntry, { kind: "colon" }>): void {
    this.#flush([]);
    const known = this.#known;
    const own = known.names.length;
    const tokens = bodyTokens(code, {
      literal: (value) => this.#literal(value),
      word: (ref) => ("user" in ref && ref.user === own ? known.nameOf({ code: RECURSE }) : this.#called(ref)),
      tick: (ref) => `${known.nameOf({ code: TICK })} ${known.nameOf(ref)}`,
      to: (user) => `${known.nameOf({ code: TO })} ${known.nameOf({ user })}`,
      builtin: (token) => this.#builtin(token),
      local: (index) => known.plain(`${this.#localPrefix()}${index}`),
    });
    wrap(`: ${name}`, [...tokens, known.nameOf({ code: SEMICOLON })], this.#lines);
    known.nameOf({ code: COLON });
    known.add(name);
  }

  /** A call: an immediate word is called only by POSTPONE. */
  #called(ref: WordRef): string {
    const name = this.#known.nameOf(ref);
    return this.#known.isImmediate(ref) ? `${this.#builtin("postpone")} ${name}` : name;
  }

  #builtin(token: string): string {
    const code = builtinXt(token);
    return code === 0 ? badProgram(`${token} is no word`) : this.#known.nameOf({ code });
  }

  #literal(value: Value): string {
    if (value.kind === "bytes") return `${this.#builtin("[")} ${this.#known.plain(formatLiteral(value).split(" ")[0] as string)} ${this.#builtin("hex>")} ${this.#builtin("]")} ${this.#builtin("literal")}`;
    const token = formatLiteral(value);
    if (value.kind !== "cell" && value.kind !== "integer") return this.#known.plain(token);
    return this.#known.plain(this.#numberPrefix + token);
  }

  #localPrefix(): string {
    let prefix = "l";
    while (this.#program.entries.some((entry) => namesOf(entry).some((name) => foldName(name).startsWith(prefix)))) prefix += "l";
    return prefix;
  }

  #checkText({ text, defines, word }: Extract<ProgramEntry, { kind: "word" }>): void {
    if (text !== text.trim() || /[\n\r\0]/.test(text) || / \\ defines /.test(text)) badProgram("text that is not one line");
    if (text === "" && defines.length > 0 && !("code" in word)) badProgram("a word defined without a name");
  }

  /** Says what a user's word defines, where no one could tell from the text. */
  #definesNote({ word, text, defines }: Extract<ProgramEntry, { kind: "word" }>): string[] {
    const expected = impliedDefines(word, text);
    if (expected.length === defines.length && expected.every((name, index) => name === defines[index])) return [];
    return [`\\ defines ${defines.join(" ")}`.trimEnd()];
  }

  #flush(tokens: readonly string[]): void {
    if (this.#pending.length + tokens.length > 0) this.#lines.push([...this.#pending, ...tokens].join(" "));
    this.#pending = [];
  }
}

const COLON = 1088;
const SEMICOLON = 1090;
const RECURSE = 1043;
const TICK = 1056;
const TO = 1100;

/** Built-in words that define the word whose name follows. */
const DEFINERS: ReadonlySet<number> = new Set([1092, 1093, 1094, 1095, 1096, 1097, 1098, 1099, 1105, 1106, 1108]);

/** What a word of the table defines when it reads this text. */
export function impliedDefines(word: WordRef, text: string): string[] {
  return "code" in word && DEFINERS.has(word.code) && text !== "" ? [text.split(/\s+/)[0] as string] : [];
}

function changesBase(entry: ProgramEntry): boolean {
  if (entry.kind === "word") return "code" in entry.word && BASE_CODES.has(entry.word.code);
  if (entry.kind === "literal") return false;
  return entry.code.some((instruction: Instruction) => instruction.op === "word" && "code" in instruction.word && BASE_CODES.has(instruction.word.code));
}

function namesOf(entry: ProgramEntry): readonly string[] {
  return entry.kind === "colon" ? [entry.name] : entry.kind === "word" ? entry.defines : [];
}

/** Lays tokens out in lines of a width. */
function wrap(head: string, tokens: readonly string[], lines: string[]): void {
  let line = head;
  for (const token of tokens) {
    if (line.length + token.length >= WIDTH && line.trim() !== "") {
      lines.push(line);
      line = ` ${token}`;
    } else line += ` ${token}`;
  }
  lines.push(line);
}

