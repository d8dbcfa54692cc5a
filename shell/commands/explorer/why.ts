import { whyText } from "../../render/explorer/replay.ts";
import type { Command } from "../command.ts";
import { JSON_OPTION, show } from "./options.ts";

/** Names the package that last wrote a path: made it, changed it or its rights, or removed it. */
export const why: Command = {
  word: "why",
  params: [{ name: "path", type: "path" }],
  options: [JSON_OPTION],
  help: "Names the package that last wrote a path, its block, its signer, and what it did.",
  example: "why earlier",
  run: async ({ args: [path = ""], options }, { node, thread, console }) => show(await node.explorer.why(thread, path), whyText, options, console),
};
