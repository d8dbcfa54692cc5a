import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import { renderFault } from "../render/report.ts";
import type { ThreadKind } from "../../node/api.ts";
import type { Command, CommandCall, CommandContext } from "./command.ts";

/** Starts a thread or goes to one (G19); with source it runs that in the background and stays where it is. */
export const st: Command = {
  word: "st",
  params: [{ name: "name", type: "text", optional: true }, { name: "source", type: "text", optional: true }],
  options: [
    { flag: "--shared", name: "shared", help: "your other sessions may join it" },
    { flag: "--read-only", name: "readOnly", help: "it refuses every change" },
    { flag: "--write-only", name: "writeOnly", help: "what it records reads nothing" },
  ],
  help: "Starts a thread with a stack, words and files of its own, or goes to the thread of that name. With source it runs that in the background.",
  example: "st two",
  run: async ({ args: [name, source], options }, context) => {
    const threads = context.node.threadsOf(context.thread);
    const before = threads.list().find(({ isCurrent }) => isCurrent)?.name ?? "main";
    const isThere = threads.list().some((one) => one.name === name);
    const info = isThere ? threads.use(name as string) : await threads.start({ ...(name === undefined ? {} : { name }), kind: kindOf(options), share: options["shared"] === true ? "shared" : "private" });
    if (source !== undefined) {
      threads.use(before);
      threads.background(info.name, source, { mode: "shell", columns: context.terminal?.columns ?? 80 });
      return context.console.say(`${info.name} runs it; st ${info.name} shows what it prints\n`);
    }
    showOutput(info.name, context);
  },
};

/** Fault: SHELL_BAD_ARGUMENT for both at once. */
function kindOf(options: CommandCall["options"]): ThreadKind {
  if (options["readOnly"] === true && options["writeOnly"] === true) throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "st", expected: "--read-only or --write-only, not both", found: "" });
  if (options["readOnly"] === true) return "read-only";
  return options["writeOnly"] === true ? "write-only" : "both";
}

function showOutput(name: string, { node, thread, console }: CommandContext): void {
  const { output, outcome } = node.threadsOf(thread).takeOutput(name);
  if (output.length > 0) console.program(output);
  console.endOfLine();
  if (outcome?.kind === "fault") console.complain(renderFault(outcome.report));
}
