import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly timeLimitMs?: number;
}

/** Runs `grid` from the sources, with the Node that runs the tests. */
export function grid(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, "src/main.ts"), ...args], options);
}

/** Runs a program to its end; past the time limit it is killed and `signal` says so. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(program, args, {
      cwd: options.directory ?? ROOT,
      env: { ...process.env, ...options.env },
      timeout: options.timeLimitMs ?? 20_000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdin.on("error", () => undefined); // a program that does not read its input may end before it took it
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr, durationMs: performance.now() - startedMs }));
  });
}
