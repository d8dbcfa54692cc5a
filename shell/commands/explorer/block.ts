import { blockText } from "../../render/explorer/block.ts";
import type { Command } from "../command.ts";
import { JSON_OPTION, show } from "./options.ts";

/** Shows one block: header, work or roots, packages, payments, fraud proved. */
export const block: Command = {
  word: "block",
  params: [{ name: "block", type: "text", optional: true }],
  options: [JSON_OPTION],
  help: "Shows a block, by height, by id or its first digits, head or genesis; without a parameter the newest.",
  example: "block genesis",
  run: async ({ args: [text = "head"], options }, { node, console }) => show(await node.explorer.block(text), blockText, options, console),
};
