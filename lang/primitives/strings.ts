import { fromUtf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import { compareBytes } from "../base/bytes.ts";
import type { PrimitiveRow } from "./row.ts";

/** Strings in memory, by address and length (Forth-2012, word set String). */
export const STRINGS: readonly PrimitiveRow[] = [
  {
    code: 216, word: "count", effect: "( c-addr1 -- c-addr2 u )", erg: 2,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 1);
      vm.pushString(at + 1, vm.bytes[at] as number);
    },
  },
  { code: 217, word: "compare", effect: "( c-addr1 u1 c-addr2 u2 -- n )", erg: 4, run: compare },
  { code: 218, word: "search", effect: "( c-addr1 u1 c-addr2 u2 -- c-addr3 u3 flag )", erg: 4, run: search },
  {
    code: 219, word: "/string", effect: "( c-addr1 u1 n -- c-addr2 u2 )", erg: 2,
    run: (vm) => {
      const cut = vm.popCell();
      const length = vm.popCell();
      vm.push(vm.popCell() + cut);
      vm.push(length - cut);
    },
  },
  {
    code: 220, word: "-trailing", effect: "( c-addr u1 -- c-addr u2 )", erg: 4,
    run: (vm) => {
      const bytes = vm.popBytes();
      let length = bytes.length;
      while (length > 0 && bytes[length - 1] === 32) length -= 1;
      vm.charge((bytes.length - length) >> 2);
      vm.pushString(bytes.byteOffset, length);
    },
  },
  { code: 221, word: "replaces", effect: "( c-addr1 u1 c-addr2 u2 -- )", erg: 60, run: replaces },
  { code: 222, word: "substitute", effect: "( c-addr1 u1 c-addr2 u2 -- c-addr2 u3 n )", erg: 60, run: substitute },
  { code: 223, word: "unescape", effect: "( c-addr1 u1 c-addr2 -- c-addr2 u2 )", erg: 10, run: unescape },
];

const PERCENT = 37;

function compare(vm: Vm): void {
  const right = vm.popBytes();
  const left = vm.popBytes();
  vm.charge(Math.min(left.length, right.length) >> 3);
  vm.pushNumber(Math.sign(compareBytes(left, right)));
}

function search(vm: Vm): void {
  const wanted = vm.popBytes();
  const length = Number(vm.cells[vm.sp - 1]);
  const address = vm.cells[vm.sp - 2] as bigint;
  const within = vm.popBytes();
  vm.charge((within.length + wanted.length) >> 1);
  const at = Buffer.from(within.buffer, within.byteOffset, within.byteLength).indexOf(wanted);
  vm.push(address + BigInt(Math.max(at, 0)));
  vm.pushNumber(length - Math.max(at, 0));
  vm.pushFlag(at >= 0);
}

/** Texts that SUBSTITUTE puts for names live with the machine's other boxed values, in a slot each. */
function replaces(vm: Vm): void {
  const name = fromUtf8(vm.popBytes());
  const text = vm.popBytes().slice();
  if (name.includes("%")) throw vm.fault({ code: "LANG_THROW", number: -79, message: "REPLACES" });
  vm.replacements.set(name, text);
}

/** Copies with texts for names between percent signs; -78 as count when there is no room. */
function substitute(vm: Vm): void {
  const room = vm.popNumber();
  const target = vm.popCell();
  const source = vm.popBytes().slice();
  vm.charge(source.length);
  const out: number[] = [];
  let replaced = 0;
  for (let at = 0; at < source.length; at += 1) {
    const close = source[at] === PERCENT ? source.indexOf(PERCENT, at + 1) : -1;
    if (close < 0) {
      out.push(source[at] as number);
      continue;
    }
    const name = Buffer.from(source.subarray(at + 1, close)).toString("utf8");
    const text = name === "" ? Uint8Array.of(PERCENT) : vm.replacements.get(name);
    if (text === undefined) for (const byte of source.subarray(at, close)) out.push(byte);
    else {
      if (name !== "") replaced += 1;
      vm.charge(text.length);
      for (const byte of text) out.push(byte);
    }
    at = text === undefined ? close - 1 : close;
  }
  const fits = out.length <= room;
  const bytes = Uint8Array.from(out.slice(0, Math.max(0, room)));
  if (bytes.length > 0) vm.bytes.set(bytes, vm.address(target, bytes.length));
  vm.push(target);
  vm.pushNumber(bytes.length);
  vm.push(fits ? BigInt(replaced) : -78n);
}

function unescape(vm: Vm): void {
  const target = vm.popCell();
  const source = vm.popBytes();
  const out = Array.from(source).flatMap((byte) => (byte === PERCENT ? [byte, byte] : [byte]));
  vm.charge(out.length);
  if (out.length > 0) vm.bytes.set(out, vm.address(target, out.length));
  vm.push(target);
  vm.pushNumber(out.length);
}
