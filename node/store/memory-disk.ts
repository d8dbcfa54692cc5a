import { compareBytes } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import type { BatchPart, Disk } from "../ports.ts";
import { listed } from "./packed-operations.ts";

/** A store that lasts as long as the process: for `grid run`, `grid eval`, tests and simulations. */
export function createMemoryDisk(): Disk {
  return new MemoryDisk();
}

class MemoryDisk implements Disk {
  readonly #values = new Map<string, Uint8Array>();
  #closed = false;

  getSync(key: Uint8Array): Uint8Array | undefined {
    assert(!this.#closed, "a closed store is not read");
    return this.#values.get(textKey(key));
  }

  async batch(operations: readonly BatchPart[]): Promise<void> {
    assert(!this.#closed, "a closed store is not written");
    for (const operation of listed(operations)) {
      if (operation.type === "put") this.#values.set(textKey(operation.key), operation.value.slice());
      else this.#values.delete(textKey(operation.key));
    }
  }

  async *entries(range: { readonly start: Uint8Array; readonly end: Uint8Array; readonly limit?: number; readonly reverse?: boolean }): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const found = [...this.#values]
      .map(([text, value]) => [Buffer.from(text, "latin1"), value] as const)
      .filter(([key]) => compareBytes(key, range.start) >= 0 && compareBytes(key, range.end) < 0)
      .sort(([a], [b]) => compareBytes(a, b));
    if (range.reverse === true) found.reverse();
    for (const [key, value] of found.slice(0, range.limit)) yield [new Uint8Array(key), value];
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

/** One UTF-16 unit for each byte: maps compare text by value, and byte order is kept. */
function textKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
