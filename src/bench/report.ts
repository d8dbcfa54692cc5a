import type { BenchMachine, BenchRow } from "./vm/bench-vm.ts";

/** One line that says where numbers were taken: without it they mean nothing. */
export function machineLine({ processor, cores, load, node, gforth }: BenchMachine): string {
  return `${processor}, ${cores} cores, load ${load.toFixed(2)}, Node ${node}, ${gforth ?? "no gforth-fast"}`;
}

/** Rows under one another; a number that has a reference is followed by it and by their ratio. Ends in a newline. */
export function benchTable(rows: readonly BenchRow[]): string {
  const cells = [["", "value", "unit", "reference", "ratio"], ...rows.map(rowCells)];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...cells.map((row) => (row[at] ?? "").length)));
  const pad = (text: string, at: number): string => (at === 0 || at === 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0));
  return cells.map((row) => `${row.map(pad).join("  ").trimEnd()}\n`).join("");
}

function rowCells({ name, value, unit, reference, ratio }: BenchRow): string[] {
  return [name, shown(value), unit, reference === undefined ? "" : shown(reference), ratio === undefined ? "" : ratio.toFixed(3)];
}

/** Large numbers need no fraction. */
function shown(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : value.toFixed(Math.abs(value) < 1 ? 3 : 2);
}
