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
    if (options["waiting"] === true) return show(explorer.waiting(request), ({ rows, next }) => waitingText(rows) + nextLine("packages --waiting", next, options), options, console);
    if (options["evicted"] === true) return show(explorer.evicted(request), ({ rows, next }) => evictedText(rows) + nextLine("packages --evicted", next, options), options, console);
    show(await explorer.packages(request), ({ rows, next }) => packagesText(rows) + nextLine("packages", next, options), options, console);
  },
};
