import { concatBytes, fromUtf8 } from "../base/bytes.ts";
import type { HostWordName } from "./host-words.ts";
import type { Value } from "../value.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/**
 * The file-access words of Forth-2012 (section 11.6). They turn addresses and lengths into bytes and
 * leave the rest to the host words of file-port-words.ts. A file name is UTF-8.
 */
export const FILE_ACCESS: readonly PrimitiveRow[] = [
  { code: 800, word: "r/o", effect: "( -- fam )", erg: 1, run: (vm) => vm.push(READ) },
  { code: 801, word: "w/o", effect: "( -- fam )", erg: 1, run: (vm) => vm.push(WRITE) },
  { code: 802, word: "r/w", effect: "( -- fam )", erg: 1, run: (vm) => vm.push(READ | WRITE) },
  { code: 803, word: "bin", effect: "( fam1 -- fam2 )", erg: 1, run: (vm) => vm.push(vm.popCell()) },
  { code: 804, word: "open-file", effect: "( c-addr u fam -- fileid ior )", erg: 1_000, run: (vm) => openFile(vm, "fileOpenEx") },
  { code: 805, word: "create-file", effect: "( c-addr u fam -- fileid ior )", erg: 2_000, run: (vm) => openFile(vm, "fileCreateEx") },
  { code: 806, word: "close-file", effect: "( fileid -- ior )", erg: 300, run: (vm) => ask(vm, "fileCloseEx", [cell(vm)]) },
  { code: 807, word: "read-file", effect: "( c-addr u1 fileid -- u2 ior )", erg: 500, run: readFile },
  { code: 808, word: "read-line", effect: "( c-addr u1 fileid -- u2 flag ior )", erg: 500, run: readLine },
  { code: 809, word: "write-file", effect: "( c-addr u fileid -- ior )", erg: 1_000, run: (vm) => writeFile(vm, NO_BYTES) },
  { code: 810, word: "write-line", effect: "( c-addr u fileid -- ior )", erg: 1_000, run: (vm) => writeFile(vm, NEWLINE) },
  { code: 811, word: "file-position", effect: "( fileid -- ud ior )", erg: 300, run: (vm) => askDouble(vm, "filePositionEx") },
  { code: 812, word: "reposition-file", effect: "( ud fileid -- ior )", erg: 300, run: (vm) => giveDouble(vm, "fileSeekEx") },
  { code: 813, word: "file-size", effect: "( fileid -- ud ior )", erg: 300, run: (vm) => askDouble(vm, "fileSizeEx") },
  { code: 814, word: "resize-file", effect: "( ud fileid -- ior )", erg: 1_000, run: (vm) => giveDouble(vm, "fileResizeEx") },
  { code: 815, word: "delete-file", effect: "( c-addr u -- ior )", erg: 2_000, run: (vm) => ask(vm, "fileDeleteEx", [name(vm)]) },
  { code: 816, word: "rename-file", effect: "( c-addr1 u1 c-addr2 u2 -- ior )", erg: 2_000, run: renameFile },
  { code: 817, word: "file-status", effect: "( c-addr u -- x ior )", erg: 500, run: (vm) => ask(vm, "fileStatusEx", [name(vm)]) },
  { code: 818, word: "flush-file", effect: "( fileid -- ior )", erg: 300, run: (vm) => ask(vm, "fileFlushEx", [cell(vm)]) },
];

const READ = 1n;
const WRITE = 2n;
const NO_BYTES = new Uint8Array(0);
const NEWLINE = Uint8Array.of(10);
/** No file is larger, so nothing beyond it can be a position. */
const MOST = 2n ** 62n;

function cell(vm: Vm): Value {
  return { kind: "cell", value: vm.popCell() };
}

/** A file name by address and length. Faults: LANG_BAD_ADDRESS, LANG_BAD_INPUT. */
function name(vm: Vm): Value {
  const bytes = vm.popBytes();
  vm.charge(bytes.length >> 3);
  return { kind: "text", value: fromUtf8(bytes) };
}

/** Calls the host and leaves what it gives. */
function ask(vm: Vm, word: HostWordName, args: readonly Value[]): void {
  for (const value of vm.host.call(word, args, vm)) vm.pushValue(value);
}

function openFile(vm: Vm, word: HostWordName): void {
  const access = cell(vm);
  ask(vm, word, [name(vm), access]);
}

/** The buffer's bytes are checked before anything is read. */
function readFile(vm: Vm): void {
  const file = cell(vm);
  const buffer = vm.popBytes();
  const [content, ior] = vm.host.call("fileReadEx", [file, { kind: "cell", value: BigInt(buffer.length) }], vm) as [Value, Value];
  vm.pushNumber(store(buffer, content));
  vm.pushValue(ior);
}

/** The standard lends two bytes behind the buffer for the line's end; they stay as they are. */
function readLine(vm: Vm): void {
  const file = cell(vm);
  const buffer = vm.popBytes();
  const [content, flag, ior] = vm.host.call("fileLineEx", [file, { kind: "cell", value: BigInt(buffer.length) }], vm) as [Value, Value, Value];
  vm.pushNumber(store(buffer, content));
  vm.pushValue(flag);
  vm.pushValue(ior);
}

function store(buffer: Uint8Array, content: Value): number {
  if (content.kind !== "bytes") return 0;
  buffer.set(content.value.subarray(0, buffer.length));
  return Math.min(content.value.length, buffer.length);
}

function writeFile(vm: Vm, end: Uint8Array): void {
  const file = cell(vm);
  const bytes = vm.popBytes();
  vm.charge(bytes.length >> 4);
  ask(vm, "fileWriteEx", [{ kind: "bytes", value: concatBytes(bytes, end) }, file]);
}

function renameFile(vm: Vm): void {
  const to = name(vm);
  ask(vm, "fileRenameEx", [name(vm), to]);
}

/** A number as the standard's unsigned double. */
function askDouble(vm: Vm, word: HostWordName): void {
  const [size, ior] = vm.host.call(word, [cell(vm)], vm) as [Value, Value];
  vm.pushValue(size);
  vm.push(0n);
  vm.pushValue(ior);
}

function giveDouble(vm: Vm, word: HostWordName): void {
  const file = cell(vm);
  const value = vm.popUnsignedDouble();
  ask(vm, word, [{ kind: "cell", value: value > MOST ? MOST : value }, file]);
}
