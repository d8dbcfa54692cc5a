import { graphemes, graphemeWidth, textWidth } from "./render/width.ts";

/**
 * Edits one line at a terminal: bytes in, escape sequences out, no terminal of its own. No well-kept npm editor
 * works on a stream that is not a tty; node:readline runs pasted lines at once and splits emoji (facts: line
 * editing). Works on graphemes, keeps history, and lets pasted text wait until Enter is pressed.
 */
export interface EditorEvents {
  /** Enter: the text, of several lines after a paste. */
  onLine(text: string): void;
  /** Enter, but more came than a line may hold; nothing of it is run. */
  onOverlong(limit: number): void;
  /** Ctrl-C at the prompt. */
  onCancel(): void;
  /** Ctrl-D on an empty line. */
  onEnd(): void;
}

export interface LineEditorParts extends EditorEvents {
  readonly write: (text: string) => void;
  readonly columns: () => number;
}

/** Characters that can be edited at once: every key draws the line anew. Longer scripts come through a pipe. */
const MAX_TEXT = 1 << 16;
const HISTORY_LINES = 1_000;
const PASTE = { on: "\x1b[?2004h", off: "\x1b[?2004l", begin: "\x1b[200~", end: "\x1b[201~" } as const;
const ESCAPE = /^\x1b(?:\[[0-9;?]*[\x20-\x2f]*[\x40-\x7e]|O[\x40-\x7e]|[\x20-\x5a\x5c-\x7f])/;
const UNFINISHED_ESCAPE = /^\x1b(?:\[[0-9;?]*|O)?$/;

/** Keys become lines: moving, deleting, history, and what is pasted. */
export class LineEditor {
  private readonly parts: LineEditorParts;
  private readonly history: string[] = [];
  private historyAt = 0;
  private draft = "";
  private prompt = "";
  private before: string[] = [];
  private after: string[] = [];
  private active = false;
  private playing = false;
  private pasting = false;
  private pasted = "";
  private pending = "";
  private overlong = false;
  private decoder = new TextDecoder("utf-8");
  /** Screen row of the cursor, counted from the row of the prompt. */
  private cursorRow = 0;

  constructor(parts: LineEditorParts) {
    this.parts = parts;
  }

  /** Shows the prompt and begins a line; keys that came before are played now. */
  start(prompt: string): void {
    this.prompt = prompt;
    this.active = true;
    this.before = [];
    this.after = [];
    this.historyAt = this.history.length;
    this.cursorRow = 0;
    this.parts.write(PASTE.on);
    this.redraw();
    this.play();
  }

  /** Keys from the terminal. While no line is being edited they wait. */
  push(bytes: Uint8Array): void {
    this.pending += this.decoder.decode(bytes, { stream: true });
    this.play();
    if (this.pending.length <= MAX_TEXT) return;
    this.overlong = true;
    this.pending = this.pending.slice(0, MAX_TEXT);
  }

  /** Hands over keys that were typed ahead. */
  takePending(): Uint8Array {
    const typed = new TextEncoder().encode(this.pending);
    this.dropPending();
    return typed;
  }

  /** Forgets keys that were typed ahead. */
  dropPending(): void {
    this.pending = "";
    this.pasting = false;
    this.pasted = "";
  }

  /** Something was printed over the line, and ended with a newline: it is drawn anew below, with what was typed. */
  drawBelow(): void {
    this.cursorRow = 0;
    if (this.active) this.redraw();
  }

  /** The terminal changed its size. */
  resized(): void {
    if (this.active) this.redraw();
  }

  /** Leaves the terminal as it was. */
  stop(): void {
    if (this.active) this.parts.write(PASTE.off);
    this.active = false;
  }

  /** Acts on pending keys, as long as a line is being edited. Acting may end the line and begin the next. */
  private play(): void {
    if (this.playing) return;
    this.playing = true;
    while (this.active && this.pending !== "") if (!(this.pasting ? this.playPaste() : this.playKey())) break;
    this.playing = false;
  }

  private take(count: number): string {
    const taken = this.pending.slice(0, count);
    this.pending = this.pending.slice(count);
    return taken;
  }

  /** False when more must come first. */
  private playPaste(): boolean {
    const end = this.pending.indexOf(PASTE.end);
    // An end marker may be cut between two packets, so its length is held back.
    const size = end === -1 ? this.pending.length - PASTE.end.length : end;
    if (end === -1 && size <= 0) return false;
    this.pasted += this.take(size);
    if (this.pasted.length > MAX_TEXT) {
      this.overlong = true;
      this.pasted = "";
    }
    if (end === -1) return true;
    this.take(PASTE.end.length);
    this.pasting = false;
    const text = this.pasted.replace(/\r\n?/g, "\n");
    this.pasted = "";
    this.insert(text);
    return true;
  }

  private playKey(): boolean {
    const plain = /^[^\x00-\x1f\x7f]+/.exec(this.pending)?.[0];
    const sequence = plain === undefined ? ESCAPE.exec(this.pending)?.[0] : undefined;
    if (plain !== undefined) this.insert(this.take(plain.length));
    else if (sequence !== undefined) this.escape(this.take(sequence.length));
    else if (UNFINISHED_ESCAPE.test(this.pending) && this.pending.length < 32) return false;
    else this.control(this.take(1));
    return true;
  }

  private control(key: string): void {
    switch (key) {
      case "\r": case "\n": return this.enter();
      case "\x03": return this.cancel();
      case "\x04": return this.before.length + this.after.length === 0 ? this.end() : this.deleteAfter();
      case "\x7f": case "\b": return this.deleteBefore();
      case "\x01": return this.moveTo(0);
      case "\x05": return this.moveTo(this.before.length + this.after.length);
      case "\x02": return this.moveTo(this.before.length - 1);
      case "\x06": return this.moveTo(this.before.length + 1);
      case "\x0b": return this.set(this.before, []);
      case "\x15": return this.set([], this.after);
      case "\x17": return this.set(this.before.slice(0, this.wordStart()), this.after);
      case "\x0c": return this.clearScreen();
      case "\x10": return this.recall(-1);
      case "\x0e": return this.recall(1);
      case "\t": return this.insert("  ");
      default: return;
    }
  }

  private escape(sequence: string): void {
    switch (sequence) {
      case PASTE.begin: this.pasting = true; return;
      case "\x1b[A": case "\x1bOA": return this.recall(-1);
      case "\x1b[B": case "\x1bOB": return this.recall(1);
      case "\x1b[C": case "\x1bOC": return this.moveTo(this.before.length + 1);
      case "\x1b[D": case "\x1bOD": return this.moveTo(this.before.length - 1);
      case "\x1b[H": case "\x1bOH": case "\x1b[1~": return this.moveTo(0);
      case "\x1b[F": case "\x1bOF": case "\x1b[4~": return this.moveTo(this.before.length + this.after.length);
      case "\x1b[3~": return this.deleteAfter();
      case "\x1b[1;5D": case "\x1bb": return this.moveTo(this.wordStart());
      case "\x1b[1;5C": case "\x1bf": return this.moveTo(this.wordEnd());
      case "\x1b\x7f": return this.set(this.before.slice(0, this.wordStart()), this.after);
      default: return;
    }
  }

  private insert(text: string): void {
    const room = MAX_TEXT - this.before.length - this.after.length;
    if (text.length > room) this.overlong = true;
    const clean = text.slice(0, Math.max(0, room)).replace(/\t/g, "  ").replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "");
    if (clean === "") return;
    // A new character may join the one before it: an accent, the second half of an emoji.
    const last = this.before.pop() ?? "";
    const atEnd = this.after.length === 0;
    const joined = graphemes(last + clean);
    for (const part of joined) this.before.push(part);
    if (atEnd && joined[0] === last && !clean.includes("\n") && this.fitsRow(clean)) this.parts.write(clean);
    else this.redraw();
  }

  /** Whether text appended at the cursor stays within the cursor's row, so that nothing else must be drawn. */
  private fitsRow(text: string): boolean {
    if (this.before.length > 2_000 || this.before.includes("\n")) return false;
    return textWidth(this.prompt) + textWidth(this.before.join("")) < this.parts.columns() && text.length > 0;
  }

  private deleteBefore(): void {
    if (this.before.length > 0) this.set(this.before.slice(0, -1), this.after);
  }

  private deleteAfter(): void {
    this.set(this.before, this.after.slice(1));
  }

  private moveTo(index: number): void {
    const all = [...this.before, ...this.after];
    const at = Math.max(0, Math.min(all.length, index));
    this.set(all.slice(0, at), all.slice(at));
  }

  private wordStart(): number {
    let at = this.before.length;
    while (at > 0 && /\s/.test(this.before[at - 1] ?? "")) at--;
    while (at > 0 && !/\s/.test(this.before[at - 1] ?? "")) at--;
    return at;
  }

  private wordEnd(): number {
    let at = 0;
    while (at < this.after.length && /\s/.test(this.after[at] ?? "")) at++;
    while (at < this.after.length && !/\s/.test(this.after[at] ?? "")) at++;
    return this.before.length + at;
  }

  private recall(step: -1 | 1): void {
    const target = this.historyAt + step;
    if (target < 0 || target > this.history.length) return;
    if (this.historyAt === this.history.length) this.draft = this.text();
    this.historyAt = target;
    this.set(graphemes(this.history[target] ?? this.draft), []);
  }

  private set(before: string[], after: string[]): void {
    this.before = before;
    this.after = after;
    this.redraw();
  }

  private text(): string {
    return this.before.join("") + this.after.join("");
  }

  private enter(): void {
    const text = this.text();
    this.leave();
    if (this.overlong) {
      this.overlong = false;
      return this.parts.onOverlong(MAX_TEXT);
    }
    if (text.trim() !== "" && this.history.at(-1) !== text) this.history.push(text);
    if (this.history.length > HISTORY_LINES) this.history.shift();
    this.parts.onLine(text);
  }

  private cancel(): void {
    this.leave("^C");
    this.overlong = false;
    this.parts.onCancel();
  }

  private end(): void {
    this.leave();
    this.parts.onEnd();
  }

  /** Puts the cursor below the text and gives the terminal back. */
  private leave(mark = ""): void {
    this.moveTo(this.before.length + this.after.length);
    this.active = false;
    this.parts.write(`${mark}${PASTE.off}\r\n`);
  }

  private clearScreen(): void {
    this.cursorRow = 0;
    this.parts.write("\x1b[H\x1b[2J");
    this.redraw();
  }

  /** Draws prompt and text anew, from the prompt's row down, and puts the cursor in its place. */
  private redraw(): void {
    const columns = Math.max(1, this.parts.columns());
    const up = this.cursorRow > 0 ? `\x1b[${this.cursorRow}A` : "";
    const end = layOut([...graphemes(this.prompt), ...this.before, ...this.after], columns);
    const cursor = layOut([...graphemes(this.prompt), ...this.before], columns);
    const back = end.row > cursor.row ? `\x1b[${end.row - cursor.row}A` : "";
    const across = cursor.column > 0 ? `\x1b[${cursor.column}C` : "";
    // A terminal waits at the right edge until one more character comes; a space and return make it go on.
    const edge = end.column === 0 && end.row > 0 && this.text().at(-1) !== "\n" ? " \r" : "";
    const shown = (this.prompt + this.text()).replaceAll("\n", "\r\n");
    this.parts.write(`\r${up}\x1b[J${shown}${edge}${back}\r${across}`);
    this.cursorRow = cursor.row;
  }
}

/** Where the cursor stands after these graphemes, from the upper left corner. */
function layOut(parts: readonly string[], columns: number): { readonly row: number; readonly column: number } {
  let row = 0;
  let column = 0;
  for (const part of parts) {
    if (part === "\n") {
      row++;
      column = 0;
      continue;
    }
    const width = graphemeWidth(part);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
    if (column === columns) {
      row++;
      column = 0;
    }
  }
  return { row, column };
}
