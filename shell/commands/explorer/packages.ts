import { evictedText, packagesText, waitingText } from "../../render/explorer/lists.ts";
import type { Command } from "../command.ts";
import { nextLine, PAGE_OPTIONS, pageRequest, show } from "./options.ts";

/** Lists packages: those with a receipt, those that wait, those that were evicted and why (G74). */
export const packages: Command = {
  word: "packages",
  params: [],
  options: [
    { flag: "--waiting", name: "waiting", help: "those that wait for a block, and what they wait for" },
    { flag: "--evicted", name: "evicted", help: "those that left without a block, and why" },
    ...PAGE_OPTIONS,
  ],
  help: "Lists packages, newest first, with what they did; or those that wait, or were evicted.",
  example: "packages --count 3",
  run: async ({ options }, { node: { explorer }, console }) => {
    const request = pageRequest(options);
    if (options["waiting"] === true) return show(explorer.waiting(request), (view) => waitingText(view.rows) + nextLine("packages --waiting", view, options), options, console);
    if (options["evicted"] === true) return show(explorer.evicted(request), (view) => evictedText(view.rows) + nextLine("packages --evicted", view, options), options, console);
    show(await explorer.packages(request), (view) => packagesText(view.rows) + nextLine("packages", view, options), options, console);
  },
};
