/** One line of source that a word or an entry refers to. */
export interface SourceLine {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/** Longest part of a line that is kept for messages, in characters. */
const KEPT = 4_096;

/**
 * The source lines that compiled code and stack entries refer to, and for each compiled instruction
 * the place it came from: code addresses ascend, so a place is found by halving.
 */
export class Lines {
  readonly lines: SourceLine[] = [];
  /** Parallel: code address, index of line, column in characters, length of the token. */
  readonly addresses: number[] = [];
  readonly places: number[] = [];

  add(source: string, line: number, text: string): number {
    this.lines.push({ source, line, text: text.slice(0, KEPT) });
    return this.lines.length - 1;
  }

  /** Notes that code from `address` on was compiled from there. */
  note(address: number, line: number, column: number, length: number): void {
    const last = this.addresses.length - 1;
    if (last >= 0 && (this.addresses[last] as number) === address) this.#drop(last);
    this.addresses.push(address);
    this.places.push(line, Math.min(column, KEPT), length);
  }

  /** The place of the last note at or before `address` that is not before `from`. */
  find(address: number, from: number): { readonly line: number; readonly column: number; readonly length: number } | undefined {
    let low = 0;
    let high = this.addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.addresses[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    if (index < 0 || (this.addresses[index] as number) < from) return undefined;
    return { line: this.places[index * 3] as number, column: this.places[index * 3 + 1] as number, length: this.places[index * 3 + 2] as number };
  }

  /** Forgets code from `codeEnd` on, and lines from `lines` on. */
  truncate(codeEnd: number, lines: number): void {
    while (this.addresses.length > 0 && (this.addresses[this.addresses.length - 1] as number) >= codeEnd) this.#drop(this.addresses.length - 1);
    this.lines.length = Math.min(this.lines.length, lines);
  }

  #drop(index: number): void {
    this.addresses.length = index;
    this.places.length = index * 3;
  }
}
