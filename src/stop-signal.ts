const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Ctrl-C under `npm start` arrives from the terminal, from npm and from scripts/run.mjs: one wish, three signals. */
const SAME_WISH_MS = 1_000;

/**
 * Resolves when the process is told to stop. Until then and while it stops, repeated signals are the same
 * wish; one that comes later than a second means "now", and ends the process at once.
 */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstMs === undefined) {
        firstMs = performance.now();
        resolve(signal);
      } else if (performance.now() - firstMs > SAME_WISH_MS) {
        process.exit(130);
      }
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    // Started by `grid devnet`: if that dies, nobody is left to stop this one. The channel alone keeps nothing alive.
    if (process.connected) process.once("disconnect", () => onSignal("SIGHUP")).channel?.unref();
  });
}
