import { FaultError } from "./base/fault.ts";
import type { LangFault } from "./fault.ts";

/**
 * Escapes in quoted text, the same in `'…'` and `"…"`, in text literals and in inline parameters:
 *
 *     \n \r \t \e \0   newline, return, tab, escape, NUL
 *     \\ \' \"         the character itself
 *     \u{1f41b}        the character with this code point, 1 to 6 hex digits, no surrogates
 */
const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", e: "\x1b", "0": "\0", "\\": "\\", "'": "'", '"': '"' };
const CODE_POINT = /u\{([0-9a-fA-F]{1,6})\}/y;
const LAST_CODE_POINT = 0x10_ffff;

/** A broken escape: which, and where its backslash stands in the text that was given. */
export interface BadEscape {
  readonly escape: string;
  readonly index: number;
}

/** What the text between two quotes means, or the first escape that means nothing. Linear. */
export function readEscapes(inner: string): { readonly text: string } | BadEscape {
  let text = "";
  let from = 0;
  for (let index = inner.indexOf("\\"); index !== -1; index = inner.indexOf("\\", from)) {
    const escape = readEscape(inner, index);
    if (escape === undefined) return { escape: inner.slice(index, index + 2), index };
    text += inner.slice(from, index) + escape.text;
    from = index + escape.length;
  }
  return { text: text + inner.slice(from) };
}

/** As `readEscapes`. Faults: LANG_BAD_ESCAPE. */
export function unescapeText(inner: string): string {
  const read = readEscapes(inner);
  if ("text" in read) return read.text;
  throw new FaultError<LangFault>({ code: "LANG_BAD_ESCAPE", escape: read.escape });
}

function readEscape(inner: string, index: number): { readonly text: string; readonly length: number } | undefined {
  const named = NAMED[inner.charAt(index + 1)];
  if (named !== undefined) return { text: named, length: 2 };
  CODE_POINT.lastIndex = index + 1;
  const match = CODE_POINT.exec(inner);
  const point = Number.parseInt(match?.[1] ?? "", 16);
  if (match === null || point > LAST_CODE_POINT || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  return { text: String.fromCodePoint(point), length: 1 + match[0].length };
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\0": "\\0", "\\": "\\\\" };

/**
 * One character as it stands between quotes of the given kind. Escaped, besides what the quotes need:
 * controls, format characters, separators of lines, and what has no glyph, so that a shown text can
 * neither act on the terminal nor look like another.
 */
export function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`;
  const short = SHORT[character];
  if (short !== undefined) return short;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
