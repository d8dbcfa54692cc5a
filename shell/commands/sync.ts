import { safeText } from "../render/safe-text.ts";
import type { Command } from "./command.ts";

/** Moves the thread to the newest state; what is pending stays (R9, G32). */
export const sync: Command = {
  word: "sync",
  params: [],
  help: "Brings this thread up to the newest state; what you recorded stays.",
  example: "sync",
  run: async (_call, { thread, console }) => {
    const { overlapping } = await thread.sync();
    console.say(`now at block ${thread.status().baseHeight}\n`);
    for (const place of overlapping) console.say(`others changed ${safeText(place)} too: what you have pending lies on top\n`);
  },
};
