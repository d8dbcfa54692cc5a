import { fromUtf8 } from "../base/bytes.ts";
import { unescapeText } from "../escapes.ts";
import type { Source } from "./sources.ts";
import { chargeBytes } from "../values/prices.ts";
import type { Vm } from "./vm.ts";

const SINGLE = 39;
const DOUBLE = 34;
const BACKSLASH = 92;

/**
 * A text literal that begins with the token `name`: `'a b'` or `"a b"`, up to the quote that closes it
 * on the same line, which white space or the line's end must follow. One character in single quotes is
 * a character (R15), which the number reader takes. Undefined if the token is no such literal.
 * Faults: LANG_UNCLOSED_QUOTE, LANG_BAD_ESCAPE.
 */
export function readQuoted(vm: Vm, source: Source, name: string): string | undefined {
  const { bytes } = vm;
  const start = source.address + source.column;
  const quote = bytes[start];
  if (quote !== SINGLE && quote !== DOUBLE) return undefined;
  if (quote === SINGLE && isCharacter(name)) return undefined;
  const end = source.address + source.length;
  let at = start + 1;
  while (at < end && bytes[at] !== quote) at += bytes[at] === BACKSLASH ? 2 : 1;
  if (at >= end) throw vm.fault({ code: "LANG_UNCLOSED_QUOTE", quote: quote === SINGLE ? "'" : '"' });
  if (at + 1 < end && (bytes[at + 1] as number) > 32) return undefined;
  source.tokenLength = at + 1 - start;
  const after = at + 1 - source.address;
  vm.in = after < source.length ? after + 1 : after;
  chargeBytes(vm, at - start);
  return unescapeText(fromUtf8(bytes.subarray(start + 1, at)));
}

/** `'x'`, `'''` and their like: exactly one character between single quotes. */
function isCharacter(name: string): boolean {
  return name.length <= 4 && name.endsWith("'") && [...name].length === 3;
}
