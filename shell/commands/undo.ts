import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import type { Command } from "./command.ts";

/** Takes back the last good line (R3): stacks, memory, words, files and what was recorded of it. */
export const undo: Command = {
  word: "undo",
  params: [],
  help: "Takes back the last line that ran well; not across bt, at, ct or another word that the session runs.",
  example: "undo",
  run: async (_call, { thread }) => {
    if (!(await thread.undo())) throw new FaultError<ShellFault>({ code: "SHELL_NOTHING_TO_UNDO" });
  },
};
