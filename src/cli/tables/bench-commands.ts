import type { Command } from "../command.ts";
import { JSON_FLAG } from "./flags.ts";

/** Commands that measure this machine. */
export const BENCH_COMMANDS: readonly Command[] = [
  {
    name: "bench vm",
    summary: "Times the virtual machine on programs that run the same in gforth, and beside it where that is installed.",
    params: [],
    flags: [
      { name: "--rounds", value: "N", help: "calls of each program that are timed, the first not counted (7)" },
      { name: "--only", value: "NAME", help: "one program, such as fib" },
      JSON_FLAG,
    ],
    examples: [
      { line: "bench vm", does: "a table under a line that names machine and load; takes about a minute" },
      { line: "bench vm --only sieve --json", does: "one program, for programs" },
    ],
    run: async (call) => (await import("../bench.ts")).runBenchVm(call),
  },
  {
    name: "bench erg",
    summary: "Measures how many nanoseconds one ERG buys with each word, on operands small and large.",
    params: [],
    flags: [{ name: "--only", value: "WORD", help: "one word, such as dup" }, JSON_FLAG],
    examples: [{ line: "bench erg --json", does: "all words; a high ratio means that a word is too cheap" }],
    run: async (call) => (await import("../bench.ts")).runBenchErg(call),
  },
  {
    name: "bench ledger",
    summary: "Times signed transfers through decoding, checks, execution, trie and disk, beside bare signature checks.",
    params: [],
    flags: [
      { name: "--transfers", value: "N", help: "how many are timed at each size of the state, half as many before them (66667: a chain of 100,000 packages)" },
      { name: "--cache", value: "MIB", help: "of state kept in memory by the thread that runs blocks, as with up (128)" },
      { name: "--million", help: "also a million domains and a trie of a million keys: some minutes more" },
      JSON_FLAG,
    ],
    examples: [{ line: "bench ledger --transfers 2000", does: "a first look" }],
    run: async (call) => (await import("../bench.ts")).runBenchLedger(call),
  },
  {
    name: "bench realm",
    summary: "Measures how private copies of the state behave as the state grows.",
    params: [],
    flags: [{ name: "--files", value: "N", help: "files in the largest state (100000); a million takes a quarter of an hour to make" }, JSON_FLAG],
    examples: [
      { line: "bench realm", does: "fork, line, sync and dry run on 1000, 10000 and 100000 files" },
      { line: "bench realm --files 1000", does: "a first look" },
    ],
    run: async (call) => (await import("../bench-realm.ts")).runBenchRealm(call),
  },
];
