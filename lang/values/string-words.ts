import { keccak256, sha256 } from "../base/hash.ts";
import { utf8 } from "../base/bytes.ts";
import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import { bytes, cell, text } from "./construct.ts";
import { convert, readNumberText, wrongKind } from "./convert.ts";
import { chargeBytes } from "./prices.ts";
import { byteAt, bytesOfHex, changeCase, hexOf, join, lengthBytes, positionOf, slice, stringOf, trim } from "./text-operations.ts";
import { binaryWord, ternaryWord, unaryWord } from "./value-word-row.ts";
import type { ValueWordSpec } from "./value-words.ts";

/** Words on text and bytes entries, and from kind to kind. */
export const STRING_WORDS: readonly ValueWordSpec[] = [
  binaryWord([256, "join", "( a b -- ab )", 20], ["Joins two texts, or bytes if either is bytes.", '"ab" 5 join .', "ab5 "], join),
  unaryWord([257, "bytes-length", "( x -- n )", 20], ["Counts the bytes of a text (in UTF-8) or of bytes.", '"aé" bytes-length .', "3 "], (a, word, meter) => cell(lengthBytes(a, word, meter))),
  ternaryWord([258, "slice", "( x start count -- part )", 20], ["Cuts out bytes by position and number.", '"banana" 2 3 slice .', "nan "], (a, start, count, word, meter) =>
    slice(a, cellOf(start, word, meter), cellOf(count, word, meter), word, meter)),
  binaryWord([259, "position", "( x part -- n )", 20], ["Looks for a part: its position in bytes, or -1.", '"banana" "nan" position .', "2 "], (a, part, word, meter) =>
    cell(positionOf(a, part, 0n, word, meter))),
  ternaryWord([260, "position-from", "( x part start -- n )", 20], ["As position, from a place on.", '"banana" "an" 2 position-from .', "3 "], (a, part, start, word, meter) =>
    cell(positionOf(a, part, cellOf(start, word, meter), word, meter))),
  binaryWord([261, "byte-at", "( x i -- n )", 20], ["Leaves the byte at a position.", '"AB" 1 byte-at .', "66 "], (a, i, word, meter) => cell(byteAt(a, cellOf(i, word, meter), word, meter))),
  unaryWord([262, "byte>", "( n -- bytes )", 60], ["Makes one byte.", "65 byte> >text .", "A "], (n, word, meter) => bytes(Uint8Array.of(within(n, 0xffn, "a number from 0 to 255", word, meter)))),
  unaryWord([263, "char>", "( code -- text )", 60], ["Makes a text of one character.", "8364 char> .", "€ "], character),
  unaryWord([264, ">hex", "( x -- text )", 20], ["Writes bytes as hex.", '"hi" >hex .', "6869 "], hexOf),
  unaryWord([265, "hex>", "( text -- bytes )", 20], ["Reads hex as bytes.", '"6869" hex> >text .', "hi "], bytesOfHex),
  unaryWord([266, "upper", "( text -- text )", 20], ["Makes the letters a to z capitals.", '"hi" upper .', "HI "], (a, word, meter) => changeCase(a, "upper", word, meter)),
  unaryWord([267, "lower", "( text -- text )", 20], ["Makes the capitals A to Z small.", '"HI" lower .', "hi "], (a, word, meter) => changeCase(a, "lower", word, meter)),
  unaryWord([268, "trim", "( text -- text )", 20], ["Removes blanks at both ends.", '"  hi " trim bytes-length .', "2 "], trim),
  unaryWord([269, "sha256", "( x -- bytes )", 400], ["SHA-256 of bytes, or of the UTF-8 of text.", '"abc" sha256 >hex 0 16 slice .', "ba7816bf8f01cfea "], (a, word, meter) => hashed(a, sha256, word, meter)),
  unaryWord([270, "keccak256", "( x -- bytes )", 4_000], ["Keccak-256 of bytes, or of the UTF-8 of text.", '"abc" keccak256 >hex 0 16 slice .', "4e03657aea45a94f "], (a, word, meter) => hashed(a, keccak256, word, meter)),
  unaryWord([272, ">text", "( x -- text )", 20], ["Makes text of any entry: digits, or bytes read as UTF-8.", "1.50 >text bytes-length .", "3 "], (a, word, meter) => convert(a, "text", word, meter)),
  unaryWord([273, ">bytes", "( x -- bytes )", 20], ["Makes bytes of text, in UTF-8.", '"hi" >bytes >hex .', "6869 "], (a, word, meter) => convert(a, "bytes", word, meter)),
  unaryWord([274, ">cell", "( x -- n )", 20], ["Makes a cell of a whole number that fits, or of text that reads as one.", '"42" >cell .', "42 "], (a, word, meter) => convert(a, "cell", word, meter)),
  unaryWord([275, ">integer", "( x -- n )", 20], ["Makes a whole number of any size.", "2.0 >integer kind .", "cell "], (a, word, meter) => convert(a, "integer", word, meter)),
  unaryWord([276, ">decimal", "( x -- n )", 20], ["Makes a decimal, so that division keeps what is behind the point.", "1 >decimal 4 / .", "0.25 "], (a, word, meter) => convert(a, "decimal", word, meter)),
  unaryWord([277, "kind", "( x -- text )", 20], ["Names the kind of an entry: cell, integer, decimal, text or bytes.", "0.5 kind .", "decimal "], ({ kind }) => text(kind)),
  unaryWord([278, "number?", "( x -- flag )", 20], ["True for a number and for text that reads as one.", '"1.5" number? .  "x" number? .', "-1 0 "], (a, _word, meter) => cell(isNumber(a, meter) ? -1n : 0n)),
];

function cellOf(value: Value, word: string, meter: Meter): bigint {
  return convert(value, "cell", word, meter).value;
}

/** A number from 0 to `most`. Faults: LANG_WRONG_KIND. */
function within(value: Value, most: bigint, expected: string, word: string, meter: Meter): number {
  const number = cellOf(value, word, meter);
  if (number < 0n || number > most) throw wrongKind(word, expected, value);
  return Number(number);
}

function character(code: Value, word: string, meter: Meter): Value {
  const expected = "the code point of a character";
  const point = within(code, 0x10_ffffn, expected, word, meter);
  if (point >= 0xd800 && point <= 0xdfff) throw wrongKind(word, expected, code);
  return text(String.fromCodePoint(point));
}

function hashed(value: Value, hash: (bytes: Uint8Array) => Uint8Array, word: string, meter: Meter): Value {
  const string = stringOf(value, word, meter);
  const content = string.kind === "text" ? utf8(string.value) : string.value;
  chargeBytes(meter, content.length * HASH_PRICE);
  return bytes(hash(content));
}

/** A hash looks at each byte about this many times as long as a copy does. */
const HASH_PRICE = 32;

function isNumber(value: Value, meter: Meter): boolean {
  if (value.kind === "text") return readNumberText(value.value, meter) !== undefined;
  return value.kind !== "bytes";
}
