import type { ServerChannel } from "ssh2";
import type { InputListener, SessionIo, SigningAgent, TerminalView } from "../session-io.ts";
import type { Watch } from "./guard.ts";
import { OutputValve } from "./valve.ts";

/** A session's input and output over an SSH channel. */
export class ChannelIo implements SessionIo {
  private readonly channel: ServerChannel;
  private readonly valve: OutputValve;
  private readonly agentNow: () => SigningAgent | undefined;
  private listener: InputListener | undefined;
  private over = false;
  terminal: TerminalView | undefined;

  constructor(channel: ServerChannel, watch: Watch, terminal: TerminalView | undefined, agentNow: () => SigningAgent | undefined) {
    this.channel = channel;
    this.valve = new OutputValve(channel, watch);
    this.agentNow = agentNow;
    this.terminal = terminal;
    channel.on("error", () => this.closed());
    channel.stderr.on("error", () => this.closed());
  }

  get agent(): SigningAgent | undefined {
    return this.agentNow();
  }

  write(bytes: Uint8Array): void {
    if (this.valve.write("out", bytes) === "crowded") this.listener?.onCrowded();
  }

  writeError(bytes: Uint8Array): void {
    this.valve.write("error", bytes);
  }

  listen(listener: InputListener): void {
    this.listener = listener;
    if (this.over) return listener.onClosed();
    this.channel.on("data", (bytes: Buffer) => listener.onData(bytes));
    this.channel.once("end", () => listener.onEnd());
  }

  pause(): void {
    this.channel.pause();
  }

  resume(): void {
    this.channel.resume();
  }

  end(exitCode: number): void {
    this.valve.end(exitCode);
    this.channel.resume(); // unread input would keep ssh2 from closing the channel
  }

  resize(view: TerminalView): void {
    this.terminal = { columns: view.columns, rows: view.rows };
    this.listener?.onResize(this.terminal);
  }

  interrupt(): void {
    this.listener?.onInterrupt();
  }

  closed(): void {
    if (this.over) return;
    this.over = true;
    this.valve.close();
    this.listener?.onClosed();
  }
}
