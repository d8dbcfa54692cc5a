import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import type { Command } from "./command.ts";

const MOST_COLUMNS = 500;

/** Sets how much of the stack stands after `ok`, for this session. */
export const stackLine: Command = {
  word: "stack-line",
  params: [{ name: "columns", type: "cell" }],
  help: "Sets how many columns of the stack are shown after ok; 0 shows its depth only.",
  example: "stack-line 0",
  run: async ({ args: [text = ""] }, { memory }) => {
    const columns = Number(text);
    if (!Number.isInteger(columns) || columns < 0 || columns > MOST_COLUMNS) {
      throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "stack-line", expected: `0 to ${MOST_COLUMNS} columns`, found: text.slice(0, 20) });
    }
    memory.stackColumns = columns;
  },
};
