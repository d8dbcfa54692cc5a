import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** No node takes so long for anything, on a machine with ten times too much to do. */
const LINE_LIMIT_MS = 60_000;

/** A program whose lines a test waits for. */
export interface WatchedProgram {
  readonly pid: number;
  /** All lines so far, of standard output and standard error as they came. */
  readonly lines: readonly string[];
  readonly stdout: () => string;
  /** Resolves with the first line, from `since` on, that matches; rejects when the program ends without one. */
  line(pattern: RegExp, since?: number): Promise<RegExpExecArray>;
  /** Sends a signal, or none, and resolves when the program has ended. */
  end(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly durationMs: number }>;
}

/** Starts a program and reads along. */
export function watchProgram(program: string, args: readonly string[], options: { readonly env?: Readonly<Record<string, string>>; readonly directory?: string } = {}): WatchedProgram {
  const child = spawn(program, args, { cwd: options.directory, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let out = "";
  let hasEnded = false;
  let wake = Promise.withResolvers<void>();
  const changed = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => (lines.push(line), changed()));
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => child.on("close", (code, signal) => {
    hasEnded = true;
    resolve([code, signal]);
    changed();
  }));
  async function find(pattern: RegExp, since: number, isLate: () => boolean): Promise<RegExpExecArray> {
    for (let at = since; ; at++) {
      while (at >= lines.length) {
        if (hasEnded || isLate()) throw new Error(`${hasEnded ? "it ended" : "it ran on"} without ${String(pattern)}; it said:\n${lines.join("\n")}`);
        await wake.promise;
      }
      const match = pattern.exec(lines[at] ?? "");
      if (match !== null) return match;
    }
  }
  return {
    pid: child.pid ?? 0, lines, stdout: () => out,
    async line(pattern, since = 0) {
      const startedMs = performance.now();
      const isLate = (): boolean => performance.now() - startedMs >= LINE_LIMIT_MS;
      const timer = setTimeout(changed, LINE_LIMIT_MS + 1);
      try {
        return await find(pattern, since, isLate);
      } finally {
        clearTimeout(timer);
      }
    },
    async end(signal) {
      const startedMs = performance.now();
      if (signal !== undefined) child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by, durationMs: performance.now() - startedMs };
    },
  };
}
