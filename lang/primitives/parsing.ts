import { fromUtf8 } from "../base/bytes.ts";
import { STATE, TO_IN, WORD_BUFFER, WORD_SIZE } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";
import { cEscapes } from "./c-escapes.ts";
import { READ_SHIFT } from "./popped-text.ts";

/** Words that read the source: names, strings, comments, nested sources. */
export const PARSING: readonly PrimitiveRow[] = [
  { code: 1152, word: "(", effect: '( "comment" -- )', erg: 5, immediate: true, run: comment },
  { code: 1153, word: "\\", effect: '( "comment" -- )', erg: 5, immediate: true, run: lineComment },
  { code: 1154, word: "char", effect: '( "name" -- char )', erg: 10, run: (vm) => vm.pushNumber(firstCharacter(vm)) },
  {
    code: 1155, word: "[char]", effect: '( "name" -- )', erg: 10, immediate: true, compileOnly: true,
    run: (vm) => vm.compiler.compileLiteral({ kind: "cell", value: BigInt(firstCharacter(vm)) }),
  },
  { code: 1156, word: "'", effect: '( "name" -- xt )', erg: 20, run: (vm) => vm.pushNumber(vm.text.resolve(vm.text.parseXt())) },
  { code: 1157, word: 's"', effect: '( "text" -- c-addr u )', erg: 10, immediate: true, run: (vm) => string(vm, vm.text.slice(vm.text.parse(34))) },
  { code: 1158, word: 's\\"', effect: '( "text" -- c-addr u )', erg: 10, immediate: true, run: (vm) => string(vm, cEscapes(vm)) },
  { code: 1159, word: 'c"', effect: '( "text" -- )', erg: 10, immediate: true, run: countedString },
  { code: 1160, word: "parse", effect: '( char "text" -- c-addr u )', erg: 10, run: parse },
  {
    code: 1161, word: "parse-name", effect: '( "name" -- c-addr u )', erg: 10,
    run: (vm) => {
      const { start, length } = vm.text.parseName();
      vm.pushString((vm.sources.top?.address ?? 0) + start, length);
    },
  },
  { code: 1162, word: "word", effect: '( char "name" -- c-addr )', erg: 20, run: word },
  { code: 1163, word: "source", effect: "( -- c-addr u )", erg: 2, run: (vm) => vm.pushString(vm.sources.top?.address ?? 0, vm.sources.top?.length ?? 0) },
  { code: 1164, word: ">in", effect: "( -- a-addr )", erg: 1, run: (vm) => vm.pushNumber(TO_IN) },
  { code: 1165, word: "state", effect: "( -- a-addr )", erg: 1, run: (vm) => vm.pushNumber(STATE) },
  { code: 1166, word: "source-id", effect: "( -- n )", erg: 2, run: (vm) => vm.pushNumber(vm.sources.top?.id ?? 0) },
  { code: 1167, word: "refill", effect: "( -- flag )", erg: 20, run: (vm) => vm.pushFlag(vm.input.refill()) },
  { code: 1168, word: "evaluate", effect: "( i*x c-addr u | text -- j*x )", erg: 50, takes: 1, ends: true, run: evaluate },
  { code: 1169, word: "save-input", effect: "( -- x1 x2 x3 x4 4 )", erg: 10, run: saveInput },
  { code: 1170, word: "restore-input", effect: "( x1 x2 x3 x4 4 -- flag )", erg: 10, run: restoreInput },
  { code: 1171, word: "find", effect: "( c-addr -- c-addr 0 | xt 1 | xt -1 )", erg: 30, takes: 1, run: find },
  {
    code: 1172, word: ">number", effect: "( ud1 c-addr1 u1 -- ud2 c-addr2 u2 )", erg: 10, run: toNumber,
  },
];

function comment(vm: Vm): void {
  vm.text.parse(41);
  // In a file a comment may go on over lines (11.6.1.0080).
  while (vm.text.lastByte !== 41 && vm.sources.top?.kind === "lines" && (vm.sources.top.id > 0 || vm.sources.stack.length === 1)) {
    if (vm.sources.top.name === "prompt" || !vm.input.refill()) return;
    vm.text.parse(41);
  }
}

/** To the end of the line; in a block lines have 64 characters. The character before >IN is the last that was parsed. */
function lineComment(vm: Vm): void {
  const length = vm.sources.top?.length ?? 0;
  const inBlock = vm.sources.top?.kind === "block" && vm.in > 0;
  vm.in = inBlock ? Math.min(length, (((vm.in - 1) >> 6) + 1) << 6) : length;
}

function firstCharacter(vm: Vm): number {
  return vm.text.parseWord().codePointAt(0) ?? 0;
}

