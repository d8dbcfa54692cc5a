import { connect as connectSocket } from "node:net";
import xterm from "@xterm/headless";
import ssh2, { type ClientChannel, type ConnectConfig } from "ssh2";

type Terminal = InstanceType<typeof xterm.Terminal>;

/** What one command over SSH gave. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** Connects as a client; `alice` without a key unless the options say otherwise. */
export function connect(port: number, options: ConnectConfig = {}): Promise<ssh2.Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("error", reject); // after `ready` it rejects nothing any more, and keeps a late reset quiet
    client.once("ready", () => resolve(client));
    client.on("keyboard-interactive", (_name, _text, _lang, _prompts, finish) => finish([]));
    const { localAddress = "127.0.0.1", ...rest } = options;
    // ssh2 leaves Nagle's algorithm on, which costs a client 40 ms at every turn.
    const sock = connectSocket({ host: "127.0.0.1", port, localAddress, noDelay: true });
    client.connect({ sock, username: "alice", tryKeyboard: true, readyTimeout: 5_000, ...rest });
  });
}

/** Runs a command, or a script on standard input when `command` is undefined. */
export function exec(client: ssh2.Client, command: string | undefined, input?: string | Uint8Array, options: ssh2.ExecOptions = {}): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const begin = (error: Error | undefined, channel: ClientChannel): void => {
      if (error !== undefined) return reject(error);
      let stdout = "";
      let stderr = "";
      let exitCode: number | undefined;
      channel.on("data", (bytes: Buffer) => (stdout += bytes.toString("utf8")));
      channel.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("utf8")));
      channel.on("exit", (code: number) => (exitCode = code));
      channel.on("close", () => resolve({ stdout, stderr, exitCode }));
      if (input !== undefined || command === undefined) channel.end(Buffer.from(input ?? ""));
    };
    if (command === undefined) client.shell(false, begin);
    else client.exec(command, options, begin);
  });
}

/** A terminal with a screen that a test can read: an interactive session over SSH. */
export class TestTerminal {
  readonly screen: Terminal;
  private readonly channel: ClientChannel;
  private readonly watchers = new Set<() => void>();
  exitCode: number | undefined;
  closed = false;

  private constructor(channel: ClientChannel, columns: number, rows: number) {
    this.channel = channel;
    this.screen = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
    const notify = (): void => {
      for (const watch of [...this.watchers]) watch();
    };
    channel.on("data", (bytes: Buffer) => this.screen.write(bytes, notify));
    channel.on("exit", (code: number) => (this.exitCode = code));
    channel.on("close", () => {
      this.closed = true;
      notify();
    });
  }

  static open(client: ssh2.Client, size: { columns?: number; rows?: number; term?: string; agentForward?: boolean } = {}): Promise<TestTerminal> {
    const { columns = 80, rows = 24, term = "xterm-256color", agentForward = false } = size;
    return new Promise((resolve, reject) => {
      const window = { cols: columns, rows, term };
      const begin = (error: Error | undefined, channel: ClientChannel): void => (error === undefined ? resolve(new TestTerminal(channel, columns, rows)) : reject(error));
      client.shell(window, { agentForward } as ssh2.ShellOptions, begin);
    });
  }

  /** All rows from the top of the scrollback, trimmed at the right. */
  text(): string {
    const buffer = this.screen.buffer.active;
    const rows = Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? "");
    return rows.join("\n").trimEnd();
  }

  key(text: string): void {
    this.channel.write(text);
  }
  /** A line and Enter. */
  type(line: string): void {
    this.key(`${line}\r`);
  }
  paste(text: string): void {
    this.key(`\x1b[200~${text}\x1b[201~`);
  }
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.channel.setWindow(rows, columns, 0, 0);
  }

  /** Resolves when the screen holds `expected`; fails with the screen after 3 s. */
  waitFor(expected: string | RegExp): Promise<string> {
    return this.until(() => (typeof expected === "string" ? this.text().includes(expected) : expected.test(this.text())), String(expected));
  }

  untilClosed(): Promise<string> {
    return this.until(() => this.closed, "the end of the session");
  }

  private until(holds: () => boolean, what: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.watchers.delete(check);
        settle();
      };
      const check = (): void => {
        if (holds()) finish(() => resolve(this.text()));
        else if (this.closed) finish(() => reject(new Error(`closed while waiting for ${what}; the screen:\n${this.text()}`)));
      };
      const timer = setTimeout(() => finish(() => reject(new Error(`no ${what} within 20 s; the screen:\n${this.text()}`))), 20_000);
      this.watchers.add(check);
      check();
    });
  }
}
