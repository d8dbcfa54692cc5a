import { fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { sha256 } from "../base/hash.ts";
import { LIMITS } from "../limits.ts";
import { throwFault } from "../throw-codes.ts";
import type { Value } from "../value.ts";
import type { Vm } from "../machine/vm.ts";
import { stringOf } from "../values/text-operations.ts";
import { WORDLIST } from "../words.ts";
import { popText } from "./popped-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Source in files (11.6): read whole, then line by line. A name may be a string in memory or a text. */
export const INCLUDING: readonly PrimitiveRow[] = [
  { code: 1264, word: "included", effect: "( i*x c-addr u | text -- j*x )", erg: 200, takes: 1, ends: true, run: (vm) => include(vm, popFileName(vm)) },
  { code: 1265, word: "include", effect: '( i*x "name" -- j*x )', erg: 200, takes: 0, ends: true, run: (vm) => include(vm, vm.text.parseWord()) },
  { code: 1266, word: "required", effect: "( i*x c-addr u | text -- i*x )", erg: 200, takes: 1, ends: true, run: (vm) => includeOnce(vm, popFileName(vm)) },
  { code: 1267, word: "require", effect: '( i*x "name" -- i*x )', erg: 200, takes: 0, ends: true, run: (vm) => includeOnce(vm, vm.text.parseWord()) },
  { code: 1268, word: "include-file", effect: "( i*x fileid -- j*x )", erg: 200, takes: 1, ends: true, run: includeFile },
];

function popFileName(vm: Vm): string {
  if (!vm.isBoxed(0)) {
    vm.need(2);
    return popText(vm);
  }
  const name = stringOf(vm.popValue(), vm.word, vm);
  return name.kind === "text" ? name.value : fromUtf8(name.value);
}

const READ_ONLY: Value = { kind: "cell", value: 1n };

function include(vm: Vm, name: string): void {
  const { file, path } = open(vm, name);
  const content = readAndClose(vm, file);
  const mark = markOf(path);
  if (vm.dictionary.findIn(mark, WORDLIST.files) === 0) vm.dictionary.keep(mark, 0, WORDLIST.files);
  vm.input.include(content, path);
}

/** Opens a file by its name, or else by its name beside the file that is being read. Faults: THROW -38 and its like. */
function open(vm: Vm, name: string): { readonly file: Value; readonly path: string } {
  let refused: Value | undefined;
  for (const path of placesOf(vm, name)) {
    const [file, ior] = vm.host.call("fileOpenEx", [{ kind: "text", value: path }, READ_ONLY], vm);
    if (file !== undefined && ior?.kind === "cell" && ior.value === 0n) return { file, path };
    refused ??= ior;
  }
  throwIor(vm, refused);
  throw vm.fault(throwFault(-38n));
}

function placesOf(vm: Vm, name: string): string[] {
  const beside = /^.*\//.exec(vm.sources.stack.findLast(({ kind }) => kind === "lines")?.name ?? "")?.[0] ?? "";
  return beside === "" || name.startsWith("/") ? [name] : [name, beside + name];
}

/** What is left of a file that is open. */
function includeFile(vm: Vm): void {
  const file = vm.popCell();
  vm.input.include(readAndClose(vm, { kind: "cell", value: file }), `file ${String(file)}`);
}

function readAndClose(vm: Vm, file: Value): Uint8Array {
  const [content, read] = vm.host.call("fileReadEx", [file, { kind: "cell", value: BigInt(LIMITS.sourceBytes + 1) }], vm);
  throwIor(vm, read);
  vm.host.call("fileCloseEx", [file], vm);
  return content?.kind === "bytes" ? content.value : new Uint8Array(0);
}

function throwIor(vm: Vm, ior: Value | undefined): void {
  if (ior?.kind === "cell" && ior.value !== 0n) throw vm.fault(throwFault(ior.value));
}

function includeOnce(vm: Vm, name: string): void {
  if (placesOf(vm, name).every((path) => vm.dictionary.findIn(markOf(path), WORDLIST.files) === 0)) include(vm, name);
}

/** Files read are words of a wordlist, so that MARKER and a failing line forget them. Names of files may be long, and their case counts. */
function markOf(name: string): string {
  return toHex(sha256(utf8(name)));
}
