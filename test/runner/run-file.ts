import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one test file did. Judged elsewhere, so that judging is a pure function. */
export interface FileRun {
  readonly path: string;
  /** Standard output and error in order of arrival, cut to the last 256 KiB. */
  readonly output: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly durationMs: number;
  readonly end: "by-itself" | "timed-out" | "handles-open";
  readonly timeLimitMs: number;
  /** The file's process ended but some that it started did not. */
  readonly leftProcesses: boolean;
}

export interface RunFileOptions {
  readonly long: boolean;
  readonly timeLimitMs?: number;
  /** How long a file may stay alive after it printed its summary. */
  readonly graceMs?: number;
}

const DEFAULT_TIME_LIMIT_MS = 60_000;
const DEFAULT_GRACE_MS = 3_000;
const KEPT_OUTPUT = 256 * 1024;
const SUMMARY_END = /\n {2}Duration: .*\n/;
/** A file that needs longer says so in its head: `// time-out: 120 s`. */
const TIME_LIMIT_COMMENT = /^\/\/ time-out: (\d+) s$/m;

const running = new Set<ChildProcess>();

/**
 * Runs one test file in a process group of its own, with a temporary folder of its own, and waits until
 * it and all it started are gone. Never rejects for what the file does.
 */
export async function runFile(root: string, path: string, options: RunFileOptions): Promise<FileRun> {
  const timeLimitMs = options.timeLimitMs ?? timeLimitOf(join(root, path));
  const scratch = mkdtempSync(join(tmpdir(), "grid-test-"));
  const startedMs = performance.now();
  const child = spawn(process.execPath, nodeArguments(root, path), {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: testEnvironment(scratch, options.long),
  });
  running.add(child);
  const watch = watchOutput(child, options.graceMs ?? DEFAULT_GRACE_MS);
  const timer = setTimeout(() => watch.stop("timed-out"), timeLimitMs);
  const { code, signal } = await exited(child);
  clearTimeout(timer);
  running.delete(child);
  const leftProcesses = await endGroup(child);
  await watch.closed;
  rmSync(scratch, { recursive: true, force: true });
  return {
    path,
    output: watch.output(),
    exitCode: code ?? undefined,
    signal: signal ?? undefined,
    durationMs: performance.now() - startedMs,
    end: watch.end(),
    timeLimitMs,
    leftProcesses,
  };
}

/** For the runner's own end: nothing of a test may outlive it. */
export function killRunning(): void {
  for (const child of running) killGroup(child, "SIGKILL");
}

function timeLimitOf(file: string): number {
  const seconds = TIME_LIMIT_COMMENT.exec(readFileSync(file, "utf8").slice(0, 2_000))?.[1];
  return seconds === undefined ? DEFAULT_TIME_LIMIT_MS : Number(seconds) * 1_000;
}

function nodeArguments(root: string, path: string): string[] {
  return ["--disable-warning=ExperimentalWarning", "--import", join(root, "test/runner/preload.ts"), join(root, path)];
}

/** The caller's environment without what would change results: our own settings, colours. */
function testEnvironment(scratch: string, long: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(GRID_|FORCE_COLOR$|SSH_A|UPDATE_)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", TMPDIR: scratch, ...(long ? { LONG: "1" } : {}) };
}

function watchOutput(child: ChildProcess, graceMs: number) {
  let output = "";
  let end: FileRun["end"] = "by-itself";
  let grace: NodeJS.Timeout | undefined;
  const stop = (reason: FileRun["end"]): void => {
    end = reason;
    child.kill("SIGUSR2"); // the preload answers with what is still open
    setTimeout(() => killGroup(child, "SIGKILL"), 300);
  };
  const take = (chunk: string): void => {
    output = (output + chunk).slice(-KEPT_OUTPUT);
    if (grace === undefined && SUMMARY_END.test(output)) grace = setTimeout(() => stop("handles-open"), graceMs);
  };
  child.stdout?.setEncoding("utf8").on("data", take);
  child.stderr?.setEncoding("utf8").on("data", take);
  child.on("exit", () => clearTimeout(grace));
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return { output: () => output, end: () => end, stop, closed };
}

function exited(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** True when processes of the group were left; they are ended. */
async function endGroup(child: ChildProcess): Promise<boolean> {
  // A child that was told to stop may need a moment; one that was forgotten stays.
  for (let waitedMs = 0; waitedMs < 500; waitedMs += 50) {
    if (!killGroup(child, 0)) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return killGroup(child, "SIGKILL");
}

/** False when no process of the child's group is left. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
