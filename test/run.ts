import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { discover } from "./runner/discover.ts";
import { judge } from "./runner/judge.ts";
import type { Verdict } from "./runner/judge.ts";
import { fileLine, summary } from "./runner/report.ts";
import { killRunning, runFile } from "./runner/run-file.ts";

const USAGE = `usage: npm test -- [PATTERN …] [--long] [--jobs N]

  PATTERN   only files whose path contains one of these
  --long    also what takes minutes: fresh clones, long random runs
  --jobs N  files at a time (2)
`;

/** Two, because the suite is measured on two cores; more makes time-outs depend on the machine. */
const DEFAULT_JOBS = 2;

interface RunnerOptions {
  readonly patterns: readonly string[];
  readonly long: boolean;
  readonly jobs: number;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArguments(args);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 2;
  }
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const paths = discover(root, options.patterns);
  if (paths.length === 0) {
    process.stdout.write(`no test file matches ${options.patterns.join(" ")}\n0 passed, 1 failed\n`);
    return 1;
  }
  const verdicts = await runAll(root, paths, options);
  process.stdout.write(summary(verdicts));
  return verdicts.some((each) => each.problems.length > 0) ? 1 : 0;
}

function parseArguments(args: readonly string[]): RunnerOptions | undefined {
  const patterns: string[] = [];
  let long = false;
  let jobs = DEFAULT_JOBS;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    if (arg === "--long") long = true;
    else if (arg === "--jobs") jobs = Number(args[(i += 1)]);
    else if (arg.startsWith("-")) return undefined;
    else patterns.push(arg);
  }
  return Number.isInteger(jobs) && jobs > 0 ? { patterns, long, jobs } : undefined;
}

async function runAll(root: string, paths: readonly string[], options: RunnerOptions): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = [...paths];
  const requireClients = process.env["REQUIRE_CLIENTS"] === "1";
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const verdict = judge(await runFile(root, path, { long: options.long }), { requireClients });
      verdicts.push(verdict);
      process.stdout.write(fileLine(verdict));
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  return verdicts;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    killRunning();
    process.exit(130);
  });
}
process.exitCode = await main(process.argv.slice(2));
