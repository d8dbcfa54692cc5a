import type { CellValue, DecimalValue, IntegerValue } from "../value.ts";
import { cell, tooLarge, whole } from "../values/construct.ts";
import { VALUE_LIMITS } from "../values/limits.ts";
import { readPlainNumber } from "../values/plain-number.ts";

/**
 * What a number token stands for: one entry, or a double-cell number, which the interpreter pushes as
 * two cells, the less significant first.
 */
export type NumberToken =
  | { readonly kind: "single"; readonly value: CellValue | IntegerValue | DecimalValue }
  | { readonly kind: "double"; readonly low: CellValue; readonly high: CellValue };

const PREFIX_BASE: Readonly<Record<string, number>> = { "#": 10, $: 16, "%": 2 };
const DECIMAL = /^-?[0-9]+\.[0-9]+$/;
const MOST_DIGITS = VALUE_LIMITS.integerBits;

/**
 * What digits of base ten from 2^63 to 2^64 spell: in Forth mode the unsigned cell of the standard, as
 * `u.` prints it; elsewhere, where people write amounts, the integer. In other bases digits usually
 * spell bits, and are a cell in both.
 */
export type WideDigits = "cell" | "integer";

/**
 * Reads a number token in the forms of Forth-2012 (3.4.1.3): digits of `base` (2 to 36, either case)
 * with an optional minus, `#10 $ff %101` with the minus after the prefix, `'c'` for a character, and a
 * trailing point for a double. Beyond the standard, `1.5` is a decimal whatever the base (R15), and what
 * a cell cannot hold is an integer. Undefined for what is no number. Faults: LANG_TOO_LARGE.
 */
export function readNumber(token: string, base: number, wide: WideDigits = "integer"): NumberToken | undefined {
  const character = readCharacter(token);
  if (character !== undefined) return { kind: "single", value: character };
  if (DECIMAL.test(token)) {
    const value = readPlainNumber(token);
    return value && { kind: "single", value };
  }
  const prefix = PREFIX_BASE[token.charAt(0)];
  return readDigits(prefix === undefined ? token : token.slice(1), prefix ?? base, wide);
}

/** `'c'`: one character between quotes, also `'''`. Its value is the code point. */
function readCharacter(token: string): CellValue | undefined {
  if (token.length < 3 || token.length > 4 || !token.startsWith("'") || !token.endsWith("'")) return undefined;
  const inner = token.slice(1, -1);
  const point = inner.codePointAt(0) ?? 0;
  return String.fromCodePoint(point) === inner ? cell(BigInt(point)) : undefined;
}

function readDigits(digits: string, base: number, wide: WideDigits): NumberToken | undefined {
  const double = digits.endsWith(".");
  const negative = digits.startsWith("-");
  const body = digits.slice(negative ? 1 : 0, double ? -1 : undefined);
  const size = magnitude(body, base);
  if (size === undefined) return undefined;
  const value = negative ? -size : size;
  if (double) return doubleCell(value);
  const bits = (base !== 10 || wide === "cell") && !negative && size < 1n << 64n;
  return { kind: "single", value: bits ? cell(value) : whole(value) };
}

function doubleCell(value: bigint): NumberToken {
  if (value >= 1n << 128n || value < -(1n << 127n)) throw tooLarge("double-cell number (bits)", 128);
  return { kind: "double", low: cell(value), high: cell(value >> 64n) };
}

/** The number that digits of a base spell; undefined unless every character is one. Quick for bases that engines know. */
function magnitude(digits: string, base: number): bigint | undefined {
  if (!digitPattern(base).test(digits)) return undefined;
  if (digits.length > MOST_DIGITS) throw tooLarge("number (digits)", MOST_DIGITS);
  if (base === 10) return BigInt(digits);
  if (base === 16) return BigInt(`0x${digits}`);
  if (base === 2) return BigInt(`0b${digits}`);
  return joinDigits(digits, base);
}

const patterns = new Map<number, RegExp>();

function digitPattern(base: number): RegExp {
  let pattern = patterns.get(base);
  if (pattern === undefined) {
    const letters = base > 10 ? `a-${String.fromCharCode(96 + base - 10)}` : "";
    pattern = new RegExp(`^[0-${String(Math.min(base, 10) - 1)}${letters}]+$`, "i");
    patterns.set(base, pattern);
  }
  return pattern;
}

/** Halves the digits and joins the halves: long numbers of odd bases would otherwise take quadratic time. */
function joinDigits(digits: string, base: number): bigint {
  if (digits.length <= 10) return BigInt(Number.parseInt(digits, base));
  const low = Math.floor(digits.length / 2);
  return joinDigits(digits.slice(0, -low), base) * BigInt(base) ** BigInt(low) + joinDigits(digits.slice(-low), base);
}
