import { utf8 } from "../lang/base/bytes.ts";
import { TerminalFilter } from "./render/safe-text.ts";
import type { SessionIo } from "./session-io.ts";

/**
 * How a session writes. At a terminal, program output is filtered and line ends are those of a terminal, and
 * complaints stand between the output; without one, bytes go out as they are and complaints to standard error.
 */
export class Console {
  private readonly io: SessionIo;
  private readonly filter = new TerminalFilter();
  private last = "\n";
  private muted = false;

  constructor(io: SessionIo) {
    this.io = io;
  }

  /** Bytes a program printed. */
  program(bytes: Uint8Array): void {
    if (this.muted) return;
    if (this.io.terminal === undefined) return this.io.write(bytes);
    this.text(this.filter.push(bytes));
  }

  /** Drops what programs print until the line has ended. */
  mute(): void {
    this.muted = true;
  }

  /** The line has ended: what the filter held back comes out. */
  endOfLine(): void {
    this.muted = false;
    if (this.io.terminal !== undefined) this.text(this.filter.flush());
  }

  /** Our own text, newlines as `\n`. It must not hold text of others that is not made safe. */
  say(text: string): void {
    if (this.io.terminal === undefined) this.io.write(utf8(text));
    else this.text(text.replaceAll("\n", "\r\n"));
  }

  /** Like `say`, on a line of its own, for faults and warnings. */
  complain(text: string): void {
    if (this.io.terminal === undefined) return this.io.writeError(utf8(text));
    this.say((this.atLineStart ? "" : "\n") + text);
  }

  get atLineStart(): boolean {
    return this.last === "\n";
  }
  /** Something stands on this line and does not end in white space. */
  get needsSpace(): boolean {
    return !/\s/.test(this.last);
  }

  /** The editor drew a line and left the cursor at the start of the next. */
  fresh(): void {
    this.last = "\n";
  }

  private text(text: string): void {
    if (text === "") return;
    this.last = text.at(-1) ?? this.last;
    this.io.write(utf8(text));
  }
}
