import { FaultError } from "../../lang/base/fault.ts";
import type { PendingThread, ThreadFault } from "../../node/api.ts";
import { renderFault } from "../render/report.ts";
import { safeText } from "../render/safe-text.ts";
import type { Command } from "./command.ts";

/** What waits to be committed, as sentences with its cost (G29): the same that `ct` will show and charge. */
export const pending: Command = {
  word: "pending",
  params: [{ name: "thread", type: "text", optional: true }],
  help: "Lists what each thread has recorded, as sentences with what committing it alone would cost now: for all threads, or for one.",
  example: "bt mkdir letters\npending",
  run: async ({ args: [name] }, { node, thread, console }) => {
    const isKnown = name === undefined || node.threadsOf(thread).list().some((one) => one.name === name);
    if (!isKnown) throw new FaultError<ThreadFault>({ code: "THREAD_NO_SUCH", name });
    const found = (await node.pending(thread)).filter((one) => name === undefined || one.name === name);
    console.say(found.length === 0 ? "nothing is recorded that changes anything\n" : found.map(threadText).join(""));
  },
};

const NEXT = { off: "", recording: "rt marks it ready", ready: "ready: ct commits it" } as const;

function threadText({ name, recording, lines, work }: PendingThread): string {
  const head = `${safeText(name)}: ${lines} ${lines === 1 ? "line" : "lines"}, ${NEXT[recording]}; at drops it\n`;
  if (work.kind === "fails") return head + renderFault({ fault: work.fault, trace: [] });
  const sentences = work.sentences.map((sentence) => `  ${safeText(sentence)}\n`).join("");
  return `${head}${sentences}  ERG ${work.ergUsed}${work.storage === undefined ? "" : `; ${work.storage}`}\n`;
}
