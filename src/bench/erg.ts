import { coreHelp } from "../../lang/help/core-help.ts";
import { allRows, type TableRow } from "../../lang/primitives/table.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { loopSetUp, loopSource, type OperandSizes } from "./erg-loops.ts";
import type { BenchRow } from "./vm/bench-vm.ts";
import { median, SILENT } from "./vm/stopwatch.ts";

/**
 * Nanoseconds that one ERG buys, for every word: in a loop of its own where its stack effect says what it
 * takes, with small and with large operands, on the slower tier; else by the example of its help, reading
 * included. What an attacker wants is a high number: `reference` is the median of all, `ratio` how many
 * times cheaper than the median a word is for them.
 */
export async function benchErg({ only }: { readonly only?: string } = {}): Promise<BenchRow[]> {
  const words: { readonly name: string; readonly value: number }[] = [];
  for (const row of allRows()) {
    if (row.kind === "structure" || (row.kind === "primitive" && row.spec.internal === true)) continue;
    if (only !== undefined && row.spec.word !== only) continue;
    const value = measure(row);
    if (value !== undefined) words.push({ name: row.spec.word, value });
  }
  const reference = median(words.map(({ value }) => value));
  return words.map(({ name, value }) => ({ name, unit: "ns/ERG", value, reference, ratio: value / reference }));
}

const SIZES: readonly OperandSizes[] = [{ bytes: 8, digits: 20 }, { bytes: 4_000, digits: 400 }];
/** What an operand that may be anything is: a cell, or a number or text of the size measured. */
const ANY = ["12345", "whole", "exact", "a-text"];
const TRIAL_ROUNDS = 16;
/** ERG of a run that is timed: enough that starting a line does not count. The shortest of so many runs counts. */
const ENOUGH_ERG = 200_000;
const REPEATS = 3;
const EXAMPLE_ROUNDS = 12;
const EXAMPLES_A_LINE = 20;
const NANOSECONDS = 1_000_000;

/** The worst of all that could be measured; undefined if nothing could. */
function measure(row: TableRow): number | undefined {
  const sources = [...new Set(ANY.map((any) => loopSource(row, any)))].filter((source) => source !== undefined);
  const found = sources.flatMap((source) => SIZES.map((sizes) => measureLoop(source, sizes))).filter((value) => value !== undefined);
  return found.length > 0 ? Math.max(...found) : measureExample(row);
}

/** A machine with an empty state of its own, for words that need a host. */
function startThread(): Machine {
  const { realm, signer } = createLocalState();
  const setup = { signer, identityText: "you (claimed: no key was proved)", outsideWords: [], kind: "both", write: () => undefined } as const;
  return new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING }).machine;
}

function measureLoop(source: string, sizes: OperandSizes): number | undefined {
  const machine = Machine.create({ host: SILENT, tier: "none" });
  if (time(machine, `${loopSetUp(sizes)}\n${source}`) === undefined) return undefined;
  const trial = time(machine, `${String(TRIAL_ROUNDS)} work`);
  if (trial === undefined || machine.depth > 0) return undefined;
  const rounds = Math.max(TRIAL_ROUNDS, Math.ceil((TRIAL_ROUNDS * ENOUGH_ERG) / trial.erg));
  const times = Array.from({ length: REPEATS }, () => time(machine, `${String(rounds)} work`));
  return times.includes(undefined) ? undefined : Math.min(...times.map((took) => perErg(took as Took)));
}

function measureExample(row: TableRow): number | undefined {
  const help = row.kind === "host" ? row.spec : coreHelp(row.spec.word);
  if (help === undefined) return undefined;
  const { line } = help.example;
  return measureLines(`${line}  `.repeat(EXAMPLES_A_LINE)) ?? measureLines(line);
}

/** The best of some rounds of a line, so that neither starting the engine nor collecting memory counts. */
function measureLines(line: string): number | undefined {
  const machine = startThread();
  const found = Array.from({ length: EXAMPLE_ROUNDS }, () => time(machine, line)).filter((took) => took !== undefined && took.ms > 0);
  return found.length === 0 ? undefined : Math.min(...found.map((took) => perErg(took as Took)));
}

interface Took {
  readonly ms: number;
  readonly erg: number;
}

function perErg({ ms, erg }: Took): number {
  return (ms * NANOSECONDS) / erg;
}

/** Time of this process alone: what others do on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Undefined if the source failed or did not end. */
function time(machine: Machine, source: string): Took | undefined {
  if (machine.waiting) return undefined;
  const start = cpuMs();
  const result = machine.run(source, { mode: "shell", sourceName: "bench" });
  return result.kind === "done" ? { ms: cpuMs() - start, erg: result.ergUsed } : undefined;
}
