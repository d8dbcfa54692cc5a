import { utf8 } from "../base/bytes.ts";
import { LIMITS } from "../limits.ts";
import { lossyText } from "../machine/lossy-text.ts";
import { PAD_SIZE, HOLD_SIZE } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import { WORDLIST } from "../words.ts";
import { popText } from "./popped-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Looking around. What these print is for people; programs do not depend on it. */
export const TOOLS: readonly PrimitiveRow[] = [
  { code: 1232, word: ".s", effect: "( -- )", erg: 500, run: (vm) => vm.write(utf8(vm.shown.stackLine(vm))) },
  { code: 1233, word: "s", effect: "( -- )", erg: 500, run: (vm) => vm.write(utf8(vm.shown.stackTable(vm))) },
  { code: 1234, word: "?", effect: "( a-addr -- )", erg: 60, run: (vm) => vm.write(utf8(`${vm.readCell(vm.address(vm.popCell(), 8)).toString(vm.base).toUpperCase()} `)) },
  { code: 1235, word: "dump", effect: "( addr u -- )", erg: 100, run: dump },
  { code: 1236, word: "words", effect: "( -- )", erg: 12_000, run: words },
  { code: 1238, word: "help", effect: '( "name" -- )', erg: 500, run: help },
  { code: 1239, word: "see", effect: '( "name" -- )', erg: 500, run: see },
  { code: 1244, word: "wordsLike", effect: "( text -- )", erg: 8_000, run: wordsLike },
  { code: 1245, word: "locate", effect: '( "name" -- )', erg: 500, run: locate },
  { code: 1246, word: "where", effect: '( "name" -- )', erg: 5_000, run: where },
  { code: 1237, word: "environment?", effect: "( c-addr u -- false | i*x true )", erg: 400, takes: 2, run: environment },
];

/** ERG for looking at one name, at one word of code, for finding the line that one came from, and for writing one out. */
const NAME_ERG = 40;
const CODE_ERG = 4;
const PLACE_ERG = 12;
const SHOWN_CODE_ERG = 40;

/** Before looking at the names of all words of the user. */
function chargeNames(vm: Vm): void {
  vm.charge(vm.dictionary.entries.length * NAME_ERG);
}

/** Before looking at the code of a word, at so much for each word of it. */
function chargeCode(vm: Vm, xt: number, ergPerWord: number): void {
  const entry = vm.dictionary.has(xt) ? vm.entry(xt) : undefined;
  if (entry !== undefined && entry.end > entry.code) vm.charge((entry.end - entry.code) * ergPerWord);
}

function wordsLike(vm: Vm): void {
  chargeNames(vm);
  vm.write(utf8(vm.shown.wordList(vm, vm.pop("text").value)));
}

function where(vm: Vm): void {
  chargeNames(vm);
  vm.charge(vm.codeEnd * CODE_ERG);
  vm.write(utf8(vm.shown.usesOfWord(vm, vm.text.parseXt())));
}

function locate(vm: Vm): void {
  const xt = vm.text.parseXt();
  chargeCode(vm, xt, PLACE_ERG);
  vm.write(utf8(vm.shown.locateWord(vm, xt)));
}

function help(vm: Vm): void {
  const name = restOfLine(vm);
  chargeNames(vm);
  vm.write(utf8(vm.shown.helpText(vm, name)));
}

/** The next word of the line, or nothing at its end. */
function restOfLine(vm: Vm): string {
  const token = vm.text.parseName();
  return token.length === 0 ? "" : lossyText(vm.text.slice(token));
}

function see(vm: Vm): void {
  const name = vm.text.parseWord();
  const xt = vm.text.find(name);
  chargeCode(vm, xt, SHOWN_CODE_ERG);
  const shown = xt === 0 ? vm.shown.seeShellWord(vm, name) : vm.shown.seeWord(vm, xt);
  if (shown === undefined) throw vm.text.unknown(name);
  vm.write(utf8(shown));
}

const DUMP_ROW = 16;

