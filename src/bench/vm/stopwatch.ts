import { Machine } from "../../../lang/machine/machine.ts";
import type { Host } from "../../../lang/host.ts";
import type { BenchProgram } from "./programs.ts";

/** Processor time of this process so far, so that others on the machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Times of one program on one of our tiers, in milliseconds. */
export interface Timing {
  /** The first call of `bench`, compiling included, by the clock: others on the machine count, what the engine does beside it does not. */
  readonly firstMs: number;
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

/** Runs a program `rounds` times on a machine of its own, each round as a line of its own with rollback armed. */
export function timeProgram(program: BenchProgram, tiers: "both" | "interpreter", rounds: number): Timing {
  const machine = Machine.create({ host: SILENT, ...(tiers === "interpreter" && { tier: "none" as const }) });
  runLine(machine, program.source);
  const started = performance.now();
  runLine(machine, "bench");
  const firstMs = performance.now() - started;
  const answer = machine.stackShown().join(" ");
  const later = Array.from({ length: rounds - 1 }, () => {
    runLine(machine, "drop");
    const start = processorMs();
    runLine(machine, "bench");
    return processorMs() - start;
  });
  return { firstMs, warmMs: later.length > 0 ? median(later) : firstMs, answer };
}

function runLine(machine: Machine, source: string): void {
  const result = machine.run(source, { mode: "forth", sourceName: "bench" });
  if (result.kind !== "done") throw new Error(`the program failed: ${JSON.stringify(result)}`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
