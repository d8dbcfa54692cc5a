import type { Readable } from "node:stream";

const NEWLINE = 10;

/** Standard input by keys and lines, for a program that waits. Reads nothing until the first request. */
export class InputBytes {
  readonly #stream: Readable | undefined;
  #iterator: AsyncIterator<unknown> | undefined;
  #pending: Uint8Array = new Uint8Array();
  #endsTold = 0;

  constructor(stream: Readable | undefined) {
    this.#stream = stream;
  }

  /** Requests that were answered with the end of the input. */
  get endsTold(): number {
    return this.#endsTold;
  }

  /** Up to `count` bytes; undefined at the end of the input. */
  async take(count: number): Promise<Uint8Array | undefined> {
    if (this.#pending.length === 0 && !(await this.#more())) return undefined;
    return this.#cut(count, count);
  }

  /** The next line without its end, at most `limitBytes` of it; undefined at the end of the input. */
  async takeLine(limitBytes: number): Promise<Uint8Array | undefined> {
    let end = this.#pending.indexOf(NEWLINE);
    while (end < 0 && this.#pending.length < limitBytes && (await this.#more())) end = this.#pending.indexOf(NEWLINE);
    if (this.#pending.length === 0) return undefined;
    const size = Math.min(end < 0 ? this.#pending.length : end, limitBytes);
    return this.#cut(size, end === size ? size + 1 : size);
  }

  /** Lets the process end. */
  close(): void {
    if (this.#iterator !== undefined) this.#stream?.destroy();
  }

  #cut(size: number, used: number): Uint8Array {
    const part = this.#pending.slice(0, size);
    this.#pending = this.#pending.subarray(used);
    return part;
  }

  async #more(): Promise<boolean> {
    this.#iterator ??= this.#stream?.[Symbol.asyncIterator]();
    const next = await this.#iterator?.next();
    if (next === undefined || next.done === true) {
      this.#endsTold += 1;
      return false;
    }
    this.#pending = Buffer.concat([this.#pending, Buffer.from(next.value as Uint8Array | string)]);
    return true;
  }
}
