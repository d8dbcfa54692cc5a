import type { ExplorerFault } from "../../node/api.ts";
import type { FaultTable } from "./faults.ts";

const LISTS = { block: "blocks", package: "packages", domain: "search" } as const;

/** What the explorer words refuse. */
export const EXPLORER_FAULTS: FaultTable<ExplorerFault> = {
  EXPLORER_NO_SUCH: ({ what, text, is, keptFrom }) => ({
    text: `this node knows no ${what} ${text}${keptFrom === undefined ? "" : `, and keeps blocks from ${keptFrom} on`}`,
    hint: is !== undefined ? `it is a ${is}: ${is === "block" ? "block" : "receipt"} ${text.slice(0, 12)}` : keptFrom !== undefined ? "a node that has the chain from its genesis may know it; chain says what this one keeps" : {
      block: "blocks lists them; a height, an id, or the first four or more digits of one",
      package: "packages lists them, and packages --waiting those without a block; an id, or its first four or more digits",
      domain: "an address, or its first nine or more characters; only domains that hold something are found by their beginning",
    }[what],
  }),
  EXPLORER_AMBIGUOUS: ({ what, text, matches, isMore }) => ({
    text: `more than one ${what} begins with ${text}`,
    hint: `${matches.join(", ")}${isMore ? " and more" : ""}: give more of it, or look with ${LISTS[what]}`,
  }),
  EXPLORER_NOT_KEPT: ({ height, fromHeight }) => ({
    text: `this node does not keep block ${height}: it began with a snapshot, or its blocks were dropped by grid prune`,
    hint: `its blocks begin at ${fromHeight}; a node that has the chain from its genesis still knows`,
  }),
  EXPLORER_BAD_PAGE: ({ option, found, expected }) => ({ text: `${option} takes ${expected}, found ${found}`, hint: "each page ends with the line that shows the next one" }),
  EXPLORER_NEVER_WRITTEN: ({ path }) => ({ text: `no package ever wrote ${path}`, hint: "what you did not commit yet is no package; ls shows what is there" }),
  EXPLORER_NO_RECEIPT: ({ packageId, reason }) => ({ text: `the package ${packageId} has no receipt: ${reason}`, hint: "receipt says what became of it; packages --waiting and --evicted list them" }),
  EXPLORER_SHORT_SEARCH: ({ text }) => ({ text: `search looks for two characters or more, found '${text}'`, hint: "part of a path, a sentence, an id or an address" }),
};
