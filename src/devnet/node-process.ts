import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** What `grid up --json` tells when it is ready. */
export interface NodeReport {
  readonly chainId: string;
  readonly isNewChain: boolean;
  readonly dataFolder: string;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly hostKeyFingerprint: string;
  readonly listens: string;
  readonly pid: number;
}

/** How a node ended: "exit code 1", "killed by SIGKILL". `ok`: by its own will and without a complaint. */
export interface NodeEnd {
  readonly text: string;
  readonly ok: boolean;
}

/** One node of a network, in a process of its own. */
export interface NodeProcess {
  /** Undefined when it ended first. */
  readonly ready: Promise<NodeReport | undefined>;
  /** It is linked, and its chain is where those of its peers are; also when it ended. */
  readonly inStep: Promise<unknown>;
  readonly ended: Promise<NodeEnd>;
  /** Tells it to stop; one that does not is killed. */
  stop(): Promise<void>;
}

/** `grid up` promises two seconds; a machine that is busy gets some more. */
const STOP_LIMIT_MS = 8_000;
const IN_STEP = / info in step\b/;

/**
 * Starts `grid` with these arguments, with the runtime and the program that run now. The channel between the processes
 * carries nothing: it breaks when this one dies, and the node then stops as well.
 */
export function startNodeProcess(args: readonly string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void): NodeProcess {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? "", ...args], { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const ended = new Promise<NodeEnd>((resolve) => {
    child.once("error", (error) => resolve({ text: error.message, ok: false }));
    child.once("close", (code, signal) => resolve({ text: signal === null ? `exit code ${code}` : `killed by ${signal}`, ok: code === 0 }));
  });
  const inStep = Promise.withResolvers<void>();
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (IN_STEP.test(line)) inStep.resolve();
      onLine(line);
    });
  }
  return { ready: Promise.race([report(child), ended.then(() => undefined)]), inStep: Promise.race([inStep.promise, ended]), ended, stop: () => stop(child, ended) };
}

function report({ stdout }: ChildProcess): Promise<NodeReport> {
  return new Promise((resolve) => {
    if (stdout !== null) createInterface({ input: stdout }).once("line", (line) => resolve(JSON.parse(line) as NodeReport));
  });
}

async function stop(child: ChildProcess, ended: Promise<NodeEnd>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}
