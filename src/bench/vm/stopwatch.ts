import { Machine } from "../../../lang/machine/machine.ts";
import { forgetModules } from "../../../lang/machine/wasm/module-cache.ts";
import type { Host } from "../../../lang/host.ts";
import type { BenchProgram } from "./programs.ts";

/** Processor time of this process so far, so that others on the machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Times of one program on one of our tiers, in milliseconds. */
export interface Timing {
  /** The shortest of some first calls of `bench`, compiling included, by the clock: what the engine does beside it does not count. */
  readonly firstMs: number;
  /** The shortest of the later calls, by the same clock. */
  readonly laterMs: number;
  /** Median of the later calls in processor time; the first when there were none. */
  readonly warmMs: number;
  /** What `bench` left, as shown. */
  readonly answer: string;
}

/** A host that answers nothing: the programs ask for nothing. */
export const SILENT: Host = {
  call: () => [],
  write: () => undefined,
  mark: () => 0 as ReturnType<Host["mark"]>,
  rollback: () => undefined,
  release: () => undefined,
};

/** First calls that are timed. */
const FIRSTS = 3;

/** Runs a program `rounds` times on a machine of its own, each round as a line of its own with rollback armed. */
export function timeProgram(program: BenchProgram, tiers: "both" | "interpreter", rounds: number): Timing {
  const firsts = Array.from({ length: tiers === "both" ? FIRSTS : 1 }, () => firstCall(program, tiers));
  const { machine, answer, processor } = firsts.at(-1) as FirstCall;
  const firstMs = Math.min(...firsts.map(({ ms }) => ms));
  const later = Array.from({ length: rounds - 1 }, () => {
    runLine(machine, "drop");
    const start = { clock: performance.now(), processor: processorMs() };
    runLine(machine, "bench");
    return { clock: performance.now() - start.clock, processor: processorMs() - start.processor };
  });
  if (later.length === 0) return { firstMs, laterMs: firstMs, warmMs: processor, answer };
  return { firstMs, laterMs: Math.min(...later.map(({ clock }) => clock)), warmMs: median(later.map(({ processor }) => processor)), answer };
}

interface FirstCall {
  /** By the clock, and in processor time. */
  readonly ms: number;
  readonly processor: number;
  readonly machine: Machine;
  readonly answer: string;
}

/** Nothing of the program was compiled before. */
function firstCall(program: BenchProgram, tiers: "both" | "interpreter"): FirstCall {
  forgetModules();
  const machine = Machine.create({ host: SILENT, ...(tiers === "interpreter" && { tier: "none" as const }) });
  runLine(machine, program.source);
  const start = { clock: performance.now(), processor: processorMs() };
  runLine(machine, "bench");
  return { ms: performance.now() - start.clock, processor: processorMs() - start.processor, machine, answer: machine.stackShown().join(" ") };
}

function runLine(machine: Machine, source: string): void {
  const result = machine.run(source, { mode: "forth", sourceName: "bench" });
  if (result.kind !== "done") throw new Error(`the program failed: ${JSON.stringify(result)}`);
}

/** Of an even number of values the upper of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
