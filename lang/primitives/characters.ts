import { utf8 } from "../base/bytes.ts";
import { HOLD_BUFFER } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Extended characters: Unicode in UTF-8. A malformed one is THROW -77. */
export const CHARACTERS: readonly PrimitiveRow[] = [
  { code: 240, word: "x-size", effect: "( xc-addr u1 -- u2 )", erg: 5, run: (vm) => vm.pushNumber(firstSize(vm.popBytes())) },
  { code: 241, word: "xc-size", effect: "( xchar -- u )", erg: 5, run: (vm) => vm.pushNumber(encoded(vm).length) },
  { code: 242, word: "xc@+", effect: "( xc-addr1 -- xc-addr2 xchar )", erg: 10, run: fetch },
  { code: 243, word: "xc!+", effect: "( xchar xc-addr1 -- xc-addr2 )", erg: 10, run: store },
  { code: 244, word: "xc!+?", effect: "( xchar xc-addr1 u1 -- xc-addr2 u2 flag )", erg: 10, run: storeWithin },
  { code: 245, word: "xc,", effect: "( xchar -- )", erg: 10, run: compile },
  { code: 246, word: "xchar+", effect: "( xc-addr1 -- xc-addr2 )", erg: 5, run: next },
  { code: 247, word: "xchar-", effect: "( xc-addr1 -- xc-addr2 )", erg: 5, run: previous },
  { code: 248, word: "xemit", effect: "( xchar -- )", erg: 20, run: (vm) => vm.write(encoded(vm)) },
  { code: 249, word: "+x/string", effect: "( xc-addr1 u1 -- xc-addr2 u2 )", erg: 5, run: (vm) => cut(vm, (bytes) => firstSize(bytes), true) },
  { code: 250, word: "x\\string-", effect: "( xc-addr u1 -- xc-addr u2 )", erg: 5, run: (vm) => cut(vm, lastSize, false) },
  { code: 251, word: "-trailing-garbage", effect: "( xc-addr u1 -- xc-addr u2 )", erg: 10, run: (vm) => cut(vm, garbageSize, false) },
  { code: 252, word: "xc-width", effect: "( xchar -- n )", erg: 5, run: (vm) => vm.pushNumber(columns(popCharacter(vm))) },
  { code: 253, word: "x-width", effect: "( xc-addr u -- n )", erg: 10, run: width },
  { code: 254, word: "xhold", effect: "( xchar -- )", erg: 10, run: hold },
];

/** Blocks of characters that take two columns. Fixed here: the engine's own tables change with its version. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2e80, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f], [0x1f900, 0x1f9ff], [0x20000, 0x3fffd],
];

function malformed(vm: Vm): Error {
  return vm.fault({ code: "LANG_THROW", number: -77, message: "malformed xchar" });
}

function popCharacter(vm: Vm): number {
  const point = vm.popNumber();
  if (!(point >= 0 && point <= 0x10_ffff) || (point >= 0xd800 && point <= 0xdfff)) throw malformed(vm);
  return point;
}

function encoded(vm: Vm): Uint8Array {
  return utf8(String.fromCodePoint(popCharacter(vm)));
}

/** Bytes that a character with this first byte has; 1 for what begins none. */
function sizeByLead(lead: number): number {
  return lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function firstSize(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : Math.min(bytes.length, sizeByLead(bytes[0] as number));
}

/** Bytes from the start of the last character to the end. */
function lastSize(bytes: Uint8Array): number {
  let size = Math.min(1, bytes.length);
  while (size < bytes.length && size < 4 && ((bytes[bytes.length - size] as number) & 0xc0) === 0x80) size += 1;
  return size;
}

/** Bytes of the last character if it is incomplete, else none. */
function garbageSize(bytes: Uint8Array): number {
  const size = lastSize(bytes);
  return size > 0 && sizeByLead(bytes[bytes.length - size] as number) > size ? size : 0;
}

function cut(vm: Vm, measure: (bytes: Uint8Array) => number, atFront: boolean): void {
  const address = vm.cells[vm.sp - 2] as bigint;
  const bytes = vm.popBytes();
  const size = measure(bytes);
  vm.push(atFront ? address + BigInt(size) : address);
  vm.pushNumber(bytes.length - size);
}

/** The character at an address, and how many bytes it has. */
function readAt(vm: Vm, address: bigint): { readonly point: number; readonly size: number } {
  const size = sizeByLead(vm.bytes[vm.address(address, 1)] as number);
  const at = vm.address(address, size);
  const lead = vm.bytes[at] as number;
  if (size === 1) {
    if (lead >= 0x80) throw malformed(vm);
    return { point: lead, size };
  }
  let point = lead & (0x7f >> size);
  for (let index = 1; index < size; index += 1) {
    const byte = vm.bytes[at + index] as number;
    if ((byte & 0xc0) !== 0x80) throw malformed(vm);
    point = (point << 6) | (byte & 0x3f);
  }
  return { point, size };
}

function fetch(vm: Vm): void {
  const address = vm.popCell();
  const { point, size } = readAt(vm, address);
  vm.push(address + BigInt(size));
  vm.pushNumber(point);
}

function store(vm: Vm): void {
  const address = vm.popCell();
  const bytes = encoded(vm);
  vm.bytes.set(bytes, vm.address(address, bytes.length));
  vm.push(address + BigInt(bytes.length));
}

function storeWithin(vm: Vm): void {
  const room = vm.popCell();
  const address = vm.popCell();
  const bytes = encoded(vm);
  const fits = BigInt(bytes.length) <= room;
  if (fits) vm.bytes.set(bytes, vm.address(address, bytes.length));
  vm.push(fits ? address + BigInt(bytes.length) : address);
  vm.push(fits ? room - BigInt(bytes.length) : room);
  vm.pushFlag(fits);
}

function compile(vm: Vm): void {
  const bytes = encoded(vm);
  const at = vm.here;
  vm.allot(bytes.length);
  vm.bytes.set(bytes, at);
}

function next(vm: Vm): void {
  const address = vm.popCell();
  vm.push(address + BigInt(sizeByLead(vm.bytes[vm.address(address, 1)] as number)));
}

function previous(vm: Vm): void {
  const start = vm.popCell();
  let address = start - 1n;
  while (start - address < 4n && ((vm.bytes[vm.address(address, 1)] as number) & 0xc0) === 0x80) address -= 1n;
  vm.push(address);
}

const FIRST_WIDE = WIDE[0]?.[0] ?? 0;

function columns(point: number): number {
  if (point < FIRST_WIDE) return 1;
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

function width(vm: Vm): void {
  const bytes = vm.popBytes();
  vm.charge(bytes.length * 2);
  let sum = 0;
  for (let at = 0; at < bytes.length; ) {
    const { point, size } = readAt(vm, BigInt(bytes.byteOffset + at));
    sum += columns(point);
    at += size;
  }
  vm.pushNumber(sum);
}

function hold(vm: Vm): void {
  const bytes = encoded(vm);
  if (vm.hold - bytes.length < HOLD_BUFFER) throw vm.fault({ code: "LANG_THROW", number: -17, message: "pictured numeric output string overflow" });
  vm.hold -= bytes.length;
  vm.bytes.set(bytes, vm.hold);
}
