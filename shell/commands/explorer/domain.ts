import { domainText } from "../../render/explorer/figures.ts";
import type { Command } from "../command.ts";
import { JSON_OPTION, show } from "./options.ts";

/** Shows a domain: balance, keys, what its tree holds, what touched it last. */
export const domain: Command = {
  word: "domain",
  params: [{ name: "domain", type: "recipient", optional: true }],
  options: [JSON_OPTION],
  help: "Shows a domain: balance, keys, files, and what touched it last; yours, or that of an address, its first characters, a contact or a @nick.",
  example: "domain ~",
  run: async ({ args: [text = "~"], options }, { node, thread, console }) => show(await node.explorer.domain(await node.explorer.domainNamed(thread, text)), domainText, options, console),
};
