import { LINE_END } from "../../lang/command-line.ts";
import type { CodecFault } from "../../lang/base/rlp.ts";
import type { LangFault } from "../../lang/fault.ts";
import type { FaultTable } from "./faults.ts";

const values = (count: number): string => `${count} ${count === 1 ? "value" : "values"}`;
const quoted = (text: string): string => `'${text.length > 60 ? `${text.slice(0, 59)}…` : text}'`;

/** The likeliest reason first. */
function unknownWordHint({ word, nearest, subject, after, remedy, open }: Extract<LangFault, { readonly code: "LANG_UNKNOWN_WORD" }>): string {
  if (open !== undefined) return `the definition of ${open} is still open: ; ends it, Ctrl-C drops it`;
  if (after !== undefined) return `${after} takes words and options only where it begins its line: put it on a line of its own`;
  if (subject !== undefined) return `use ${subject} loads a word of that name`;
  if (nearest.includes(word.toLowerCase())) return "that is a word of the shell: begin the file with #!grid to use it";
  if (remedy !== undefined) return remedy;
  return nearest.length > 0 ? `did you mean ${nearest.join(", ")}?` : "words lists what there is; text stands in quotes: 'like this'";
}

function badParameterText({ word, parameter, expected, found }: Extract<LangFault, { readonly code: "LANG_BAD_PARAMETER" }>): string {
  if (parameter === "option") return `${word} has no option ${found}`;
  if (parameter === ">") return `${word} takes ${expected}`;
  if (found === LINE_END) return `${word} needs ${parameter.startsWith("-") ? `a value behind ${parameter}` : parameter.toUpperCase()}, ${expected}`;
  if (found === "") return `${word} takes ${parameter}: ${expected}`;
  return `${word} takes ${expected}${parameter === "end" ? "" : ` as ${parameter}`}, found ${/^["']/.test(found) ? found : quoted(found)}`;
}

/** Where the word on top of an empty stack means something else in other shells. */
const UNDERFLOW_HINTS: Readonly<Record<string, string>> = {
  ">": "to write a file the word stands first on its line: echo hi > note",
  "#": "\\ begins a comment",
  "?": "help shows how to begin",
  type: "type prints a text from the stack; cat NAME prints a file",
};

