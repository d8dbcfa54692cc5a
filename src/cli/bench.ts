import { benchTable, machineLine } from "../bench/report.ts";
import { benchMachine } from "../bench/vm/bench-vm.ts";
import type { BenchMachine, BenchRow } from "../bench/vm/bench-vm.ts";
import { EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { progressTo } from "./maintenance.ts";

// Numbers are of this machine at this moment, so every report begins with both. The load is taken before the
// work begins, which would otherwise measure itself.

/** `grid bench vm` */
export async function runBenchVm(call: CommandCall): Promise<number> {
  const { BENCH_PROGRAMS } = await import("../bench/vm/programs.ts");
  const { benchVm } = await import("../bench/vm/bench-vm.ts");
  const only = oneOf(call.flags["only"], BENCH_PROGRAMS.map(({ name }) => name));
  const rounds = countFlag(call, "rounds", { least: 1, most: 1_000 });
  const { benchLine, benchStart } = await import("../bench/vm/bench-start.ts");
  return report(call, async () => {
    const rows = await benchVm({ ...(only !== undefined && { only }), ...(rounds !== undefined && { rounds }) });
    return only === undefined ? [...rows, benchLine(), benchStart(process.argv[1] ?? "")] : rows;
  });
}

/** `grid bench erg` */
export async function runBenchErg(call: CommandCall): Promise<number> {
  const { benchErg } = await import("../bench/erg.ts");
  const only = call.flags["only"];
  return report(call, () => benchErg(only === undefined ? {} : { only }));
}

/** `grid bench ledger` */
export async function runBenchLedger(call: CommandCall): Promise<number> {
  const { benchLedger } = await import("../bench/ledger.ts");
  const transfers = countFlag(call, "transfers", { least: 100, most: 1_000_000 });
  const cache = countFlag(call, "cache", { least: 1, most: 65_536 });
  return report(call, () => benchLedger({ ...(transfers !== undefined && { transfers }), ...(cache !== undefined && { cacheBytes: cache * 2 ** 20 }), million: call.flags["million"] !== undefined, onProgress: progressTo(call) }));
}

async function report({ flags, io }: CommandCall, measure: () => Promise<readonly BenchRow[]>): Promise<number> {
  const machine = benchMachine();
  const rows = await measure();
  if (flags["json"] === undefined) io.out(`${machineLine(machine)}\n${benchTable(rows)}`);
  else reportJson(io, machine, rows);
  return EXIT.ok;
}

/** An array of rows, so that every bench is read alike; the machine and its load go to standard error. */
export function reportJson(io: CommandCall["io"], machine: BenchMachine, rows: readonly unknown[]): void {
  io.err(`${machineLine(machine)}\n`);
  io.out(`${JSON.stringify(rows)}\n`);
}

function oneOf(text: string | undefined, names: readonly string[]): string | undefined {
  if (text === undefined || names.includes(text)) return text;
  throw new UsageError(`there is no program "${text}".`, `--only with one of ${names.join(", ")}`);
}

function countFlag({ flags }: CommandCall, name: string, { least, most }: { readonly least: number; readonly most: number }): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= least && count <= most) return count;
  throw new UsageError(`--${name} is "${text}".`, `--${name} with a whole number from ${least} to ${most}`);
}
