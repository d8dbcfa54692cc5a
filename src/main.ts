import module from "node:module";
import { fileURLToPath } from "node:url";

// The build keeps compiled code between runs, which makes short commands a fifth faster; where it cannot be
// written (a shared installation) nothing is lost. Node has this since 22.1.
if (import.meta.url.endsWith(".js")) module.enableCompileCache?.(fileURLToPath(new URL("../.cache", import.meta.url)));

const { runCommandLine } = await import("./cli/command-line.ts");
const { processIo } = await import("./cli/io.ts");
// The exit code is set, not forced, so that output to a slow pipe is complete.
process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
