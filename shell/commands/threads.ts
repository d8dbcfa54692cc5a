import type { ThreadInfo } from "../../node/api.ts";
import { safeText } from "../render/safe-text.ts";
import type { Command } from "./command.ts";

/** Lists the session's threads (G16, G19). */
export const threads: Command = {
  word: "threads",
  params: [],
  help: "Lists this session's threads: what each does, how many recorded lines wait, and the ERG it has used.",
  example: "threads",
  run: async (_call, { node, thread, console }) => console.say(threadTable(node.threadsOf(thread).list())),
};

const HEAD = ["", "thread", "state", "recording", "lines", "ERG", "kind"] as const;
const RECORDING = { off: "-", recording: "bt", ready: "rt" } as const;

/** One line for each thread, the one in use marked; a table that lines up. */
export function threadTable(list: readonly ThreadInfo[]): string {
  const rows = list.map((one) => [
    one.isCurrent ? ">" : "", safeText(one.name), one.state, RECORDING[one.recording], String(one.pendingLines), String(one.ergUsed),
    [one.kind, ...(one.share === "shared" ? ["shared"] : []), ...(one.behind ? ["behind"] : [])].join(", "),
  ]);
  const all = [[...HEAD], ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] as number)).join("  ").trimEnd()}\n`).join("");
}
