import type { Vm } from "../machine/vm.ts";
import { utf8 } from "../base/bytes.ts";
import { formatValue } from "../values/show.ts";
import { chargeShown } from "../values/shown-price.ts";
import type { PrimitiveRow } from "./row.ts";

/** Output: numbers, characters, strings. Numbers are written in BASE. */
export const OUTPUT: readonly PrimitiveRow[] = [
  { code: 352, word: ".", effect: "( x -- )", erg: 50, run: (vm) => put(vm, `${shown(vm)} `) },
  { code: 353, word: "u.", effect: "( u -- )", erg: 50, run: (vm) => put(vm, `${vm.popUnsigned().toString(vm.base).toUpperCase()} `) },
  { code: 354, word: ".r", effect: "( x width -- )", erg: 50, run: (vm) => right(vm, shown) },
  { code: 355, word: "u.r", effect: "( u width -- )", erg: 50, run: (vm) => right(vm, () => digits(vm, vm.popUnsigned())) },
  { code: 356, word: "d.", effect: "( d -- )", erg: 50, run: (vm) => put(vm, `${digits(vm, vm.popDouble())} `) },
  { code: 357, word: "d.r", effect: "( d width -- )", erg: 50, run: (vm) => right(vm, () => digits(vm, vm.popDouble())) },
  { code: 358, word: "ud.", effect: "( ud -- )", erg: 50, run: (vm) => put(vm, `${digits(vm, vm.popUnsignedDouble())} `) },
  { code: 359, word: "emit", effect: "( char -- )", erg: 20, run: (vm) => emit(vm) },
  { code: 360, word: "cr", effect: "( -- )", erg: 20, run: (vm) => put(vm, "\n") },
  { code: 361, word: "space", effect: "( -- )", erg: 20, run: (vm) => put(vm, " ") },
  { code: 362, word: "spaces", effect: "( n -- )", erg: 20, run: (vm) => put(vm, padding(vm, vm.popNumber())) },
  { code: 363, word: "type", effect: "( c-addr u | text -- )", erg: 20, takes: 1, run: type },
  { code: 364, word: ".(", effect: '( "text" -- )', erg: 20, immediate: true, run: (vm) => vm.write(vm.text.slice(vm.text.parse(41)).slice()) },
  {
    code: 365, word: '."', effect: '( "text" -- )', erg: 10, immediate: true,
    run: (vm) => {
      const message = vm.text.slice(vm.text.parse(34));
      if (!vm.compiling) return vm.write(message.slice());
      vm.compiler.compileString(message);
      vm.compiler.compileXt(363);
    },
  },
  { code: 366, word: "base", effect: "( -- a-addr )", erg: 1, run: (vm) => vm.pushNumber(vm.baseAddress) },
  { code: 367, word: "decimal", effect: "( -- )", erg: 1, run: (vm) => vm.setBase(10) },
  { code: 368, word: "hex", effect: "( -- )", erg: 1, run: (vm) => vm.setBase(16) },
  { code: 369, word: "binary", effect: "( -- )", erg: 1, run: (vm) => vm.setBase(2) },
  { code: 370, word: "bl", effect: "( -- char )", erg: 1, run: (vm) => vm.push(32n) },
];

/** Widest field that is padded. */
const MOST_PADDING = 65_536;

function put(vm: Vm, text: string): void {
  vm.write(utf8(text));
}

function digits(vm: Vm, value: bigint): string {
  return value.toString(vm.base).toUpperCase();
}

function shown(vm: Vm): string {
  const value = vm.popValue();
  if (value.kind === "cell") return digits(vm, value.value);
  chargeShown(vm, value);
  return formatValue(value, vm.base);
}

function padding(vm: Vm, width: number): string {
  if (width <= 0) return "";
  if (width > MOST_PADDING) throw vm.fault({ code: "LANG_TOO_LARGE", what: "field width", limit: MOST_PADDING });
  vm.charge(width >> 3);
  return " ".repeat(width);
}

function right(vm: Vm, show: (vm: Vm) => string): void {
  const width = vm.popNumber();
  const text = show(vm);
  put(vm, padding(vm, width - text.length) + text);
}

/** A byte as it is below 128 or above the code points; else the character in UTF-8. */
function emit(vm: Vm): void {
  const code = vm.popNumber();
  if (code >= 0 && code < 0x80) return vm.write(Uint8Array.of(code));
  if (code >= 0x80 && code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff)) return put(vm, String.fromCodePoint(code));
  vm.write(Uint8Array.of(Number(BigInt.asUintN(8, BigInt(Math.trunc(code))))));
}

/** A text or bytes entry, or a string in memory by address and length. */
function type(vm: Vm): void {
  if (!vm.isBoxed(0)) {
    vm.need(2);
    return vm.write(vm.popBytes().slice());
  }
  const value = vm.popValue();
  if (value.kind === "bytes") return vm.write(value.value);
  chargeShown(vm, value);
  put(vm, formatValue(value, vm.base));
}

