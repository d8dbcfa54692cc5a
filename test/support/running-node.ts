import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./grid.ts";

/** What `grid up --json` says when it is ready. */
export interface ReadyReport {
  readonly chainId: string;
  readonly isNewChain: boolean;
  readonly dataFolder: string;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly hostKeyFingerprint: string;
  readonly pid: number;
}

export interface RunningNode extends ReadyReport {
  /** Lines of its log so far. */
  log(): string;
  /** Sends a signal and resolves to exit code and time until the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly durationMs: number }>;
}

const READY_LIMIT_MS = 30_000;

/** Starts `./grid up`, as users do, on any free port (or the one given) and resolves when it takes connections. */
export async function startGrid(dataFolder: string, port = 0): Promise<RunningNode> {
  const child = spawn(join(ROOT, "grid"), ["up", "--data", dataFolder, "--ssh", `127.0.0.1:${port}`, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  const report = await readReport(child, ended, () => log);
  const end: RunningNode["end"] = async (signal) => {
    const startedMs = performance.now();
    process.kill(report.pid, signal);
    return { code: await ended, durationMs: performance.now() - startedMs };
  };
  return { ...report, log: () => log, end };
}

async function readReport(child: ChildProcess, ended: Promise<number | null>, log: () => string): Promise<ReadyReport> {
  if (child.stdout === null) throw new Error("the node has no standard output");
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_LIMIT_MS);
  const first = await Promise.race([new Promise<string>((resolve) => lines.once("line", resolve)), ended.then(() => undefined)]);
  clearTimeout(timer);
  if (first === undefined) throw new Error(`the node ended before it was ready:\n${log()}`);
  return JSON.parse(first) as ReadyReport;
}
