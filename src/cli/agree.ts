import { createInterface } from "node:readline/promises";
import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** Whether the user wants to sign what was shown; `--yes` answers before the question. Nobody to ask is an error. */
export async function agrees({ flags, io }: CommandCall, label: string): Promise<boolean> {
  if (flags["yes"] !== undefined) return true;
  if (io.stdin.isTTY !== true) throw new CommandError("There is no terminal to ask in.", "Read what is shown, then run the command with --yes.");
  const lines = createInterface({ input: io.stdin, output: process.stderr });
  const answer = await lines.question(`sign as ${label}? [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
