import { blocksText } from "../../render/explorer/lists.ts";
import type { Command } from "../command.ts";
import { nextLine, PAGE_OPTIONS, pageRequest, show } from "./options.ts";

/** Lists the blocks of the main chain, newest first (G75). */
export const blocks: Command = {
  word: "blocks",
  params: [],
  options: PAGE_OPTIONS,
  help: "Lists blocks, newest first, a page at a time; blocks that come meanwhile move nothing.",
  example: "blocks --count 5",
  run: async ({ options }, { node, console }) => {
    const page = await node.explorer.blocks(pageRequest(options));
    show(page, (view) => blocksText(view.rows) + nextLine("blocks", view, options), options, console);
  },
};
