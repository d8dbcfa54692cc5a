interface Held<V> {
  readonly value: V;
  readonly sizeBytes: number;
}

/**
 * Recently used values, bounded by the bytes their owner says they take. Two generations instead of a
 * list in order of use: what is read from the older one moves to the newer, and when the newer holds
 * half of the limit the older is dropped whole. So a hit costs one look-up and moves nothing, which a
 * block that touches ten thousands of keys feels.
 */
export class ByteCache<V> {
  readonly #limitBytes: number;
  #young = new Map<string, Held<V>>();
  #old = new Map<string, Held<V>>();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young.value;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#keep(key, old);
    return old.value;
  }

  /** A value that alone takes more than half of the limit is not kept. */
  set(key: string, value: V, sizeBytes: number): void {
    if (2 * sizeBytes > this.#limitBytes) return this.#remove(key);
    // A value of the older generation is hidden by the new one until that generation is dropped.
    this.#youngBytes -= this.#young.get(key)?.sizeBytes ?? 0;
    this.#keep(key, { value, sizeBytes });
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngBytes = 0;
    this.#oldBytes = 0;
  }

  #keep(key: string, held: Held<V>): void {
    if (2 * (this.#youngBytes + held.sizeBytes) > this.#limitBytes) {
      this.#old = this.#young;
      this.#oldBytes = this.#youngBytes;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, held);
    this.#youngBytes += held.sizeBytes;
  }

  #remove(key: string): void {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.#youngBytes -= young.sizeBytes;
    }
    const old = this.#old.get(key);
    if (old === undefined) return;
    this.#old.delete(key);
    this.#oldBytes -= old.sizeBytes;
  }
}
