import { FaultError } from "../../lang/base/fault.ts";
import { quoteArgument, quoteSource } from "../../lang/command-line.ts";
import { shippedProgram, SHIPPED_PROGRAMS } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import type { Command } from "./command.ts";

/** Puts a program that ships with this node into a file, executable by everybody. What is recorded is the file. */
export const install: Command = {
  word: "install",
  params: [{ name: "program", type: "text", optional: true }, { name: "path", type: "path", optional: true }],
  help: "Writes a program that comes with GridShell to a path and lets everybody execute it. Alone it lists the programs.",
  example: "install poll lunch",
  run: async ({ args: [name, path = name] }, { thread, console, terminal }) => {
    if (name === undefined || path === undefined) return console.say(SHIPPED_PROGRAMS.map((program) => `${program.name}  ${program.about}\n`).join(""));
    const source = shippedProgram(name);
    if (source === undefined) throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "install", expected: `one of ${SHIPPED_PROGRAMS.map((program) => program.name).join(", ")}`, found: name.slice(0, 40) });
    const line = `${quoteSource(source)} ${quoteSource(path)} writeEx  ${quoteSource(path)} 'a+x' 0 chmodEx`;
    const outcome = await thread.run(line, { mode: "shell", sourceName: "install", write: (bytes) => console.program(bytes), columns: terminal?.columns ?? 80, interactive: false });
    if (outcome.kind === "fault") throw new FaultError(outcome.report.fault);
    console.say(`${quoteArgument(path)} can be called: call ${quoteArgument(path)} WORD\n`);
  },
};
