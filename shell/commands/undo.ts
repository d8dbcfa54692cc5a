import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import { safeText } from "../render/safe-text.ts";
import type { Command } from "./command.ts";

/** Longest part of the line that is repeated. */
const MAX_SHOWN = 60;

/** Takes back the last good line: stack, memory, words, files, recording (R3, G31). */
export const undo: Command = {
  word: "undo",
  params: [],
  help: "Takes back the last good line: stack, words, files and what it recorded. Not across bt, at, ct or another word that ends its line.",
  example: "1 2 3  undo",
  run: async (_call, { thread, console }) => {
    const source = await thread.undo();
    if (source === undefined) throw new FaultError<ShellFault>({ code: "SHELL_NOTHING_TO_UNDO" });
    const shown = safeText(source.trim());
    console.say(`took back: ${shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown}\n`);
  },
};
