import { quoteArgument } from "../../../lang/command-line.ts";
import { historyText } from "../../render/explorer/lists.ts";
import type { Command } from "../command.ts";
import { nextLine, PAGE_OPTIONS, pageRequest, show } from "./options.ts";

/** Lists what touched a domain: packages it signed or was paid by, writes to its files, rewards. */
export const history: Command = {
  word: "history",
  params: [{ name: "domain", type: "recipient", optional: true }],
  options: PAGE_OPTIONS,
  help: "Lists what touched a domain, newest first: yours, or that of an address, its first characters, a contact or a @nick.",
  example: "history --count 3",
  run: async ({ args: [text = "~"], options }, { node, thread, console }) => {
    const page = await node.explorer.history(await node.explorer.domainNamed(thread, text), pageRequest(options));
    show(page, (view) => historyText(view.rows) + nextLine(text === "~" ? "history" : `history ${quoteArgument(text)}`, view, options), options, console);
  },
};
