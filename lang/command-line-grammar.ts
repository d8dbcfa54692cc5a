import { createToken, EmbeddedActionsParser, Lexer, type IToken, type TokenType } from "chevrotain";
import { readEscapes } from "./escapes.ts";

/**
 * The text of a shell word's inline part, as shell users expect it: words separated by blanks; a word
 * is any run of bare characters, `'…'`, `"…"` and `\c` without a blank between; `>` and `>>` stand by
 * themselves, with or without blanks; a `\` that begins a word and has a blank after it begins a comment.
 *
 *     line        = { blank | word | redirection } [ comment ]
 *     word        = piece { piece }
 *     piece       = bare | 'single' | "double" | \c
 *     redirection = ( ">" | ">>" ) [ blank ] [ word ]
 *
 * Every text has a reading: what is wrong inside a word is noted in it and becomes a fault only if the
 * command takes that word. Reading never leaves the given text; nothing here executes or looks up.
 */
export interface WordItem {
  readonly kind: "word";
  readonly text: string;
  /** Some part was quoted or escaped: it is then never an option. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
  readonly problem?: WordProblem;
}
export interface RedirectItem {
  readonly kind: "redirect";
  readonly append: boolean;
  readonly target?: WordItem;
  readonly start: number;
  readonly end: number;
}
export type CommandItem = WordItem | RedirectItem;
export type WordProblem =
  | { readonly kind: "unclosed"; readonly quote: string; readonly start: number; readonly end: number }
  | { readonly kind: "escape"; readonly escape: string; readonly start: number; readonly end: number };

/** A blank is what Forth skips between words: a space or any control character but the end of the line. */
const isBlank = (code: number): boolean => code <= 0x20;
const COMMENT_BODY = /\\(?=[\x00-\x20]|$)[^]*/y;

const Comment = createToken({
  name: "Comment",
  line_breaks: true,
  start_chars_hint: ["\\"],
  pattern: (text: string, offset: number) => {
    if (offset > 0 && !isBlank(text.charCodeAt(offset - 1))) return null;
    COMMENT_BODY.lastIndex = offset;
    return COMMENT_BODY.exec(text);
  },
});
const Blank = createToken({ name: "Blank", pattern: /[\x00-\x20]+/, line_breaks: true });
const Append = createToken({ name: "Append", pattern: />>/ });
const Redirect = createToken({ name: "Redirect", pattern: />/ });
const Piece = createToken({ name: "Piece", pattern: Lexer.NA });
const Single = createToken({ name: "Single", pattern: /'[^'\\]*(?:\\[^][^'\\]*)*'/, categories: Piece, line_breaks: true });
const Double = createToken({ name: "Double", pattern: /"[^"\\]*(?:\\[^][^"\\]*)*"/, categories: Piece, line_breaks: true });
const Unclosed = createToken({ name: "Unclosed", pattern: /['"][^]*/, categories: Piece, line_breaks: true });
const Escaped = createToken({ name: "Escaped", pattern: /\\(?:[\ud800-\udbff][\udc00-\udfff]|[^])?/, categories: Piece, line_breaks: true });
const Bare = createToken({ name: "Bare", pattern: /[^\x00-\x20'"\\>]+/, categories: Piece });

const TOKENS: TokenType[] = [Comment, Blank, Append, Redirect, Piece, Single, Double, Unclosed, Escaped, Bare];
const lexer = new Lexer(TOKENS, { positionTracking: "onlyOffset" });

class CommandParser extends EmbeddedActionsParser {
  constructor() {
    super(TOKENS, { recoveryEnabled: false, maxLookahead: 1 });
    this.performSelfAnalysis();
  }

  readonly line = this.RULE("line", (): CommandItem[] => {
    const items: CommandItem[] = [];
    this.MANY(() => {
      this.OR([
        { ALT: () => void this.CONSUME(Blank) },
        { ALT: () => void items.push(this.SUBRULE(this.word)) },
        { ALT: () => void items.push(this.SUBRULE(this.redirection)) },
      ]);
    });
    this.OPTION(() => this.CONSUME(Comment));
    return items;
  });

  readonly word = this.RULE("word", (): WordItem => {
    const pieces: IToken[] = [];
    this.AT_LEAST_ONE(() => void pieces.push(this.CONSUME(Piece)));
    return this.ACTION(() => joinPieces(pieces));
  });

  readonly redirection = this.RULE("redirection", (): RedirectItem => {
    const arrow = this.OR([{ ALT: () => this.CONSUME(Append) }, { ALT: () => this.CONSUME(Redirect) }]);
    this.OPTION(() => this.CONSUME(Blank));
    const target = this.OPTION1(() => this.SUBRULE(this.word)) as WordItem | undefined;
    const at = { append: arrow.tokenType === Append, start: arrow.startOffset };
    if (target === undefined) return { kind: "redirect", ...at, end: arrow.startOffset + arrow.image.length };
    return { kind: "redirect", ...at, target, end: target.end };
  });
}

const parser = new CommandParser();

/** The words and redirections of one line, which holds no newline outside quotes. Offsets count from the line's start. */
export function readCommandLine(line: string): CommandItem[] {
  parser.input = lexer.tokenize(line).tokens;
  return parser.line();
}

function joinPieces(pieces: readonly IToken[]): WordItem {
  let text = "";
  let problem: WordProblem | undefined;
  for (const piece of pieces) {
    const read = readPiece(piece);
    if (typeof read === "string") text += read;
    else problem ??= read;
  }
  const start = pieces[0]?.startOffset ?? 0;
  const last = pieces.at(-1);
  const end = last === undefined ? start : last.startOffset + last.image.length;
  const quoted = pieces.some((piece) => piece.tokenType !== Bare);
  return { kind: "word", text, quoted, start, end, ...(problem && { problem }) };
}

function readPiece({ tokenType, image, startOffset }: IToken): string | WordProblem {
  const end = startOffset + image.length;
  if (tokenType === Bare) return image;
  if (tokenType === Unclosed) return { kind: "unclosed", quote: image.charAt(0), start: startOffset, end };
  if (tokenType === Escaped) {
    // A letter after the backslash means different things in different shells, so it means nothing here.
    if (/^\\[^A-Za-z0-9]$/su.test(image)) return image.slice(1);
    return { kind: "escape", escape: image, start: startOffset, end };
  }
  const read = readEscapes(image.slice(1, -1));
  if ("text" in read) return read.text;
  const start = startOffset + 1 + read.index;
  return { kind: "escape", escape: read.escape, start, end: start + read.escape.length };
}
