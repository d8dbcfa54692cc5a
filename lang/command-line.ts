import { FaultError } from "./base/fault.ts";
import { readCommandLine, type CommandItem, type WordItem } from "./command-line-grammar.ts";
import { checkArgument, describeForm, EXPECTED } from "./command-line-parameters.ts";
import { escapeCharacter } from "./escapes.ts";
import type { LangFault } from "./fault.ts";
import type { ParameterKind, ShellCall, ShellForm, ShellOption } from "./primitives/spec.ts";
import { quoteText } from "./values/show.ts";

/** Bounds of one command. Linux passes at most 131,072 bytes in one argument, so no `ssh host COMMAND` is longer. */
const COMMAND_LIMITS = { characters: 131_072, words: 4_096 } as const;

/** What a fault says was found where a required parameter is missing. */
export const LINE_END = "the end of the line";

/** A refusal of a command line; `start` and `end` are offsets in the line that was given, for the caret. */
export class CommandLineError extends FaultError<LangFault> {
  readonly start: number;
  readonly end: number;
  constructor(fault: LangFault, start: number, end: number) {
    super(fault);
    this.name = "CommandLineError";
    this.start = start;
    this.end = end;
  }
}

export interface ParsedCommand {
  readonly call: ShellCall;
  /** Offset in the given line of the first character that the command did not take. */
  readonly end: number;
}

/**
 * Reads the inline part of a shell word from `start`, just after the word's name, by the word's signature (R14).
 * Required parameters are always taken. Options, optional and repeated parameters and redirection are
 * taken only if the word is `first` on its line, and it then owns the line to its end. The command ends
 * with its line: a newline is never part of it.
 * Arguments of a number kind come back as canonical decimal digits, whatever BASE is.
 * Faults, as CommandLineError: LANG_BAD_PARAMETER, LANG_UNCLOSED_QUOTE, LANG_BAD_ESCAPE, LANG_BAD_INPUT, LANG_TOO_LARGE.
 */
export function parseCommand(form: ShellForm, line: string, start: number, place: { readonly first: boolean }): ParsedCommand {
  const newline = line.indexOf("\n", start);
  const text = line.slice(start, newline === -1 ? line.length : newline);
  const reader = new CommandReader(form, text, start);
  return place.first && ownsLine(form) ? reader.readLine() : reader.readRequired();
}

/** Whether the word, when it stands first, takes everything to the end of its line. */
export function ownsLine(form: ShellForm): boolean {
  return form.options !== undefined || form.redirect === true || form.params.some((param) => param.optional === true || param.repeat === true);
}

/**
 * Text as one inline parameter that reads back as exactly this text: bare where nothing in it means
 * anything, else in single quotes with escapes. Text must be well-formed.
 */
export function quoteArgument(text: string): string {
  if (/^[A-Za-z0-9_.~/:@%+=,][A-Za-z0-9_.~/:@%+=,-]*$/.test(text)) return text;
  return quoteSource(text);
}

/** Text as a literal of GridScript source that reads back as exactly this text. */
export function quoteSource(text: string): string {
  return `'${Array.from(text, (character) => escapeCharacter(character, "'")).join("")}'`;
}

class CommandReader {
  readonly #form: ShellForm;
  readonly #text: string;
  readonly #start: number;

  constructor(form: ShellForm, text: string, start: number) {
    this.#form = form;
    this.#text = text;
    this.#start = start;
  }

