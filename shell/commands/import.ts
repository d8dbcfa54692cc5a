import type { Command } from "./command.ts";

/** Brings a word made before `bt` into the recording, with the value it has now (R3). */
export const importWord: Command = {
  word: "import",
  params: [{ name: "name", type: "text" }],
  help: "Records the present value of a variable, table, value or constant that was made before bt.",
  example: "7 value rate  bt  import rate",
  run: async ({ args: [name = ""] }, { thread }) => thread.importWord(name),
};
