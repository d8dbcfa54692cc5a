import { Machine } from "../../../lang/machine/machine.ts";
import type { Host } from "../../../lang/host.ts";
import type { BenchProgram } from "./programs.ts";

/** Times of one program on one of our tiers, in milliseconds. */
export interface Timing {
  /** The first call of `bench`, compiling included. */
  readonly firstMs: number;
  /** Median of the later calls; the first when there were none. */
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
  const times: number[] = [];
  let answer = "";
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    runLine(machine, "bench");
    times.push(performance.now() - start);
    answer = machine.stackShown().join(" ");
    runLine(machine, "drop");
  }
  const [firstMs = 0, ...later] = times;
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