  /** Required parameters only; what follows them belongs to the text interpreter and is not judged. */
  readRequired(): ParsedCommand {
    const params = this.#form.params.filter((param) => param.optional !== true);
    if (params.length === 0) return { call: { args: [], options: {} }, end: this.#start };
    const items = this.#firstItems(params.length);
    const args = params.map((param, index) => this.#takeWord(items[index], param));
    return { call: { args, options: {} }, end: this.#start + (items[params.length - 1]?.end ?? 0) };
  }

  /** The whole line, options, repeated parameters and redirection included. */
  readLine(): ParsedCommand {
    if (this.#text.length > COMMAND_LIMITS.characters) throw this.#tooLarge("command (characters)", COMMAND_LIMITS.characters);
    const items = readCommandLine(this.#text);
    if (items.length > COMMAND_LIMITS.words) throw this.#tooLarge("command (words)", COMMAND_LIMITS.words);
    const options: Record<string, string | true> = {};
    const words: WordItem[] = [];
    let redirect: ShellCall["redirect"];
    let optionsEnded = this.#form.options === undefined;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index] as CommandItem;
      if (item.kind === "redirect") {
        redirect = this.#takeRedirect(item, redirect);
      } else if (!optionsEnded && !item.quoted && item.text === "--") {
        optionsEnded = true;
      } else if (!optionsEnded && isOption(item)) {
        index += this.#takeOption(item, items[index + 1], options);
      } else {
        words.push(item);
      }
    }
    const args = this.#takeParams(words);
    return { call: { args, options, ...(redirect && { redirect }) }, end: this.#start + this.#text.length };
  }

  /**
   * The first `count` items, or all when there are fewer. Reads a window that grows, so that a line of many commands
   * costs no more than its length.
   */
  #firstItems(count: number): CommandItem[] {
    for (let size = 128; ; size *= 4) {
      const items = readCommandLine(this.#text.slice(0, size));
      const last = items[count - 1];
      if (size >= this.#text.length || (last !== undefined && last.end < size)) return items;
      if (size > COMMAND_LIMITS.characters) throw this.#tooLarge("command (characters)", COMMAND_LIMITS.characters);
    }
  }

  #takeParams(words: readonly WordItem[]): string[] {
    const { params } = this.#form;
    const args: string[] = [];
    let taken = 0;
    for (const param of params) {
      if (param.optional === true && taken >= words.length) continue;
      args.push(this.#takeWord(words[taken], param));
      taken += 1;
      if (param.repeat !== true) continue;
      for (; taken < words.length; taken += 1) args.push(this.#takeWord(words[taken], param));
    }
    const extra = words[taken];
    if (extra !== undefined) throw this.#bad(extra, "end", params.length === 0 ? "no parameter" : "nothing more");
    return args;
  }

  #takeWord(item: CommandItem | undefined, param: { readonly name: string; readonly type: ParameterKind }): string {
    if (item === undefined || item.kind === "redirect") throw this.#bad(item, param.name, EXPECTED[param.type]);
    this.#checkProblem(item);
    const checked = checkArgument(param.type, item.text);
    if (checked === undefined) throw this.#bad(item, param.name, EXPECTED[param.type]);
    return checked;
  }

  #takeRedirect(item: Extract<CommandItem, { kind: "redirect" }>, earlier: ShellCall["redirect"]): NonNullable<ShellCall["redirect"]> {
    if (this.#form.redirect !== true) throw this.#bad(item, ">", "no redirection here; as text it stands in quotes");
    if (earlier !== undefined) throw this.#bad(item, ">", "one redirection");
    return { append: item.append, path: this.#takeWord(item.target, { name: "file", type: "path" }) };
  }

  /** Takes `--name`, `--name=value`, `--name value`, `-x`, `-x value` or several letters at once; returns how many further items it took. */
  #takeOption(item: WordItem, next: CommandItem | undefined, options: Record<string, string | true>): number {
    this.#checkProblem(item);
    const equals = item.text.indexOf("=");
    const flag = item.text.startsWith("--") && equals !== -1 ? item.text.slice(0, equals) : item.text;
    const option = this.#form.options?.find((candidate) => candidate.flag === flag);
    if (option === undefined) return this.#takeLetters(item, options);
    if (option.value === undefined) {
      if (flag !== item.text) throw this.#bad(item, flag, "no value");
      options[option.name] = true;
      return 0;
    }
    const param = { name: flag, type: option.value };
    const attached = flag === item.text ? undefined : { ...item, text: item.text.slice(equals + 1) };
    options[option.name] = this.#takeWord(attached ?? next, param);
    return attached === undefined ? 1 : 0;
  }

  /** `-rf` for `-r -f`: each letter an option without a value. */
  #takeLetters(item: WordItem, options: Record<string, string | true>): number {
    const letters = item.text.startsWith("--") ? [] : Array.from(item.text.slice(1));
    const found: (ShellOption | undefined)[] = letters.map((letter) => this.#form.options?.find((option) => option.flag === `-${letter}` && option.value === undefined));
    const known = found.filter((option) => option !== undefined);
    if (letters.length < 2 || known.length < letters.length) {
      const flags = this.#form.options?.map((option) => option.flag).join(", ") ?? "";
      throw this.#bad(item, "option", `one of the options ${flags}`);
    }
    for (const option of known) options[option.name] = true;
    return 0;
  }

  #checkProblem({ problem, text, start, end }: WordItem): void {
    if (problem?.kind === "unclosed") throw this.#error({ code: "LANG_UNCLOSED_QUOTE", quote: problem.quote }, problem.start, problem.end);
    if (problem?.kind === "escape") throw this.#error({ code: "LANG_BAD_ESCAPE", escape: problem.escape }, problem.start, problem.end);
    if (!text.isWellFormed()) throw this.#error({ code: "LANG_BAD_INPUT", reason: "utf8" }, start, end);
  }

  #bad(item: CommandItem | undefined, parameter: string, expected: string): CommandLineError {
    const found = item === undefined ? LINE_END : item.kind === "redirect" ? (item.append ? ">>" : ">") : quoteText(item.text, 60);
    const fault: LangFault = { code: "LANG_BAD_PARAMETER", word: this.#form.word, parameter, expected, found, usage: describeForm(this.#form) };
    return this.#error(fault, item?.start ?? this.#text.length, item?.end ?? this.#text.length);
  }

  #tooLarge(what: string, limit: number): CommandLineError {
    return this.#error({ code: "LANG_TOO_LARGE", what, limit }, 0, this.#text.length);
  }

  #error(fault: LangFault, start: number, end: number): CommandLineError {
    return new CommandLineError(fault, this.#start + start, this.#start + end);
  }
}

/** A word that looks like an option: unquoted, a minus and more, and no number. */
function isOption(item: WordItem): boolean {
  return !item.quoted && item.text.length > 1 && item.text.startsWith("-") && !/^-[0-9]/.test(item.text);
}
