import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Extended characters (Forth-2012, word set 18): UTF-8, one to four bytes each. */
export const CHARACTERS: readonly PrimitiveRow[] = [
  { code: 224, word: "x-size", effect: "( xc-addr u1 -- u2 )", erg: 3, run: (vm) => vm.pushNumber(sizeAt(vm.popBytes())) },
  { code: 225, word: "xc-size", effect: "( xchar -- u )", erg: 3, run: (vm) => vm.pushNumber(encode(vm, vm.popNumber()).length) },
  { code: 226, word: "xc@+", effect: "( xc-addr1 -- xc-addr2 xchar )", erg: 4, run: fetch },
  {
    code: 227, word: "xc!+", effect: "( xchar xc-addr1 -- xc-addr2 )", erg: 4,
    run: (vm) => {
      const address = vm.popCell();
      const bytes = encode(vm, vm.popNumber());
      vm.bytes.set(bytes, vm.address(address, bytes.length));
      vm.push(address + BigInt(bytes.length));
    },
  },
  { code: 228, word: "xc!+?", effect: "( xchar xc-addr1 u1 -- xc-addr2 u2 flag )", erg: 4, run: storeIfRoom },
  {
    code: 229, word: "xc,", effect: "( xchar -- )", erg: 6,
    run: (vm) => {
      const bytes = encode(vm, vm.popNumber());
      const at = vm.here;
      vm.allot(bytes.length);
      vm.bytes.set(bytes, at);
    },
  },
  {
    code: 230, word: "xchar+", effect: "( xc-addr1 -- xc-addr2 )", erg: 3,
    run: (vm) => {
      const address = vm.popCell();
      vm.push(address + BigInt(leadSize(vm.bytes[vm.address(address, 1)] as number)));
    },
  },
  {
    code: 231, word: "xchar-", effect: "( xc-addr1 -- xc-addr2 )", erg: 3,
    run: (vm) => {
      let address = vm.popCell() - 1n;
      while (((vm.bytes[vm.address(address, 1)] as number) & 0xc0) === 0x80) address -= 1n;
      vm.push(address);
    },
  },
  { code: 232, word: "xemit", effect: "( xchar -- )", erg: 20, run: (vm) => vm.write(encode(vm, vm.popNumber())) },
  {
    code: 233, word: "xhold", effect: "( xchar -- )", erg: 3,
    run: (vm) => {
      const bytes = encode(vm, vm.popNumber());
      for (const byte of bytes.reverse()) vm.holdByte(byte);
    },
  },
  {
    code: 234, word: "+x/string", effect: "( xc-addr1 u1 -- xc-addr2 u2 )", erg: 3,
    run: (vm) => {
      const bytes = vm.popBytes();
      const size = Math.min(bytes.length, bytes.length === 0 ? 0 : leadSize(bytes[0] as number));
      vm.pushString(bytes.byteOffset + size, bytes.length - size);
    },
  },
  {
    code: 235, word: "x\\string-", effect: "( xc-addr u1 -- xc-addr u2 )", erg: 3,
    run: (vm) => {
      const bytes = vm.popBytes();
      vm.pushString(bytes.byteOffset, Math.max(0, lastStart(bytes)));
    },
  },
  {
    code: 236, word: "-trailing-garbage", effect: "( xc-addr u1 -- xc-addr u2 )", erg: 3,
    run: (vm) => {
      const bytes = vm.popBytes();
      const start = lastStart(bytes);
      const whole = start < 0 || start + leadSize(bytes[start] as number) <= bytes.length;
      vm.pushString(bytes.byteOffset, whole ? bytes.length : start);
    },
  },
  { code: 237, word: "xc-width", effect: "( xchar -- n )", erg: 3, run: (vm) => vm.pushNumber(width(vm.popNumber())) },
  {
    code: 238, word: "x-width", effect: "( xc-addr u -- n )", erg: 5,
    run: (vm) => {
      const bytes = vm.popBytes();
      vm.charge(bytes.length);
      let columns = 0;
      for (const character of new TextDecoder().decode(bytes)) columns += width(character.codePointAt(0) ?? 0);
      vm.pushNumber(columns);
    },
  },
];

function leadSize(byte: number): number {
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

function sizeAt(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : leadSize(bytes[0] as number);
}

/** Where the last character begins; -1 in an empty string. */
function lastStart(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > 0 && ((bytes[at] as number) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** UTF-8 of a code point. Faults: THROW -77 for what is none. */
function encode(vm: Vm, point: number): Uint8Array {
  if (!(point >= 0 && point <= 0x10_ffff) || (point >= 0xd800 && point <= 0xdfff)) throw vm.fault({ code: "LANG_THROW", number: -77, message: "malformed xchar" });
  return new TextEncoder().encode(String.fromCodePoint(point));
}

function fetch(vm: Vm): void {
  const address = vm.popCell();
  const at = vm.address(address, 1);
  const size = leadSize(vm.bytes[at] as number);
  vm.address(address, size);
  vm.push(address + BigInt(size));
  vm.pushNumber(new TextDecoder().decode(vm.bytes.subarray(at, at + size)).codePointAt(0) ?? 0);
}

function storeIfRoom(vm: Vm): void {
  const room = vm.popCell();
  const address = vm.popCell();
  const bytes = encode(vm, vm.popNumber());
  const fits = BigInt.asUintN(64, room) >= BigInt(bytes.length);
  if (fits) vm.bytes.set(bytes, vm.address(address, bytes.length));
  vm.push(fits ? address + BigInt(bytes.length) : address);
  vm.push(fits ? room - BigInt(bytes.length) : room);
  vm.pushFlag(fits);
}

/** Columns of a terminal: two for East Asian wide ranges and emoji, none for combining marks. */
function width(point: number): number {
  if (point === 0) return 0;
  const character = point <= 0x10_ffff ? String.fromCodePoint(point) : "";
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) return 0;
  const wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
    || (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) || (point >= 0xffe0 && point <= 0xffe6) || (point >= 0x1f300 && point <= 0x1f9ff) || (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}
