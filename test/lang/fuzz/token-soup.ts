import { allRows, SHELL_FORMS } from "../../../lang/primitives/table.ts";
import { randomText } from "../random.ts";

type Random = (most: number) => number;

/** Words that only cost time here: they wait, or print much. */
const DULL = new Set(["ms", "words", "page"]);
const WORDS = allRows().filter(({ kind }) => kind !== "structure").map(({ spec }) => spec.word).filter((word) => !DULL.has(word));
const SHELL = [...SHELL_FORMS.keys()];

const NUMBERS = [
  "0", "1", "-1", "2", "3", "8", "64", "255", "1024", "-9223372036854775808", "9223372036854775807", "18446744073709551615", "1.", "-5.", "1.5", "0.1",
  "123456789012345678901234567890", "$ff", "%101", "#9", "'x'", "1e", "here", "pad", "source", "base", "state", ">in",
];
const STRINGS = ['s" abc"', "'a text'", 's\\" \\x41\\n"', 's" : w 1 ;"', 's" 1 throw"', '." out"', 'c" cc"', "char x", "bl", 's" w0"'];
/** Shapes that random tokens would hardly ever make. Names w0 to w9 are the user's. */
const SHAPES = [
  ": NAME BODY ;", ":noname BODY ; execute", ": NAME BODY recurse ;", "create NAME BODY ,", "NUMBER value NAME", "NUMBER constant NAME", "variable NAME", "defer NAME ' WORD is NAME",
  ": NAME NUMBER 0 do BODY loop ;", ": NAME NUMBER NUMBER ?do BODY NUMBER +loop ;", ": NAME if BODY else BODY then ;", ": NAME begin BODY NUMBER until ;", ": NAME begin BODY while BODY repeat ;",
  ": NAME {: a b | c :} BODY a b c ;", ": NAME case NUMBER of BODY endof BODY endcase ;", "' NAME catch", ": NAME ['] WORD catch BODY ;", ": NAME create , does> BODY ;", "marker NAME", "synonym NAME WORD",
  "NUMBER [if] BODY [else] BODY [then]", "STRING evaluate", "begin-structure NAME field: w1 cfield: w2 end-structure", "NUMBER block drop update", "' NAME forth-wordlist traverse-wordlist", "to NAME",
  "NUMBER allocate drop", "NUMBER >in !", "NUMBER base !", "save-input BODY restore-input", ": NAME BODY ; immediate", "postpone WORD", "NUMBER NUMBER NUMBER um/mod", "wordlist set-current",
];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

/** A line of source: tokens of every sort, sometimes in a shape that makes sense, sometimes broken. */
export function tokenSoup(random: Random): string {
  const pieces = Array.from({ length: 1 + random(12) }, () => piece(random, 0));
  const line = pieces.join(random(20) === 0 ? "\n" : " ");
  return random(15) === 0 ? line.slice(0, random(line.length + 1)) : line;
}

function piece(random: Random, depth: number): string {
  switch (random(10)) {
    case 0:
    case 1:
    case 2:
      return pick(random, NUMBERS);
    case 3:
    case 4:
    case 5:
      return pick(random, WORDS);
    case 6:
      return pick(random, STRINGS);
    case 7:
      return random(4) === 0 ? `${pick(random, SHELL)} ${randomText(random)}` : `w${String(random(10))}`;
    case 8:
      return depth < 3 ? shape(random, depth) : pick(random, NUMBERS);
    default:
      return random(8) === 0 ? randomText(random) : pick(random, ["dup", "drop", "swap", "over", "+", "@", "!", "c@", "execute", "r>", ">r"]);
  }
}

function shape(random: Random, depth: number): string {
  return pick(random, SHAPES)
    .replace(/NAME/g, () => `w${String(random(10))}`)
    .replace(/WORD/g, () => pick(random, WORDS))
    .replace(/NUMBER/g, () => pick(random, NUMBERS))
    .replace(/STRING/g, () => pick(random, STRINGS))
    .replace(/BODY/g, () => Array.from({ length: random(5) }, () => piece(random, depth + 1)).join(" "));
}
