import { chainText, difficultyText, peersText, supplyText } from "../../render/explorer/figures.ts";
import type { Command } from "../command.ts";
import { JSON_OPTION, show } from "./options.ts";

/** Words that show the chain and its nodes in numbers. */

export const chain: Command = {
  word: "chain",
  params: [],
  options: [JSON_OPTION],
  help: "Shows where the chain stands: height, head, work, leader, liveness, packages, pool, and what this node keeps.",
  example: "chain",
  run: async ({ options }, { node, console }) => show(await node.explorer.chain(), chainText, options, console),
};

export const difficulty: Command = {
  word: "difficulty",
  params: [],
  options: [JSON_OPTION],
  help: "Shows the work that a key block takes, now and next, and how often they came of late.",
  example: "difficulty",
  run: async ({ options }, { node, console }) => show(node.explorer.difficulty(), difficultyText, options, console),
};

export const supply: Command = {
  word: "supply",
  params: [],
  options: [JSON_OPTION],
  help: "Shows how many coins there are: genesis, coinbase, what is locked, was taken from cheating leaders or burnt, and the sum of all balances.",
  example: "supply",
  run: async ({ options }, { node, console }) => show(node.explorer.supply(), supplyText, options, console),
};

export const peers: Command = {
  word: "peers",
  params: [],
  options: [JSON_OPTION],
  help: "Lists the nodes that this one is linked to, with the height of their chains.",
  example: "peers",
  run: async ({ options }, { node, console }) => show(node.explorer.peers(), peersText, options, console),
};
