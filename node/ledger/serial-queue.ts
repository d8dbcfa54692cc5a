/** Runs jobs one after another in the order of asking; a failing job does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    // Who asked sees the failure; the queue only waits for the end.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
