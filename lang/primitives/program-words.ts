import type { HostWordSpec, ShellCall, ShellParam, StackFormItem } from "./spec.ts";
import { bits, each, optionText } from "./stack-form.ts";

const MADE = "'#!grid\\n: twice 2 * ;\\nexport twice\\n' 'prog' writeEx\nchmod +x prog\n";

/** Behind a program's path: the word it is called by, and what that word finds on the stack. */
const CALLED: readonly ShellParam[] = [
  { name: "path", type: "path" }, { name: "word", type: "text", optional: true }, { name: "entries", type: "text", optional: true, repeat: true },
];

/** Words with which programs are called, and those that mean something only within a program that was called. */
export const PROGRAM_WORDS = [
  {
    code: 600, word: "callEx", effect: "( i*x n word path -- j*x m )", erg: 500, takes: ["cell", "text", "path"], gives: ["cell"], counted: true, access: "write",
    shell: { word: "call", params: CALLED, rewrite: (call) => [...entriesOf(call.args), ...wordAndPath(call.args), { word: "callEx" }, { word: "drop" }] },
    help: "Calls an exported word of a program: a file you may execute. It runs with the rights of the file's owner, on a machine of its own, finds n entries and leaves m. If it fails it changed nothing. Without a word: main. Costs 40,000 ERG and what the program does.",
    example: { line: `${MADE}call prog twice 21\n.`, prints: "42 " },
  },
  {
    code: 601, word: "callWithEx", effect: "( i*x n word path amount -- j*x m )", erg: 500, takes: ["cell", "text", "path", "amount"], gives: ["cell"], counted: true, access: "write",
    shell: {
      word: "call-with",
      params: [{ name: "amount", type: "amount" }, ...CALLED],
      rewrite: ({ args: [amount = "", ...args] }) => [...entriesOf(args), ...wordAndPath(args), { number: amount }, { word: "callWithEx" }, { word: "drop" }],
    },
    help: "As call, and pays the program's owner coins, which the program sees as `received`. If it fails they come back.",
    example: { line: `${MADE}call-with 0 prog twice 21\n.`, prints: "42 " },
  },
  {
    code: 602, word: "callLimitEx", effect: "( i*x n word path amount erg -- j*x m )", erg: 500, takes: ["cell", "text", "path", "amount", "cell"], gives: ["cell"], counted: true, access: "write",
    help: "As callWithEx with at most so much ERG. Using that up is a failure that catch sees; using up all there is ends everything.",
    example: { line: `${MADE}21 1 'twice' 'prog' 0 5000 callLimitEx drop .`, prints: "42 " },
  },
  {
    code: 603, word: "caller", effect: "( -- address )", erg: 200, takes: [], gives: ["text"], access: "read",
    help: "In a program: the address of the domain that called it.",
    example: { line: "'#!grid\\n: who caller my-address = ;\\nexport who\\n' 'prog' writeEx\nchmod +x prog\ncall prog who\n.", prints: "-1 " },
  },
  {
    code: 604, word: "received", effect: "( -- coins )", erg: 200, takes: [], gives: ["decimal"], access: "read",
    help: "In a program: the coins that came with the call. They are its owner's already.",
    example: { line: "'#!grid\\n: got received ;\\nexport got\\n' 'prog' writeEx\nchmod +x prog\ncall prog got\n.", prints: "0 " },
  },
  {
    code: 605, word: "self", effect: "( -- path )", erg: 200, takes: [], gives: ["text"], access: "read",
    help: "In a program: the path of its file, beginning with its domain's address.",
    example: { line: "'#!grid\\n: there self existsEx ;\\nexport there\\n' 'prog' writeEx\nchmod +x prog\ncall prog there\n.", prints: "-1 " },
  },
  {
    code: 606, word: "exportEx", effect: "( word -- )", erg: 200, takes: ["text"], gives: [], access: "read",
    shell: { word: "export", params: [{ name: "word", type: "text", repeat: true }], rewrite: (call) => each(call, "exportEx") },
    help: "In a program: says that a word of it may be called. No other word can be.",
    example: { line: "'#!grid\\n: main 7 ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\n.", prints: "7 " },
  },
  {
    code: 607, word: "re-entrant", effect: "( -- )", erg: 200, takes: [], gives: [], access: "read",
    help: "In a program: allows it to be called again while a call of it is in progress. Without, that is refused.",
    example: { line: "'#!grid\\nre-entrant\\n: main 7 ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\n.", prints: "7 " },
  },
  {
    code: 608, word: "kv@", effect: "( key -- value )", erg: 800, takes: ["text"], gives: ["any"], access: "read",
    help: "In a program: what it keeps under a key; 0 if nothing.",
    example: { line: "'#!grid\\n: main \"n\" kv@ 1 + dup \"n\" kv! ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\ncall prog\n. .", prints: "2 1 " },
  },
  {
    code: 609, word: "kv!", effect: "( value key -- )", erg: 2_000, takes: ["any", "text"], gives: [], access: "write",
    help: "In a program: keeps a value under a key, on the ledger, until kv-delete or until the file is removed. A key has 1 to 255 bytes, a value at most 4,096.",
    example: { line: "'#!grid\\n: main \"pear\" \"fruit\" kv! ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\nkept prog", prints: "fruit = \"pear\"\n" },
  },
  {
    code: 610, word: "kv?", effect: "( key -- flag )", erg: 800, takes: ["text"], gives: ["cell"], access: "read",
    help: "In a program: true if it keeps something under a key.",
    example: { line: "'#!grid\\n: main \"n\" kv? ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\n.", prints: "0 " },
  },
  {
    code: 611, word: "kv-delete", effect: "( key -- )", erg: 2_000, takes: ["text"], gives: [], access: "write",
    help: "In a program: keeps nothing under a key any more.",
    example: { line: "'#!grid\\n: main 1 \"n\" kv! \"n\" kv-delete ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\nkept prog", prints: "" },
  },
  {
    code: 612, word: "emit-event", effect: "( data topic -- )", erg: 500, takes: ["content", "text"], gives: [], access: "write",
    help: "In a program: tells the world something; it stands in the package's receipt and changes no state. At most 64 in a package, 1,024 bytes each.",
    example: { line: "'#!grid\\n: main \"hello\" \"greeting\" emit-event ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog", prints: "" },
  },
  {
    code: 613, word: "playEx", effect: "( i*x n word path amount flags -- )", erg: 500, takes: ["cell", "text", "path", "amount", "cell"], gives: [], counted: true, access: "show",
    shell: {
      word: "play",
      params: CALLED,
      options: [{ flag: "--with", name: "with", value: "amount", help: "coins that come with the call" }, { flag: "--json", name: "json", help: "one line of JSON, for scripts" }],
      rewrite: (call) => [...entriesOf(call.args), ...wordAndPath(call.args), { number: optionText(call, "with", "0") }, { number: bits(call, { json: 1 }) }, { word: "playEx" }],
    },
    help: "Calls a program on a copy of the state and prints what it would do: ERG, results, events, and each change as a sentence. Nothing is kept. Your own file need not be executable yet.",
    example: { line: "'#!grid\\n: main 6 7 * ;\\nexport main\\n' 'prog' writeEx\nplay prog", prints: "ERG 40797\nleaves 42\nchanges nothing\n" },
  },
  {
    code: 614, word: "keptEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "kept", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "keptEx") },
    help: "Prints what a program keeps, by key.",
    example: { line: "'#!grid\\n: main 5 \"n\" kv! ;\\nexport main\\n' 'prog' writeEx\nchmod +x prog\ncall prog\nkept prog", prints: "n = 5\n" },
  },
] as const satisfies readonly HostWordSpec[];

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;

/** What follows path and word, and how many: numbers as numbers, and `~` as the caller's address, for to the program it is its owner's. */
function entriesOf([, , ...entries]: ShellCall["args"]): readonly StackFormItem[] {
  const item = (text: string): StackFormItem => (text === "~" ? { word: "my-address" } : NUMBER.test(text) ? { number: text } : { text });
  return [...entries.map(item), { number: `${entries.length}` }];
}

function wordAndPath([path = "", word = ""]: ShellCall["args"]): readonly StackFormItem[] {
  return [{ text: word }, { text: path }];
}