/** What GridScript refuses, as its users read it. */
export const LANG_FAULTS: FaultTable<LangFault | CodecFault> = {
  LANG_UNDERFLOW: ({ word, needs, depth }) => ({
    text: `${word} takes ${values(needs)}, the stack holds ${depth}`,
    hint: (Object.hasOwn(UNDERFLOW_HINTS, word) ? UNDERFLOW_HINTS[word] : undefined) ?? ".s prints the stack",
  }),
  LANG_OVERFLOW: ({ stack, limit }) => ({
    text: `the ${stack} stack is full: it holds ${limit} entries`,
    hint: stack === "data" ? "a loop may push more than it takes; abort empties the stack" : "a word may call itself without end",
  }),
  LANG_RETURN_UNDERFLOW: ({ word }) => ({
    text: `${word} takes from the return stack what this word did not put there`,
    hint: "balance >r with r> inside one definition",
  }),
  LANG_UNKNOWN_WORD: (fault) => ({ text: `${quoted(fault.word)} is no word and no number`, hint: unknownWordHint(fault) }),
  LANG_UNKNOWN_SUBJECT: ({ subject, nearest }) => ({
    text: `the stdlib has no subject ${quoted(subject)}`,
    hint: nearest.length > 0 ? `did you mean use ${nearest.join(", use ")}?` : "help use lists the subjects",
  }),
  LANG_SUBJECT_DAMAGED: ({ subject }) => ({
    text: `stdlib/${subject}.gs is not the file that was shipped, and was not loaded`,
    hint: "install this version again; a copy of your own loads with include",
  }),
  LANG_COMPILE_ONLY: ({ word }) => ({
    text: `${word} works only inside a definition`,
    hint: word === "]" ? "] goes on with a definition that [ interrupted; : NAME begins one" : `: name … ${word} … ; then name`,
  }),
  LANG_OUT_OF_ERG: ({ ergLimit }) => ({
    text: `the line used up its ${ergLimit} ERG and was taken back`,
    hint: "a loop may never end; ERG bounds what one line can compute",
  }),
  LANG_BAD_ADDRESS: ({ word, address }) => ({
    text: `${word} at ${address} is outside this thread's memory`,
    hint: "here, allot and allocate give addresses that may be used",
  }),
  LANG_DIVIDE_BY_ZERO: ({ word }) => ({ text: `${word} by zero`, hint: "test the divisor first: dup if / else 2drop then" }),
  LANG_RESULT_RANGE: ({ word }) => ({
    text: `the result of ${word} does not fit`,
    hint: "cells hold -2^63 to 2^63-1; write big numbers with a big operand to get a big result",
  }),
  LANG_WRONG_KIND: ({ word, expected, found, shown }) => ({
    text: `${word} takes ${expected}, found ${found} ${shown}`,
    hint: "s shows each entry with its type and where it came from",
  }),
  LANG_BOXED_STORE: ({ word, found }) => ({
    text: `${word} stores cells, and this is ${found}`,
    hint: "value and constant hold any entry",
  }),
  LANG_MEMORY_FULL: ({ limitBytes }) => ({
    text: `a thread has ${limitBytes} bytes of memory, and they are used up`,
    hint: "free what allocate gave, or forget definitions with marker",
  }),
  LANG_CALL_DEPTH: ({ limit }) => ({
    text: `words call each other more than ${limit} deep`,
    hint: "a word that calls itself needs a case that ends",
  }),
  LANG_TOO_LARGE: ({ what, limit }) => ({ text: `${what} is larger than ${limit}`, hint: "split it into parts" }),
  LANG_UNBALANCED: ({ word, opened }) => ({
    text: opened === undefined ? `${word} closes what was never opened` : `${word} does not close ${opened}`,
    hint: "if … then, begin … until, do … loop, and : … ; nest in pairs",
  }),
  LANG_UNCLOSED_QUOTE: ({ quote }) => ({
    text: `the text that begins with ${quote} has no end on this line`,
    hint: `close it with ${quote}; inside, \\${quote} stands for the quote itself`,
  }),
  LANG_BAD_ESCAPE: ({ escape }) => ({
    text: `${quoted(escape)} is no escape in a text`,
    hint: "\\n \\r \\t \\e \\0 \\\\ \\' \\\" and \\u{…} are",
  }),
  LANG_BAD_INPUT: ({ reason, limit }) =>
    reason === "line-length"
      ? { text: `a line is longer than ${limit ?? 0} bytes`, hint: "break it into lines, or send a script through a pipe" }
      : { text: reason === "utf8" ? "the input is not UTF-8 text" : "the input holds a zero byte", hint: "GridScript is UTF-8 text; a file of other bytes is read with readEx" },
  LANG_MISSING_NAME: ({ word }) => ({ text: `${word} is followed by a name, and the line ends`, hint: `help ${word}` }),
  LANG_BAD_PARAMETER: (fault) => ({ text: badParameterText(fault), hint: `usage: ${fault.usage}${fault.parameter === "option" ? "; a word that begins with - and is no option stands in quotes" : ""}` }),
  LANG_OUTSIDE_PLACE: ({ word }) => ({
    text: `${word} stands last on a line of its own, not here`,
    hint: "put it last on a line, or with its options on a line of its own; no definition can hold it, and ; ends one that is open (Ctrl-C drops it)",
  }),
  LANG_UNSUPPORTED: ({ word, instead }) => ({
    text: `${word} is not there`,
    hint: instead === "" ? "words lists what there is" : `use ${instead}`,
  }),
  LANG_ABORT: ({ message }) => ({
    text: message === "" ? "stopped" : message,
    hint: "the line changed nothing",
  }),
  LANG_THROW: ({ number, message }) => ({
    text: message ?? `a program threw ${number} and nothing caught it`,
    hint: "' word catch gives the number instead of stopping",
  }),
  LANG_BAD_PROGRAM: ({ reason }) => ({ text: `the compiled program is not well-formed: ${reason}`, hint: "make the package again from its source" }),
  CODEC_MALFORMED: ({ reason }) => ({ text: `the bytes have another form than they should: ${reason}`, hint: "fetch them again; they may be cut short or damaged" }),
};
