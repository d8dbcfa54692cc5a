import type { Command } from "./command.ts";

/** Moves the thread to the newest state; what is pending stays (R9, G32). */
export const sync: Command = {
  word: "sync",
  params: [],
  help: "Brings this thread up to the newest state; what you recorded stays.",
  example: "sync",
  run: async (_call, { thread, console }) => {
    await thread.sync();
    console.say(`now at block ${thread.status().baseHeight}\n`);
  },
};
