import { isFaultError } from "../../lang/base/fault.ts";
import { readArguments } from "./arguments.ts";
import { CommandError, EXIT, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { details, overview } from "./help.ts";
import type { Io } from "./io.ts";
import { describeSystemError, isSystemError } from "./system-error.ts";

/**
 * Runs one command line and resolves to its exit code. What the user can mend is one line on standard
 * error with a remedy; anything else is a defect of ours and is thrown on.
 */
export async function runCommandLine(args: readonly string[], io: Io): Promise<number> {
  try {
    const request = readArguments(COMMANDS, args);
    if (request.kind === "run") return await request.command.run({ params: request.params, flags: request.flags, io });
    io.out(request.about.length === COMMANDS.length ? overview(COMMANDS) : request.about.map(details).join("\n"));
    return EXIT.ok;
  } catch (error) {
    return report(error, io);
  }
}

async function report(error: unknown, io: Io): Promise<number> {
  if (error instanceof UsageError) {
    io.err(`grid: ${error.message}\n  try: ${error.hint}\n`);
    return EXIT.usage;
  }
  if (error instanceof CommandError) {
    io.err(`grid: ${error.message}\n  ${error.remedy}\n`);
    return EXIT.failed;
  }
  if (isFaultError(error)) {
    const { faultLine } = await import("./fault-line.ts");
    io.err(faultLine(error.fault));
    return EXIT.failed;
  }
  if (isSystemError(error)) {
    const { text, remedy } = describeSystemError(error);
    io.err(`grid: ${text}\n  ${remedy}\n`);
    return EXIT.failed;
  }
  throw error;
}
