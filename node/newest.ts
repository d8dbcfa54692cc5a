/** A map that keeps the entries that were set last: what is remembered of strangers has an end. */
export class Newest<T> {
  readonly #most: number;
  readonly #entries = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value ?? "");
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
