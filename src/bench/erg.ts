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
const SHORTEST_MS = 2;
const MOST_ROUNDS = 1 << 16;
const EXAMPLE_ROUNDS = 20;
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
  for (let rounds = 4; rounds <= MOST_ROUNDS; rounds *= 4) {
    const took = time(machine, `${String(rounds)} work`);
    if (took === undefined || machine.depth > 0) return undefined;
    if (took.ms >= SHORTEST_MS || rounds * 4 > MOST_ROUNDS) return perErg(took);
  }
  return undefined;
}

function measureExample(row: TableRow): number | undefined {
  const help = row.kind === "host" ? row.spec : coreHelp(row.spec.word);
  if (help === undefined) return undefined;
  let [ms, erg] = [0, 0];
  const machine = startThread();
  for (let round = 0; round < EXAMPLE_ROUNDS; round += 1) {
    const took = time(machine, help.example.line);
    // The first rounds warm the engine up.
    if (took === undefined || round < EXAMPLE_ROUNDS / 2) continue;
    ms += took.ms;
    erg += took.erg;
  }
  return erg === 0 ? undefined : perErg({ ms, erg });
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
