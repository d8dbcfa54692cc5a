import { safeText } from "./render/safe-text.ts";
import { graphemes, graphemeWidth } from "./render/width.ts";
import type { TerminalView } from "./session-io.ts";

/** Text to be read screen by screen; `title` is the path it came from. */
export interface Page {
  readonly content: Uint8Array;
  readonly title: string;
}

const SCREEN = { enter: "\x1b[?1049h", leave: "\x1b[?1049l", home: "\x1b[H", clearRight: "\x1b[K", inverse: "\x1b[7m", plain: "\x1b[m" } as const;
const TAB_COLUMNS = 8;
/** What each key does, as in less. Escape sequences first: they begin with a key of their own. */
const KEYS: readonly (readonly [string, Move])[] = [
  ["\x1b[6~", "page down"], ["\x1b[5~", "page up"], ["\x1b[B", "down"], ["\x1b[A", "up"], ["\x1b[F", "end"], ["\x1b[H", "start"],
  [" ", "page down"], ["f", "page down"], ["b", "page up"], ["j", "down"], ["\r", "down"], ["\n", "down"], ["k", "up"], ["G", "end"], ["g", "start"],
  ["q", "quit"], ["\x03", "quit"], ["\x04", "quit"],
];
type Move = "page down" | "page up" | "down" | "up" | "end" | "start" | "quit";

/** Shows one text on the whole screen and moves in it, as `less` does. It has no terminal of its own. */
export class Pager {
  readonly #text: string;
  readonly #title: string;
  readonly #write: (text: string) => void;
  #view: TerminalView;
  #rows: readonly string[];
  #top = 0;
  #pending = "";

  constructor({ content, title }: Page, view: TerminalView, write: (text: string) => void) {
    this.#text = Buffer.from(content).toString("utf8");
    this.#title = safeText(title);
    this.#write = write;
    this.#view = view;
    this.#rows = screenRows(this.#text, view.columns);
  }

  /** It needs no moving about: printing it is enough. */
  get fits(): boolean {
    return this.#rows.length < this.#view.rows;
  }

  start(): void {
    this.#write(SCREEN.enter);
    this.#draw();
  }

  /** Acts on keys; true when the reader is done, and the screen is as it was before. */
  keys(bytes: Uint8Array): boolean {
    this.#pending += Buffer.from(bytes).toString("latin1");
    while (this.#pending !== "") {
      const found = KEYS.find(([key]) => this.#pending.startsWith(key));
      if (found === undefined && KEYS.some(([key]) => key.startsWith(this.#pending))) return false; // a sequence cut in two
      this.#pending = this.#pending.slice(found?.[0].length ?? 1);
      if (found?.[1] === "quit") return this.stop();
      if (found !== undefined) this.#move(found[1]);
    }
    this.#draw();
    return false;
  }

  resized(view: TerminalView): void {
    this.#view = view;
    this.#rows = screenRows(this.#text, view.columns);
    this.#move("down");
    this.#move("up");
    this.#draw();
  }

  stop(): true {
    this.#write(SCREEN.leave);
    return true;
  }

  get #height(): number {
    return Math.max(1, this.#view.rows - 1);
  }

  #move(move: Exclude<Move, "quit">): void {
    const last = Math.max(0, this.#rows.length - this.#height);
    const to = { "page down": this.#top + this.#height, "page up": this.#top - this.#height, down: this.#top + 1, up: this.#top - 1, end: last, start: 0 }[move];
    this.#top = Math.min(last, Math.max(0, to));
  }

  #draw(): void {
    const shown = Array.from({ length: this.#height }, (_, row) => this.#rows[this.#top + row] ?? "~");
    const end = Math.min(this.#rows.length, this.#top + this.#height);
    const place = `${this.#title}  ${end} of ${this.#rows.length}  space b g G q`.slice(0, Math.max(0, this.#view.columns - 1));
    this.#write(`${SCREEN.home}${shown.map((row) => `${row}${SCREEN.clearRight}\r\n`).join("")}${SCREEN.inverse}${place}${SCREEN.plain}${SCREEN.clearRight}`);
  }
}

/** The text as rows of the screen: long lines go on in the next, control characters are shown as pictures. */
function screenRows(text: string, columns: number): readonly string[] {
  return text.replace(/\n$/, "").split("\n").flatMap((line) => wrapped(safeText(tabbed(line.replace(/\r$/, ""))), Math.max(1, columns)));
}

function tabbed(line: string): string {
  let out = "";
  for (const part of line.split(/(\t)/)) out += part === "\t" ? " ".repeat(TAB_COLUMNS - (out.length % TAB_COLUMNS)) : part;
  return out;
}

function wrapped(line: string, columns: number): string[] {
  const rows: string[] = [];
  let [row, width] = ["", 0];
  for (const grapheme of graphemes(line)) {
    const wide = graphemeWidth(grapheme);
    if (width + wide > columns) {
      rows.push(row);
      [row, width] = ["", 0];
    }
    row += grapheme;
    width += wide;
  }
  return [...rows, row];
}
