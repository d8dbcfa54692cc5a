/** One line of source that a word or an entry refers to. */
export interface SourceLine {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/** Longest part of a line that is kept for messages, in bytes. */
export const KEPT_BYTES = 4_096;

/**
 * Lines kept at once, and their characters in all: a program that defines words by EVALUATE makes a line of each string.
 * Beyond that words and code have no place to show.
 */
const MOST_LINES = 1 << 16;
const MOST_CHARACTERS = 8 << 20;

/** Index of what is not kept. */
const NO_LINE = -1;

/**
 * The source lines that compiled code and stack entries refer to, and for each compiled instruction
 * the place it came from: code addresses ascend, so a place is found by halving.
 */
export class Lines {
  readonly lines: SourceLine[] = [];
  /** Parallel: code address, index of line, column in characters, length of the token. */
  readonly addresses: number[] = [];
  readonly places: number[] = [];
  #characters = 0;

  /** Index of the line, or NO_LINE when there is no room for it. `text` has at most KEPT_BYTES. */
  add(source: string, line: number, text: string): number {
    if (this.lines.length >= MOST_LINES || this.#characters + text.length > MOST_CHARACTERS) return NO_LINE;
    this.#characters += text.length;
    return this.lines.push({ source, line, text }) - 1;
  }

  /** Notes that code from `address` on was compiled from there. */
  note(address: number, line: number, column: number, length: number): void {
    const last = this.addresses.length - 1;
    if (last >= 0 && (this.addresses[last] as number) === address) this.#drop(last);
    this.addresses.push(address);
    this.places.push(line, Math.min(column, KEPT_BYTES), length);
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
    while (this.lines.length > lines) this.#characters -= this.lines.pop()?.text.length ?? 0;
  }

  #drop(index: number): void {
    this.addresses.length = index;
    this.places.length = index * 3;
  }
}
