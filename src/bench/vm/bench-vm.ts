import { cpus, loadavg } from "node:os";
import { warmUp, WARM_UP_STEPS } from "../../../lang/machine/warm-up.ts";
import { gforthVersion, timeInGforth } from "./gforth.ts";
import { BENCH_PROGRAMS, type BenchProgram } from "./programs.ts";
import { timeProgram } from "./stopwatch.ts";

/** One measured number. `ratio` is value / reference; both are absent where there is nothing to compare with. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly reference?: number;
  readonly ratio?: number;
}

export interface BenchVmOptions {
  /** Calls of each program that are timed, the first not counted. */
  readonly rounds?: number;
  /** Only the program of that name. */
  readonly only?: string;
  /** Leaves the interpreter tier out, which takes most of the time. */
  readonly interpreter?: boolean;
}

/** Where and under which load the numbers were taken. */
export interface BenchMachine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** Average number of running processes over the last minute. */
  readonly load: number;
  readonly gforth: string | undefined;
}

export function benchMachine(): BenchMachine {
  const cores = cpus();
  return { processor: cores[0]?.model ?? "unknown", cores: cores.length, node: process.version, load: loadavg()[0] ?? 0, gforth: gforthVersion() };
}

/**
 * Runs the programs on both tiers and, where it is installed, on gforth-fast, all on the same source.
 * Rows: `NAME` is the warm time with the compiler against gforth-fast; `NAME first call` against a later
 * one; `NAME interpreter` against the warm time; `geometric mean` of the first kind.
 */
export async function benchVm(options: BenchVmOptions = {}): Promise<BenchRow[]> {
  const rounds = options.rounds ?? 7;
  const withGforth = gforthVersion() !== undefined;
  const rows: BenchRow[] = [];
  for (let step = 0; step < WARM_UP_STEPS; step += 1) warmUp(step); // as an idle worker does
  const ratios: number[] = [];
  for (const program of BENCH_PROGRAMS) {
    if (options.only !== undefined && options.only !== program.name) continue;
    const compiled = timeProgram(program, "both", rounds + 1);
    const gforth = withGforth && program.decimals !== true ? timeInGforth(program, rounds + 1) : undefined;
    checkAnswers(program, compiled.answer, gforth?.answer);
    rows.push(compare(program.name, compiled.warmMs, gforth?.warmMs));
    if (gforth !== undefined) ratios.push(compiled.warmMs / gforth.warmMs);
    rows.push(compare(`${program.name} first call`, compiled.firstMs, compiled.laterMs));
    if (options.interpreter !== false) {
      const interpreted = timeProgram(program, "interpreter", 1);
      checkAnswers(program, compiled.answer, interpreted.answer);
      rows.push(compare(`${program.name} interpreter`, interpreted.warmMs, compiled.warmMs));
    }
  }
  if (ratios.length > 0) rows.push({ name: "geometric mean", unit: "ratio", value: geometricMean(ratios) });
  return rows;
}

function compare(name: string, value: number, reference: number | undefined): BenchRow {
  return reference === undefined ? { name, unit: "ms", value } : { name, unit: "ms", value, reference, ratio: value / reference };
}

function checkAnswers(program: BenchProgram, ours: string, theirs: string | undefined): void {
  if (theirs !== undefined && ours !== theirs) throw new Error(`${program.name} gives ${ours} here and ${theirs} there`);
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
