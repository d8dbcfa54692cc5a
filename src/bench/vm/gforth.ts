import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchProgram } from "./programs.ts";
import { median } from "./stopwatch.ts";

const PROGRAM = "gforth-fast";

/** What the installed gforth calls itself, or undefined when there is none. */
export function gforthVersion(): string | undefined {
  const { error, stderr, stdout } = spawnSync(PROGRAM, ["--version"], { encoding: "utf8" });
  return error === undefined ? `${stdout}${stderr}`.trim() : undefined;
}

/** The same source there: median of the rounds after the first, in processor time as for ours, and what it left. */
export function timeInGforth(program: BenchProgram, rounds: number): { readonly warmMs: number; readonly answer: string } {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const file = join(folder, "bench.fs");
    writeFileSync(file, `warnings off\n${program.source}\n: rounds ${rounds} 0 do cputime d+ bench >r cputime d+ 2swap d- ." @ " d. r> . cr loop ;\nrounds bye\n`);
    const { stdout } = spawnSync(PROGRAM, [file], { encoding: "utf8", timeout: 120_000 });
    const rows = [...stdout.matchAll(/^@ (\d+) (-?\d+)/gm)];
    if (rows.length !== rounds) throw new Error(`${PROGRAM} failed on ${program.name}: ${stdout.slice(0, 200)}`);
    const times = rows.map((row) => Number(row[1]) / 1_000);
    return { warmMs: median(rounds > 1 ? times.slice(1) : times), answer: rows[0]?.[2] ?? "" };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
