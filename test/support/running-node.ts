import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./grid.ts";

export interface RunningNode {
  /** What `grid up` printed when it was ready. */
  readonly greeting: string;
  readonly chainId: string;
  readonly isNewChain: boolean;
  readonly hostKeyFingerprint: string;
  readonly ssh: { readonly host: string; readonly port: number };
  /** Lines of its log so far. */
  log(): string;
  /** Sends a signal and resolves to exit code and time until the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly durationMs: number }>;
}

/** A fresh clone installs its packages first. */
const READY_LIMIT_MS = 150_000;
const GREETING = /^ {2}chain +([0-9a-f]{64}) \((new|continued), in .+\)\n {2}host key +(SHA256:\S+)\n {2}connect +ssh -p (\d+) \S+@(\S+)\n/m;

/** Starts `./grid up`, as users do, on any free port (or the one given) and resolves when it takes connections. */
export function startGrid(dataFolder: string, port = 0): Promise<RunningNode> {
  return startProgram(join(ROOT, "grid"), ["up", "--data", dataFolder, "--ssh", `127.0.0.1:${port}`], {});
}

/** `npm start` in a clone; its settings come from the environment. */
export function npmStart(clone: string, env: Readonly<Record<string, string>>): Promise<RunningNode> {
  return startProgram("npm", ["start"], { cwd: clone, env: { ...process.env, ...env } });
}

async function startProgram(program: string, args: readonly string[], options: SpawnOptions): Promise<RunningNode> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  const { greeting, match } = await readGreeting(child, ended, () => log);
  const [, chainId = "", state, hostKeyFingerprint = "", port, host = ""] = match;
  const end: RunningNode["end"] = async (signal) => {
    const startedMs = performance.now();
    child.kill(signal); // the launcher became the node: it has the same process id
    return { code: await ended, durationMs: performance.now() - startedMs };
  };
  return { greeting, chainId, isNewChain: state === "new", hostKeyFingerprint, ssh: { host, port: Number(port) }, log: () => log, end };
}

function readGreeting(child: ChildProcess, ended: Promise<unknown>, log: () => string): Promise<{ readonly greeting: string; readonly match: RegExpExecArray }> {
  return new Promise((resolve, reject) => {
    let greeting = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), READY_LIMIT_MS);
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      greeting += chunk;
      const match = GREETING.exec(greeting);
      if (match === null) return;
      clearTimeout(timer);
      resolve({ greeting, match });
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`the node ended before it was ready; it printed:\n${greeting}\n${log()}`));
    });
  });
}
