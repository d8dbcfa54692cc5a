import { FaultError } from "../../lang/base/fault.ts";
import type { JournalInfo, SessionThreads } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { safeText } from "../render/safe-text.ts";
import type { Command, CommandContext } from "./command.ts";

const ID = /^[0-9a-f]{12}$/;

/** Goes on where a lost connection or a killed node ended (G31, R12). */
export const session: Command = {
  word: "session",
  params: [{ name: "action", type: "text", optional: true }, { name: "which", type: "text", optional: true }],
  help: "Lists threads with recorded lines that an earlier session of your key left behind. session resume goes on with them, session forget ID drops one. Without a key, session keep shows a code, and session resume CODE goes on.",
  example: "session",
  run: async ({ args: [action = "list", which] }, context) => {
    const threads = context.node.threadsOf(context.thread);
    switch (action) {
      case "list":
        return context.console.say(listing(threads.journals(), context));
      case "keep":
        return context.console.say(`resume code ${await threads.keepJournal()}\n  after a lost connection: session resume CODE\n`);
      case "resume":
        return resume(threads, which, context);
      case "forget":
        return threads.forgetJournal(needed(which, "the id that session lists"));
      default:
        throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "session", expected: "list, keep, resume or forget", found: action.slice(0, 40) });
    }
  },
};

/** One by its id, all that a code opens, or all of the key's. */
async function resume(threads: SessionThreads, which: string | undefined, { console }: CommandContext): Promise<void> {
  const code = which === undefined || ID.test(which) ? undefined : which;
  const waiting = threads.journals(code).filter(({ id }) => code !== undefined || which === undefined || id === which);
  if (waiting.length === 0 && which !== undefined) await threads.resumeJournal(which, code);
  if (waiting.length === 0) return console.say("nothing waits to be resumed\n");
  for (const { id } of waiting) {
    const { name, pendingLines } = await threads.resumeJournal(id, code);
    console.say(`resumed ${safeText(name)}: ${linesText(pendingLines)} recorded\n`);
  }
}

function listing(waiting: readonly JournalInfo[], { identity }: CommandContext): string {
  if (waiting.length === 0) return identity.level === "proved" ? "nothing waits to be resumed\n" : "no key was proved: session keep shows a code that keeps what you record\n";
  return waiting.map(({ id, name, pendingLines, baseHeight }) => `${id}  ${safeText(name)}  ${linesText(pendingLines)}, on the state of block ${String(baseHeight)}\n`).join("");
}

function linesText(count: number): string {
  return count === 1 ? "1 line" : `${String(count)} lines`;
}

function needed(value: string | undefined, expected: string): string {
  if (value !== undefined) return value;
  throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "session", expected, found: "" });
}
