import { compareBytes, fromUtf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import { findBytes } from "../values/find-bytes.ts";
import { VALUE_LIMITS } from "../values/limits.ts";
import { chargeBytes } from "../values/prices.ts";
import { WORDLIST, foldName } from "../words.ts";
import { popText } from "./popped-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Strings in memory: an address and a length in bytes. */
export const STRINGS: readonly PrimitiveRow[] = [
  {
    code: 224, word: "count", effect: "( c-addr1 -- c-addr2 u )", erg: 2,
    run: (vm) => {
      const at = vm.address(vm.popCell(), 1);
      vm.pushString(at + 1, vm.bytes[at] as number);
    },
  },
  { code: 225, word: "compare", effect: "( c-addr1 u1 c-addr2 u2 -- n )", erg: 10, run: compare },
  { code: 226, word: "search", effect: "( c-addr1 u1 c-addr2 u2 -- c-addr3 u3 flag )", erg: 10, run: search },
  {
    code: 227, word: "/string", effect: "( c-addr1 u1 n -- c-addr2 u2 )", erg: 2,
    run: (vm) => {
      const n = vm.popCell();
      const length = vm.popCell();
      vm.push(vm.popCell() + n);
      vm.push(length - n);
    },
  },
  { code: 228, word: "-trailing", effect: "( c-addr u1 -- c-addr u2 )", erg: 5, run: trailing },
  { code: 230, word: "replaces", effect: "( c-addr1 u1 c-addr2 u2 -- )", erg: 100, run: replaces },
  { code: 231, word: "substitute", effect: "( c-addr1 u1 c-addr2 u2 -- c-addr2 u3 n )", erg: 100, run: substitute },
  { code: 232, word: "unescape", effect: "( c-addr1 u1 c-addr2 -- c-addr2 u2 )", erg: 10, run: unescape },
];

const PERCENT = 37;
const ONE_PERCENT = Uint8Array.of(PERCENT);
/** What SUBSTITUTE leaves when the result does not fit. */
const TOO_LONG = -78n;

function compare(vm: Vm): void {
  const b = vm.popBytes();
  const a = vm.popBytes();
  vm.charge(Math.min(a.length, b.length) >> 3);
  vm.pushNumber(Math.sign(compareBytes(a, b)));
}

function search(vm: Vm): void {
  const part = vm.popBytes();
  const length = vm.cells[vm.sp - 1] as bigint;
  const address = vm.cells[vm.sp - 2] as bigint;
  const all = vm.popBytes();
  vm.charge((all.length + part.length) * 2);
  const at = findBytes(all, part, 0);
  vm.push(at < 0 ? address : address + BigInt(at));
  vm.push(at < 0 ? length : length - BigInt(at));
  vm.pushFlag(at >= 0);
}

function trailing(vm: Vm): void {
  const address = vm.cells[vm.sp - 2] as bigint;
  const bytes = vm.popBytes();
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 32) length -= 1;
  vm.charge((bytes.length - length) >> 2);
  vm.push(address);
  vm.pushNumber(length);
}

/** The text for a name is a value in a wordlist of its own, so that rollback and snapshots know of it. */
function replaces(vm: Vm): void {
  const name = popText(vm);
  const bytes = vm.popBytes();
  if (bytes.length > VALUE_LIMITS.bytesLength) throw vm.fault({ code: "LANG_TOO_LARGE", what: "text to put in (bytes)", limit: VALUE_LIMITS.bytesLength });
  chargeBytes(vm, bytes.length);
  const content = bytes.slice();
  const { dictionary } = vm;
  const known = dictionary.findIn(foldName(name), WORDLIST.substitutions);
  const slot = known === 0 ? vm.newSlots(1) : dictionary.entry(known).data;
  vm.pushValue({ kind: "bytes", value: content });
  vm.popToSlot(slot);
  if (known === 0) dictionary.keep(name, slot, WORDLIST.substitutions);
}

/** The text that stands for a name; undefined if there is none. */
function replacement(vm: Vm, name: Uint8Array): Uint8Array | undefined {
  const xt = vm.dictionary.findIn(foldName(fromUtf8(name)), WORDLIST.substitutions);
  if (xt === 0) return undefined;
  vm.pushFromSlot(vm.dictionary.entry(xt).data);
  const value = vm.popValue();
  return value.kind === "bytes" ? value.value : undefined;
}

function substitute(vm: Vm): void {
  const room = vm.popNumber();
  const target = vm.popCell();
  const source = vm.popBytes().slice();
  vm.charge(source.length);
  const result = substituted(vm, source, room);
  if (result !== undefined && result.length > 0) writeParts(vm, result, vm.address(target, result.length));
  vm.push(target);
  vm.pushNumber(result?.length ?? 0);
  vm.push(result === undefined ? TOO_LONG : BigInt(result.count));
}

interface Substituted {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly count: number;
}

/** `%%` becomes one percent sign, `%name%` its text if there is one; all else stays. Undefined when it takes more than `room` bytes. */
function substituted(vm: Vm, source: Uint8Array, room: number): Substituted | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  let count = 0;
  const add = (part: Uint8Array): void => {
    length += part.length;
    if (length <= room) parts.push(part);
  };
  for (let from = 0; length <= room; ) {
    const open = source.indexOf(PERCENT, from);
    const close = open === -1 ? -1 : source.indexOf(PERCENT, open + 1);
    if (close === -1) {
      add(source.subarray(from));
      break;
    }
    add(source.subarray(from, open));
    const text = close === open + 1 ? ONE_PERCENT : replacement(vm, source.subarray(open + 1, close));
    if (text !== undefined && close > open + 1) count += 1;
    add(text ?? source.subarray(open, close + 1));
    from = close + 1;
    vm.charge(40);
  }
  return length <= room ? { parts, length, count } : undefined;
}

function writeParts(vm: Vm, { parts, length }: Substituted, target: number): void {
  vm.charge(length);
  let at = target;
  for (const part of parts) {
    vm.bytes.set(part, at);
    at += part.length;
  }
}

function unescape(vm: Vm): void {
  const target = vm.popCell();
  const source = vm.popBytes();
  vm.charge(source.length);
  const out = new Uint8Array(source.length + source.reduce((count, byte) => count + (byte === PERCENT ? 1 : 0), 0));
  let at = 0;
  for (const byte of source) {
    if (byte === PERCENT) out[at++] = PERCENT;
    out[at++] = byte;
  }
  if (out.length > 0) vm.bytes.set(out, vm.address(target, out.length));
  vm.push(target);
  vm.pushNumber(out.length);
}
