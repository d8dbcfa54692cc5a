import { benchRealm, realmTable } from "../bench/realm.ts";
import { machineLine } from "../bench/report.ts";
import { benchMachine } from "../bench/vm/bench-vm.ts";
import { reportJson } from "./bench.ts";
import { EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";

const SMALLEST = 1_000;
const LARGEST = 1_000_000;

/** `grid bench realm`: states from a thousand files on, ten times as large each. */
export async function runBenchRealm({ flags, io }: CommandCall): Promise<number> {
  const machine = benchMachine();
  const rows = await benchRealm(sizesUpTo(flags["files"] ?? "100000"));
  if (flags["json"] === undefined) io.out(`${machineLine(machine)}\n${realmTable(rows)}`);
  else reportJson(io, machine, rows);
  return EXIT.ok;
}

function sizesUpTo(text: string): readonly number[] {
  const largest = Number(text);
  if (!/^\d+$/.test(text) || largest < SMALLEST || largest > LARGEST) throw new UsageError(`--files is "${text}".`, `a number from ${SMALLEST} to ${LARGEST}`);
  const sizes = [largest];
  for (let size = SMALLEST; size < largest; size *= 10) sizes.unshift(size);
  return sizes;
}
