import { BENCH_PROGRAMS } from "../bench/vm/programs.ts";
import { benchMachine, benchVm, showBenchVm } from "../bench/vm/bench-vm.ts";
import { EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** `grid bench vm`: times are of this machine at this moment, so the report names both. */
export async function runBenchVm({ flags, io }: CommandCall): Promise<number> {
  const only = programName(flags["only"]);
  const rounds = roundCount(flags["rounds"]);
  const machine = benchMachine();
  const rows = await benchVm({ ...(only !== undefined && { only }), ...(rounds !== undefined && { rounds }) });
  io.out(flags["json"] === undefined ? `${showBenchVm(rows, machine)}\n` : `${JSON.stringify({ machine, rows })}\n`);
  return EXIT.ok;
}

function programName(text: string | undefined): string | undefined {
  const names = BENCH_PROGRAMS.map(({ name }) => name);
  if (text === undefined || names.includes(text)) return text;
  throw new UsageError(`there is no program "${text}".`, `--only with one of ${names.join(", ")}`);
}

function roundCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && count <= 1_000) return count;
  throw new UsageError(`--rounds is "${text}".`, "--rounds with a whole number from 1 to 1000");
}
