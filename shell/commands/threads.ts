import type { ThreadInfo } from "../../node/api.ts";
import { tableText } from "../render/table.ts";
import type { Command } from "./command.ts";

/** Lists the session's threads (G16, G19). */
export const threads: Command = {
  word: "threads",
  params: [],
  help: "Lists this session's threads: what each does, how many recorded lines wait, and the ERG it has used.",
  example: "threads",
  run: async (_call, { node, thread, console }) => console.say(threadTable(node.threadsOf(thread).list())),
};

const COLUMNS = ["", "thread", "state", "recording", "lines", "ERG", "kind"].map((name) => ({ name }));
const RECORDING = { off: "-", recording: "bt", ready: "rt" } as const;

/** One line for each thread, the one in use marked; a table that lines up. */
function threadTable(list: readonly ThreadInfo[]): string {
  return tableText(COLUMNS, list.map((one) => [
    one.isCurrent ? ">" : "", one.name, one.state, RECORDING[one.recording], String(one.pendingLines), String(one.ergUsed),
    [one.kind, ...(one.share === "shared" ? ["shared"] : []), ...(one.behind ? ["behind"] : [])].join(", "),
  ]));
}
