import { coreHelp } from "../../lang/help/core-help.ts";
import { allRows, type TableRow } from "../../lang/primitives/table.ts";
import { giveMemory } from "../../lang/machine/spare-memory.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { installedLibrary } from "../../node/library/installed.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { ATTACK_LOOPS } from "./erg-attacks.ts";
import { loopSetUp, loopSource, type OperandSizes } from "./erg-loops.ts";
import type { BenchRow } from "./vm/bench-vm.ts";
import { median, SILENT } from "./vm/stopwatch.ts";

/**
 * Nanoseconds that one ERG buys, for every word: in a loop of its own where its stack effect says what it
 * takes, with small and with large operands, on the slower tier; else by the example of its help, reading
 * included; then loops that were once cheap (erg-attacks.ts), on the tier that is worse at them. What an attacker wants is a high number: `reference` is the median of all, `ratio` how many
 * times cheaper than the median a word is for them. The last row says whether that is too much for any.
 */
export async function benchErg({ only }: { readonly only?: string } = {}): Promise<BenchRow[]> {
  const words: { readonly name: string; readonly value: number }[] = [];
  for (const row of allRows()) {
    if (row.kind === "structure" || (row.kind === "primitive" && row.spec.internal === true)) continue;
    if (only !== undefined && row.spec.word !== only) continue;
    const value = measure(row);
    if (value !== undefined) words.push({ name: row.spec.word, value });
  }
  for (const { name, source } of ATTACK_LOOPS) if (only === undefined || name.startsWith(only)) words.push({ name, value: measureAttack(source) });
  const reference = median(words.map(({ value }) => value));
  const rows = words.map(({ name, value }): BenchRow => ({ name, unit: "ns/ERG", value, reference, ratio: value / reference }));
  return only === undefined ? [...rows, verdict(rows)] : rows;
}

/** How many times cheaper than the median a word may be for who wants to burn a node's time. */
const MOST_CHEAPER = 4;

/** The cheapest word against what is allowed: a ratio above 1 names a price to be raised. */
function verdict(rows: readonly BenchRow[]): BenchRow {
  const worst = rows.reduce((most, row) => ((row.ratio ?? 0) > (most.ratio ?? 0) ? row : most));
  const ratio = worst.ratio ?? 0;
  const above = rows.filter((row) => (row.ratio ?? 0) > MOST_CHEAPER).length;
  return { name: `cheapest: ${worst.name}; ${above} above ${MOST_CHEAPER} times`, unit: "times", value: ratio, reference: MOST_CHEAPER, ratio: ratio / MOST_CHEAPER };
}

const SIZES: readonly OperandSizes[] = [{ bytes: 8, digits: 20 }, { bytes: 4_000, digits: 400 }];
/** What an operand that may be anything is: a cell, or a number or text of the size measured. */
const ANY = ["12345", "whole", "exact", "a-text"];
const TRIAL_ROUNDS = 16;
/** ERG of a run that is timed: enough that starting a line does not count. The shortest of so many runs counts. */
const ENOUGH_ERG = 100_000;
const REPEATS = 6;
/** An example is run until it has been timed so often, or for so long: the engine compiles it meanwhile. */
const EXAMPLE_ROUNDS = 60;
const LEAST_ROUNDS = 12;
const EXAMPLE_MS = 120;
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
  const setup = { signer, identityText: "you (claimed: no key was proved)", outsideWords: [], kind: "both", library: installedLibrary(), write: () => undefined } as const;
  return new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING }).machine;
}

/** A run of such a loop that is timed takes as long at least: what is compiled once for it counts little then. */
const ATTACK_MS = 100;

function measureAttack(source: string): number {
  return Math.max(...(["none", "wasm"] as const).map((tier) => {
    const machine = Machine.create({ host: SILENT, ...(tier === "none" && { tier }) });
    const found = attackRounds(machine, source);
    giveMemory(machine.vm);
    return found;
  }));
}

/** Rounds are doubled until they take long enough; the best of the last ones counts. */
function attackRounds(machine: Machine, source: string): number {
  if (time(machine, source) === undefined) throw new Error(`the loop does not compile: ${source.slice(0, 200)}`);
  const found: number[] = [];
  for (let rounds = 1; found.length < REPEATS; ) {
    const took = time(machine, `${String(rounds)} work`);
    if (took === undefined) throw new Error(`the loop failed: ${source.slice(0, 200)}`);
    if (took.ms < ATTACK_MS) rounds *= 2;
    else found.push(perErg(took));
  }
  return Math.min(...found);
}

function measureLoop(source: string, sizes: OperandSizes): number | undefined {
  const machine = Machine.create({ host: SILENT, tier: "none" });
  const found = measureWork(machine, `${loopSetUp(sizes)}\n${source}`);
  giveMemory(machine.vm);
  return found;
}

function measureWork(machine: Machine, setUp: string): number | undefined {
  if (time(machine, setUp) === undefined) return undefined;
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

/** The best of some rounds, so that neither starting the engine nor others on the machine count. Each has a machine of its own. */
function measureLines(line: string): number | undefined {
  const found: Took[] = [];
  for (let spent = 0; found.length < LEAST_ROUNDS || (found.length < EXAMPLE_ROUNDS && spent < EXAMPLE_MS); ) {
    const machine = startThread();
    const took = time(machine, line);
    giveMemory(machine.vm);
    if (took === undefined) return undefined;
    found.push(took);
    spent += took.ms;
  }
  return Math.min(...found.map(perErg));
}

interface Took {
  readonly ms: number;
  readonly erg: number;
}

function perErg({ ms, erg }: Took): number {
  return (ms * NANOSECONDS) / erg;
}

/** Undefined if the source failed or did not end. */
function time(machine: Machine, source: string): Took | undefined {
  if (machine.waiting) return undefined;
  const start = performance.now();
  const result = machine.run(source, { mode: "shell", sourceName: "bench" });
  return result.kind === "done" ? { ms: performance.now() - start, erg: result.ergUsed } : undefined;
}
