import type { SourceSpot } from "../../fault.ts";
import { OP } from "../../primitives/structure.ts";
import { foldName } from "../../words.ts";
import { codeSpot, ownerOf } from "../fault-report.ts";
import { lossyText } from "../lossy-text.ts";
import { MODE } from "../mode.ts";
import { nameOfXt } from "../names.ts";
import { makeSpot } from "../spots.ts";
import type { Vm } from "../vm.ts";

/** What a machine is about to do, as far as a person wants to know. */
export interface NextItem {
  /** As the source has it. */
  readonly token: string;
  /** The word that would run, folded; empty for literals and control flow. */
  readonly word: string;
  /** Calls and nested sources around it. */
  readonly depth: number;
  /** The word whose code it is in; absent in source being interpreted. */
  readonly owner?: string;
  /** It is the first of its owner: the owner was just entered. */
  readonly isEntry: boolean;
  readonly spot: SourceSpot | undefined;
}

/** Instructions that no source token stands for. */
const SILENT: ReadonlySet<number> = new Set([OP.charge, OP.branch, OP.halt, OP.catchEnd, OP.traverse]);
/** Tokens that only explain. */
const COMMENTS: ReadonlySet<string> = new Set(["\\", "("]);

/** The next item; undefined where there is nothing to see: the end of a line, comments, what is compiled and not run. */
export function nextItem(vm: Vm): NextItem | undefined {
  return vm.mode === MODE.code ? nextInstruction(vm) : nextToken(vm);
}

function nextInstruction(vm: Vm): NextItem | undefined {
  const op = vm.code[vm.ip] as number;
  if (SILENT.has(op)) return undefined;
  const owner = ownerOf(vm, vm.ip);
  const spot = codeSpot(vm, vm.ip, owner?.code ?? 0);
  const word = nameAt(vm, op);
  const token = spot === undefined ? word : spot.text.slice(spot.column, spot.column + spot.length);
  return { token, word: foldName(word), depth: depthOf(vm), owner: owner?.name || ":noname", isEntry: owner !== undefined && vm.ip === entryOf(vm, owner.code), spot };
}

function nameAt(vm: Vm, op: number): string {
  if (op === OP.call || op === OP.word) return nameOfXt(vm.code[vm.ip + 1] as number, vm.dictionary);
  return op > OP.catchEnd ? nameOfXt(op, vm.dictionary) : "";
}

/** Where the first visible instruction of code stands: the price of a block comes before it. */
function entryOf(vm: Vm, code: number): number {
  return vm.code[code] === OP.charge ? code + 2 : code;
}

function nextToken(vm: Vm): NextItem | undefined {
  const source = vm.sources.top;
  if (source === undefined || vm.compiling) return undefined;
  const queued = source.queue[0];
  if (queued !== undefined) {
    const token = "text" in queued ? `'${queued.text}'` : "number" in queued ? queued.number : queued.word;
    return { token, word: "word" in queued ? foldName(queued.word) : "", depth: depthOf(vm), isEntry: false, spot: undefined };
  }
  const { start, end } = peek(vm, source.address, source.length);
  if (start === end) return undefined;
  const token = lossyText(vm.bytes.subarray(source.address + start, source.address + end));
  if (COMMENTS.has(token)) return undefined;
  const spot = makeSpot(source.name, source.lineNumber, vm.text.lineText(source), start, end - start);
  return { token, word: foldName(token), depth: depthOf(vm), isEntry: false, spot };
}

/** The bytes of the next token on the line, which stays where it is. */
function peek(vm: Vm, address: number, length: number): { readonly start: number; readonly end: number } {
  let start = vm.in;
  while (start < length && (vm.bytes[address + start] as number) <= 32) start += 1;
  let end = start;
  while (end < length && (vm.bytes[address + end] as number) > 32) end += 1;
  return { start, end };
}

/** Calls and nested sources in progress. */
export function depthOf(vm: Vm): number {
  return vm.depth + vm.sources.stack.length - 1;
}
