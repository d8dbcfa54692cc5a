import { showValue } from "../values/show.ts";
import { chargeGlance } from "../values/shown-price.ts";
import { codeSpot, ownerOf } from "./fault-report.ts";
import { makeSpot } from "./spots.ts";
import type { Vm } from "./vm.ts";

/** Widest value in a line of `s`; longer ones are cut and say how long they are. */
const WIDEST = 40;
/** Entries that `s` and `.s` show at most, from the top. */
const MOST_ENTRIES = 64;

/** A quoted text with its quotes, or what stands before the next blank. */
const TOKEN = /^(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\S*)/;

/** What `.s` prints: the number of entries, then the entries, the top last. */
export function stackLine(vm: Vm): string {
  const first = Math.max(0, vm.sp - MOST_ENTRIES);
  const shown = Array.from({ length: vm.sp - first }, (_, index) => `${shownAt(vm, first + index)} `);
  return `<${String(vm.sp)}> ${first > 0 ? "… " : ""}${shown.join("")}`;
}

/** The entries that `.s` shows, the top last, for who watches a program; no ERG is charged. */
export function stackEntries(vm: Vm): string[] {
  const first = Math.max(0, vm.sp - MOST_ENTRIES);
  return Array.from({ length: vm.sp - first }, (_, index) => showValue(vm.valueAt(first + index), vm.base, WIDEST));
}

/** What `s` prints: a line for each entry, the top first: value, kind, and the word that made it, with its place. */
export function stackTable(vm: Vm): string {
  if (vm.sp === 0) return "the stack is empty\n";
  const last = Math.max(0, vm.sp - MOST_ENTRIES);
  const rows: (readonly [string, string, string])[] = [];
  for (let index = vm.sp - 1; index >= last; index -= 1) {
    rows.push([shownAt(vm, index), vm.valueAt(index).kind, originOf(vm, index)]);
  }
  const widest = Math.max(...rows.map(([shown]) => shown.length));
  const lines = rows.map(([shown, kind, origin]) => `${shown.padEnd(widest)}  ${kind.padEnd(7)}  ${origin}`.trimEnd());
  return `${lines.join("\n")}\n${last > 0 ? `… ${String(last)} more\n` : ""}`;
}

function shownAt(vm: Vm, index: number): string {
  const value = vm.valueAt(index);
  chargeGlance(vm, value);
  return showValue(value, vm.base, WIDEST);
}

/** Where an entry comes from; empty where nobody noted it. */
function originOf(vm: Vm, index: number): string {
  const origin = vm.origins[index] as number;
  if (origin >= 0) {
    const owner = ownerOf(vm, origin);
    const spot = codeSpot(vm, origin, owner?.code ?? 0);
    if (spot === undefined) return "";
    return `from ${spot.text.slice(spot.column, spot.column + spot.length)} in ${owner?.name || ":noname"}, line ${String(spot.line)}, column ${String(spot.column + 1)}`;
  }
  const token = vm.tokens[~origin];
  const line = token === undefined ? undefined : vm.lines.lines[token.line];
  if (token === undefined || line === undefined) return "";
  const spot = makeSpot(line.source, line.line, line.text, token.column, 1);
  const name = TOKEN.exec(spot.text.slice(spot.column))?.[0].slice(0, WIDEST) ?? "";
  return `from ${name}, line ${String(spot.line)}, column ${String(spot.column + 1)}`;
}
