/** Wraps a uvu hook so that what it throws is seen: uvu itself drops it, and the runner only knows that it threw. */
export function told<S>(hook: (state: S) => Promise<void>): (state: S) => Promise<void> {
  return async (state) => {
    try {
      await hook(state);
    } catch (error) {
      process.stderr.write(`a hook threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      throw error;
    }
  };
}
