import { spawnSync } from "node:child_process";
import { NO_RECORDING } from "../../../node/package/recording.ts";
import { ThreadRuntime } from "../../../node/package/thread-runtime.ts";
import { createLocalState } from "../../../node/state/local-state.ts";
import type { BenchRow } from "./bench-vm.ts";
import { median } from "./stopwatch.ts";

const LINES = 500;
/** What a line that calls nothing heavy may take, and what the start of `grid eval` may. */
const LINE_TARGET_MS = 0.3;
const START_TARGET_MS = 150;
const STARTS = 5;

/** A line at the prompt as a worker runs it: marked, run, and the thread turned into bytes that another could take up. */
export function benchLine(): BenchRow {
  const { realm, signer } = createLocalState();
  const setup = { signer, identityText: "you (claimed: no key was proved)", outsideWords: [], kind: "both", write: () => undefined } as const;
  const { machine } = new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING });
  const times = Array.from({ length: LINES }, () => {
    const start = performance.now();
    machine.run("1 2 + .", { mode: "shell", sourceName: "prompt", interactive: true });
    machine.snapshot();
    return performance.now() - start;
  });
  return row("a line at the prompt", median(times), LINE_TARGET_MS);
}

/** The shortest start of `grid eval`, in a process of its own; `entry` is the program that this process runs. */
export function benchStart(entry: string): BenchRow {
  const times = Array.from({ length: STARTS }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, [entry, "eval", "1 ."], { stdio: "ignore" });
    if (status !== 0) throw new Error(`grid eval ended with ${String(status)}`);
    return performance.now() - start;
  });
  return row("grid eval '1 .'", Math.min(...times), START_TARGET_MS);
}

/** `reference` is what is allowed. */
function row(name: string, value: number, reference: number): BenchRow {
  return { name, unit: "ms", value, reference, ratio: value / reference };
}
