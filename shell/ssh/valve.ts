import type { ServerChannel } from "ssh2";
import type { Watch } from "./guard.ts";
import { outgoingFlow } from "./internals.ts";

/**
 * The way out of one channel. ssh2 hands everything the client's window allows to the socket, and a client may
 * announce 4 GiB and stop reading; and its own wait for the window mixes up standard output and error once both
 * had to wait. So the valve passes on no more than the window and the guard's room allow, and holds the rest.
 */
export class OutputValve {
  private readonly channel: ServerChannel;
  private readonly watch: Watch;
  private readonly queue: { readonly stream: "out" | "error"; bytes: Uint8Array }[] = [];
  private exitCode: number | undefined;
  private closed = false;
  private readonly forgetRoom: () => void;
  /** Bytes that wait for the client. */
  backlogBytes = 0;

  constructor(channel: ServerChannel, watch: Watch) {
    this.channel = channel;
    this.watch = watch;
    this.forgetRoom = watch.onRoom(() => this.pump());
  }

  /** "crowded" asks whoever produces the output to stop. */
  write(stream: "out" | "error", bytes: Uint8Array): "fine" | "crowded" {
    if (this.closed || this.exitCode !== undefined || bytes.length === 0) return "fine";
    this.queue.push({ stream, bytes });
    this.backlogBytes += bytes.length;
    this.pump();
    const verdict = this.watch.judgeBacklog(this.backlogBytes);
    if (verdict !== "ended") return verdict;
    this.close();
    return "fine";
  }

  /** Sends the exit status once everything before it is on its way, then closes the channel. */
  end(exitCode: number): void {
    this.exitCode ??= exitCode;
    this.pump();
  }

  /** The client is gone: nothing more can be sent. */
  close(): void {
    this.closed = true;
    this.forgetRoom();
    this.queue.length = 0;
    this.backlogBytes = 0;
  }

  private pump(): void {
    while (!this.closed && this.queue.length > 0) {
      const flow = outgoingFlow(this.channel);
      if (flow.state !== "open") return this.close();
      const room = Math.min(this.watch.roomBytes(), flow.window);
      if (room <= 0) return;
      this.send(room);
    }
    if (!this.closed && this.exitCode !== undefined) {
      this.close();
      this.channel.exit(this.exitCode);
      this.channel.end();
    }
  }

  private send(room: number): void {
    const head = this.queue[0];
    if (head === undefined) return;
    const piece = head.bytes.subarray(0, room);
    if (piece.length === head.bytes.length) this.queue.shift();
    else head.bytes = head.bytes.subarray(piece.length);
    this.backlogBytes -= piece.length;
    (head.stream === "out" ? this.channel : this.channel.stderr).write(piece);
  }
}
