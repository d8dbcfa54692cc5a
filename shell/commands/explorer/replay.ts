import { replayText } from "../../render/explorer/replay.ts";
import type { Command } from "../command.ts";
import { packageIdOf } from "../receipt.ts";
import { JSON_OPTION, show } from "./options.ts";

/** Runs an old package on the state it found, line by line, and compares with its receipt. */
export const replay: Command = {
  word: "replay",
  params: [{ name: "receipt", type: "text" }],
  options: [{ flag: "--words", name: "words", help: "also each word that a line runs, with the stack after it" }, JSON_OPTION],
  help: "Runs a package again on the state it found: each line, the stack after it, ERG, what it changed; changes nothing now.",
  example: "replay 9f2c…",
  run: async ({ args: [text = ""], options }, { node, console }) =>
    show(await node.explorer.replay(await packageIdOf(node, text), options["words"] === true ? "words" : "lines"), replayText, options, console),
};
