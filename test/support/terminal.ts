import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import xterm from "@xterm/headless";
import type { IBufferCell } from "@xterm/headless";

type Screen = InstanceType<typeof xterm.Terminal>;

/** A program that ignores the closing of its terminal is killed. */
const CLOSE_LIMIT_MS = 1_000;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/**
 * A program in a real pseudo-terminal (made by `script` of util-linux), shown on a headless xterm. Tests type
 * into it and wait for what a person would see; nothing sleeps.
 */
export class TestTerminal {
  readonly #screen: Screen;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #watchers: (() => void)[] = [];
  #writes = 0;

  constructor(command: string, { columns = 100, rows = 40, env = {}, directory }: TerminalOptions = {}) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
    const line = `stty cols ${columns} rows ${rows}; exec ${command}`;
    this.#child = spawn("script", ["-qfec", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "ignore"],
      cwd: directory,
      env: { ...process.env, TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    });
    this.#child.stdout?.on("data", (chunk: Uint8Array) => this.#screen.write(chunk, () => this.#notify()));
    // What the screen answers (its position, its colours) goes to the program, as in any terminal.
    this.#screen.onData((answer) => this.type(answer));
    this.#child.stdin?.on("error", () => undefined); // typing into a program that just ended
    this.#ended = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        resolve(code);
        this.#notify();
      });
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Everything printed so far, wrapped lines joined, blanks at line ends and empty lines at the end removed. */
  text(): string {
    const buffer = this.#screen.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < buffer.length; row += 1) {
      const line = buffer.getLine(row);
      const text = line?.translateToString(false) ?? "";
      if (line?.isWrapped === true && lines.length > 0) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return lines.map((line) => line.trimEnd()).join("\n").trimEnd();
  }

  /** The line the cursor is on, up to the cursor. */
  cursorLine(): string {
    const buffer = this.#screen.buffer.active;
    return buffer.getLine(buffer.baseY + buffer.cursorY)?.translateToString(false, 0, buffer.cursorX) ?? "";
  }

  /** Counted from the first row ever printed, so that it grows with every line. */
  cursorRow(): number {
    const buffer = this.#screen.buffer.active;
    return buffer.baseY + buffer.cursorY;
  }

  /** Rows that are visible now, as cells with their colours; for pictures of the screen. */
  cells(): IBufferCell[][] {
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) => {
      const line = buffer.getLine(buffer.viewportY + row);
      return Array.from({ length: this.#screen.cols }, (_, column) => line?.getCell(column)).filter((cell) => cell !== undefined);
    });
  }

  /** Resolves as soon as `holds` is true of this terminal; rejects with the screen after `limitMs`. */
  waitUntil(holds: (terminal: TestTerminal) => boolean, what: string, limitMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (finish: () => void): void => {
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((each) => each !== look);
        finish();
      };
      const look = (): void => {
        if (holds(this)) done(resolve);
        else if (this.#child.exitCode !== null) done(() => reject(new Error(`ended before ${what}; the screen:\n${this.text()}`)));
      };
      const timer = setTimeout(() => done(() => reject(new Error(`no ${what} within ${limitMs} ms; the screen:\n${this.text()}`))), limitMs);
      this.#watchers.push(look);
      look();
    });
  }

  waitFor(pattern: RegExp, limitMs?: number): Promise<void> {
    return this.waitUntil((terminal) => pattern.test(terminal.text()), String(pattern), limitMs);
  }

  /** Grows with everything printed: compare it to see whether the screen is another. */
  get version(): number {
    return this.#writes;
  }

  /** The program's exit code, once it ended; rejects with the screen if it does not. */
  ended(limitMs = 20_000): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`did not end within ${limitMs} ms; the screen:\n${this.text()}`)), limitMs);
      void this.#ended.then((code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  /** Ends the program as closing the window would. Not by SIGHUP: where that is ignored, children inherit it. */
  async close(): Promise<void> {
    this.#child.stdin?.destroy();
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_LIMIT_MS);
    await this.#ended;
    clearTimeout(timer);
    this.#screen.dispose();
  }

  #notify(): void {
    this.#writes += 1;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** Runs `use` with a terminal that is closed afterwards, whatever happens. */
export async function inTerminal<T>(command: string, options: TerminalOptions, use: (terminal: TestTerminal) => Promise<T>): Promise<T> {
  const terminal = new TestTerminal(command, options);
  try {
    return await use(terminal);
  } finally {
    await terminal.close();
  }
}
