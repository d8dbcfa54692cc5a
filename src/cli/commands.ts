import type { Command } from "./command.ts";
import { BENCH_COMMANDS } from "./tables/bench-commands.ts";
import { LEDGER_COMMANDS } from "./tables/ledger-commands.ts";
import { NODE_COMMANDS } from "./tables/node-commands.ts";
import { PACKAGE_COMMANDS } from "./tables/package-commands.ts";
import { JSON_FLAG } from "./tables/flags.ts";

/** Every command of the program, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  ...NODE_COMMANDS,
  ...PACKAGE_COMMANDS,
  ...LEDGER_COMMANDS,
  ...BENCH_COMMANDS,
  {
    name: "version",
    summary: "Prints the version of GridShell, Node and the rules.",
    params: [],
    flags: [JSON_FLAG],
    examples: [{ line: "version --json", does: "for programs" }],
    run: async (call) => (await import("./version.ts")).runVersion(call),
  },
  {
    name: "help",
    summary: "Lists the commands, or explains one.",
    params: [
      { name: "COMMAND", help: "name of a command", optional: true },
      { name: "PART", help: "its second word, for `key`, `genesis` and `bench`", optional: true },
    ],
    flags: [],
    examples: [{ line: "help key new", does: "as `grid key new --help`" }],
    run: async (call) => (await import("./command-line.ts")).runCommandLine([...call.params, "--help"], call.io),
  },
];
