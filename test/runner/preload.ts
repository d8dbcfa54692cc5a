// Loaded before every test file: on SIGUSR2 a file that does not end says what keeps it.
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("SIGUSR2", () => {
    process.stderr.write(`still open: ${process.getActiveResourcesInfo().join(", ") || "nothing that Node counts"}\n`);
  });
}