/** Rows of address, hex and characters. */
function dump(vm: Vm): void {
  const bytes = vm.popBytes();
  for (let at = 0; at < bytes.length; at += DUMP_ROW) {
    vm.charge(250);
    const row = [...bytes.subarray(at, at + DUMP_ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    vm.write(utf8(`${(bytes.byteOffset + at).toString(16).padStart(8, "0")}  ${hex.padEnd(DUMP_ROW * 3)} ${characters}\n`));
  }
}

/** Names of the wordlist that is searched first, the newest first, then those of the machine in order. */
function words(vm: Vm): void {
  const [searched = WORDLIST.forth] = vm.dictionary.searchOrder;
  chargeNames(vm);
  const own = [...new Set([...vm.dictionary.visible(searched)].map(({ name }) => name))];
  const builtin = searched === WORDLIST.forth ? vm.shown.builtinNames() : [];
  let line = "";
  for (const name of [...own, ...builtin]) {
    if (line.length + name.length >= vm.columns && line !== "") {
      vm.write(utf8(`${line.trimEnd()}\n`));
      line = "";
    }
    line += `${name} `;
  }
  vm.write(utf8(`${line.trimEnd()}\n`));
}

/** Answers of 3.2.6 and of the optional word sets: the entries below the flag, bottom first. */
const ENVIRONMENT: Readonly<Record<string, readonly bigint[]>> = {
  "/COUNTED-STRING": [255n],
  "/HOLD": [BigInt(HOLD_SIZE)],
  "/PAD": [BigInt(PAD_SIZE)],
  "ADDRESS-UNIT-BITS": [8n],
  FLOORED: [-1n],
  "MAX-CHAR": [255n],
  "MAX-D": [-1n, (1n << 63n) - 1n],
  "MAX-N": [(1n << 63n) - 1n],
  "MAX-U": [-1n],
  "MAX-UD": [-1n, -1n],
  "RETURN-STACK-CELLS": [BigInt(LIMITS.returnStack)],
  "STACK-CELLS": [BigInt(LIMITS.dataStack)],
  "#LOCALS": [BigInt(LIMITS.locals)],
  WORDLISTS: [BigInt(LIMITS.searchOrder)],
  "MAX-XCHAR": [0x10_ffffn],
  "XCHAR-MAXMEM": [4n],
};

/** Word sets that are whole; each may be asked for with -EXT as well (table 3.5 of the standard of 1994). */
const WORD_SETS: ReadonlySet<string> = new Set([
  "BLOCK", "CORE", "DOUBLE", "EXCEPTION", "FACILITY", "FILE", "LOCALS", "MEMORY-ALLOC", "SEARCH-ORDER", "STRING", "TOOLS", "XCHAR",
]);

/** Extensions of the standard of 1994 that the one of 2012 took in: `X:deferred` and its like leave true alone. */
const EXTENSIONS: ReadonlySet<string> = new Set([
  "BUFFER", "DEFERRED", "DEFINED", "EKEYS", "ESCAPED-STRINGS", "EXTENSION-QUERY", "LOCALS", "N-TO-R", "NUMBER-PREFIXES", "PARSE-NAME",
  "REQUIRED", "S-ESCAPE-QUOTE", "STRUCTURES", "SUBSTITUTE", "SYNONYM", "TEXT-SUBSTITUTION", "THROW-IORS", "TRAVERSE-WORDLIST", "XCHAR",
]);

function environment(vm: Vm): void {
  const name = popText(vm).toUpperCase();
  vm.room(3);
  if (name === "XCHAR-ENCODING") {
    const encoding = utf8("UTF-8");
    vm.pushString(vm.transientString(encoding), encoding.length);
    return vm.pushFlag(true);
  }
  const answer = ENVIRONMENT[name] ?? (WORD_SETS.has(name.replace(/-EXT$/, "")) ? [-1n] : name.startsWith("X:") && EXTENSIONS.has(name.slice(2)) ? [] : undefined);
  for (const cell of answer ?? []) vm.push(cell);
  vm.pushFlag(answer !== undefined);
}
