import { showValue } from "../../values/show.ts";
import type { Value } from "../../value.ts";
import type { SourceSpot } from "../../fault.ts";
import type { Vm } from "../vm.ts";
import type { NextItem } from "./next-item.ts";

/** Entries of the stack on a line of the debugger, from the top. */
const MOST_ENTRIES = 8;
const WIDEST = 24;
/** Calls that are shown by indentation; deeper ones stand where these do. */
const DEEPEST = 12;
const TOKEN_WIDTH = 14;

/** What the keys do, as `?` prints it. */
export const KEYS_HELP = "Enter or s  into the next word    o  over it       f  to the end of this word\nc  go on    b  how we got here    t  whole stack   q  stop: the line changes nothing\n";
export const STEP_PROMPT = "step> ";

/** The stack on one line, the top last. */
function shortStack(vm: Vm): string {
  if (vm.sp === 0) return "(empty)";
  const first = Math.max(0, vm.sp - MOST_ENTRIES);
  const shown = Array.from({ length: vm.sp - first }, (_, index) => showValue(vm.valueAt(first + index), vm.base, WIDEST));
  return `${first > 0 ? `… (${String(vm.sp)}) ` : ""}${shown.join(" ")}`;
}

/** A line of `trace`: what ran, indented by how deep, and the stack it left. */
export function traceLine(vm: Vm, item: NextItem): string {
  return `${"  ".repeat(Math.min(item.depth, DEEPEST))}${item.token.padEnd(TOKEN_WIDTH)} ${shortStack(vm)}\n`;
}

/** Where a machine has paused: the line, a mark under what comes next, and the stack. */
export function pausePlace(vm: Vm, item: NextItem): string {
  const place = item.owner === undefined ? "" : `in ${item.owner}\n`;
  const line = item.spot === undefined ? `  ${item.token}\n` : marked(item.spot, vm.columns);
  return `${place}${line}stack  ${shortStack(vm)}\n`;
}

/** The words being executed, the innermost first. */
export function callers(trace: readonly { readonly word: string; readonly spot?: SourceSpot }[]): string {
  if (trace.length === 0) return "at the prompt\n";
  return trace.map(({ word, spot }) => `  ${word}${spot === undefined ? "" : `  ${spot.source}, line ${String(spot.line)}`}\n`).join("");
}

function marked({ text, column, length }: SourceSpot, columns: number): string {
  const width = Math.max(20, columns - 4);
  const from = column + length <= width ? 0 : Math.max(0, column - (width >> 1));
  const shown = text.slice(from, from + width).replace(/[^\P{C}]/gu, " ");
  return `  ${shown}\n  ${" ".repeat(column - from)}${"^".repeat(Math.min(length, width))}\n`;
}

/** What a watched name holds; undefined if it is no longer the name of something that holds. */
export function watchedValue(vm: Vm, name: string): string | undefined {
  const xt = vm.dictionary.find(name);
  if (!vm.dictionary.has(xt)) return undefined;
  const entry = vm.entry(xt);
  switch (entry.kind) {
    case "create":
      return entry.data + 8 <= vm.dataEnd ? vm.readCell(entry.data).toString(vm.base) : undefined;
    case "value":
    case "constant":
      return showValue(slot(vm, entry.data), vm.base, WIDEST);
    case "value2":
    case "constant2":
      return `${showValue(slot(vm, entry.data), vm.base, WIDEST)} ${showValue(slot(vm, entry.data + 1), vm.base, WIDEST)}`;
    default:
      return undefined;
  }
}

function slot(vm: Vm, index: number): Value {
  const cell = vm.slotCells[index] as bigint;
  return vm.slotTags[index] === 0 ? { kind: "cell", value: cell } : vm.boxes.get(Number(cell));
}
