import { runCommandLine } from "./cli/command-line.ts";
import { processIo } from "./cli/io.ts";

// The exit code is set, not forced, so that output to a slow pipe is complete.
process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