/** A string literal when compiling; else a copy that lasts a while. */
function string(vm: Vm, bytes: Uint8Array): void {
  if (vm.compiling) return vm.compiler.compileString(bytes);
  vm.room(2);
  vm.pushString(vm.transientString(bytes), bytes.length);
}

function countedString(vm: Vm): void {
  const bytes = vm.text.slice(vm.text.parse(34));
  if (vm.compiling) return vm.compiler.compileCounted(bytes);
  vm.room(1);
  const counted = new Uint8Array(bytes.length + 1);
  counted[0] = bytes.length;
  counted.set(bytes, 1);
  vm.pushNumber(vm.transientString(counted));
}

function parse(vm: Vm): void {
  const { start, length } = vm.text.parse(Number(vm.popCell() & 255n));
  vm.pushString((vm.sources.top?.address ?? 0) + start, length);
}

/** Skips leading delimiters, then parses to a counted string that lasts until the next WORD. */
function word(vm: Vm): void {
  const delimiter = Number(vm.popCell() & 255n);
  const source = vm.sources.top;
  const isDelimiter = (at: number): boolean => {
    const byte = vm.bytes[(source?.address ?? 0) + at] as number;
    return byte === delimiter || (delimiter === 32 && byte < 32);
  };
  while (vm.in < (source?.length ?? 0) && isDelimiter(vm.in)) vm.in += 1;
  const bytes = vm.text.slice(vm.text.parse(delimiter));
  if (bytes.length > 255 || bytes.length + 2 > WORD_SIZE) throw vm.fault({ code: "LANG_TOO_LARGE", what: "parsed word", limit: 255 });
  vm.bytes[WORD_BUFFER] = bytes.length;
  vm.bytes.set(bytes, WORD_BUFFER + 1);
  vm.bytes[WORD_BUFFER + 1 + bytes.length] = 32;
  vm.pushNumber(WORD_BUFFER);
}

function evaluate(vm: Vm): void {
  if (vm.isBoxed(0)) {
    const bytes = new TextEncoder().encode(vm.pop("text").value);
    const address = vm.transientString(bytes);
    return vm.input.evaluate(address, bytes.length);
  }
  vm.need(2);
  const bytes = vm.popBytes();
  vm.input.evaluate(bytes.byteOffset, bytes.length);
}

function saveInput(vm: Vm): void {
  const source = vm.sources.top;
  vm.pushNumber(vm.in);
  vm.pushNumber(source?.lineStart ?? 0);
  vm.pushNumber(source?.lineNumber ?? 0);
  vm.pushNumber(source?.serial ?? 0);
  vm.push(4n);
}

/** True, and nothing done, if the input cannot be put back: it belongs to another source. */
function restoreInput(vm: Vm): void {
  vm.popCell();
  const serial = vm.popNumber();
  const lineNumber = vm.popNumber();
  const lineStart = vm.popNumber();
  const position = vm.popNumber();
  const source = vm.sources.top;
  if (source === undefined || source.serial !== serial || lineStart < 0 || lineStart > source.text.length) return vm.pushFlag(true);
  vm.input.returnTo(position, lineStart, lineNumber);
  vm.pushFlag(false);
}

function find(vm: Vm): void {
  const address = vm.popCell();
  const at = vm.address(address, 1);
  const length = vm.bytes[at] as number;
  vm.address(address, length + 1);
  vm.charge(length >> READ_SHIFT);
  const xt = vm.text.find(fromUtf8(vm.bytes.subarray(at + 1, at + 1 + length)));
  vm.room(2);
  if (xt === 0) {
    vm.push(address);
    return vm.push(0n);
  }
  vm.pushNumber(vm.text.resolve(xt));
  vm.push(vm.text.isImmediate(xt) ? 1n : -1n);
}

/** A step in 128-bit arithmetic. */
const DIGIT_ERG = 8;

/** What a character counts as a digit, in either case; infinite for none. */
function digitOf(character: number): number {
  if (character >= 48 && character <= 57) return character - 48;
  const folded = character | 32;
  return folded >= 97 && folded <= 122 ? folded - 87 : Number.POSITIVE_INFINITY;
}

/** Takes digits of BASE as long as there are any. */
function toNumber(vm: Vm): void {
  const bytes = vm.popBytes();
  let value = vm.popUnsignedDouble();
  const base = vm.base;
  let used = 0;
  for (; used < bytes.length; used += 1) {
    const digit = digitOf(bytes[used] as number);
    if (digit >= base) break;
    vm.charge(DIGIT_ERG);
    value = BigInt.asUintN(128, value * BigInt(base) + BigInt(digit));
  }
  vm.pushDouble(value);
  vm.pushString(bytes.byteOffset + used, bytes.length - used);
}
