import type { Socket } from "node:net";
import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { Allowance } from "../allowance.ts";
import type { NetworkFault } from "../fault.ts";
import type { Clock } from "../ports.ts";
import { ByteQueue } from "./byte-queue.ts";
import { frameHead, FrameReader, KEEP_ALIVE } from "./frame.ts";
import { encodeHello, takeHello, type Hello } from "./hello.ts";
import type { LinkLimits } from "./limits.ts";

/** Who dialled whom, as seen from here. */
export type Direction = "out" | "in";

/** Why a link ended or was never opened. `refused` is worth telling the operator; a `reason` is for the log. */
export type LinkEnd =
  | { readonly kind: "refused"; readonly fault: NetworkFault }
  | { readonly kind: "self" }
  /** There is another link to that node, which is kept. */
  | { readonly kind: "double"; readonly peer: string }
  | { readonly kind: "closed"; readonly reason: string };

export interface LinkOptions {
  readonly direction: Direction;
  /** Of the other side, as text. */
  readonly address: string;
  readonly hello: Hello;
  readonly clock: Clock;
  readonly limits: LinkLimits;
  readonly mostMessageBytes: number;
  /** The other side said who it is: undefined opens the link. */
  readonly onHello: (link: Link, hello: Hello) => LinkEnd | undefined;
  /** One message after another: the next is read when this one is done with. */
  readonly onMessage: (link: Link, topic: string, message: Uint8Array) => void | Promise<void>;
}

/** One connection to another node: greets, then gives and takes messages until one side ends it. */
export class Link {
  /** Name of the other side; empty until it has greeted. */
  peer = "";
  readonly options: LinkOptions;
  readonly sinceMs: number;
  readonly #socket: Socket;
  readonly #bytes = new ByteQueue();
  readonly #frames: FrameReader;
  readonly #messages: Allowance;
  readonly #volume: Allowance;
  #end: LinkEnd | undefined;
  #cancelSweep: () => void = () => undefined;
  /** Time spent listening since the last whole frame, and since when we listen now. */
  #silentMs = 0;
  #listeningSinceMs: number | undefined;
  #queuedBytes = 0;
  #saidAtMs: number;
  /** When the other side last took something of what waits for it. */
  #tookAtMs: number;

  constructor(socket: Socket, options: LinkOptions) {
    this.options = options;
    this.#socket = socket;
    this.#frames = new FrameReader(this.#bytes, options.mostMessageBytes);
    this.#messages = new Allowance(options.clock, options.limits.messages);
    this.#volume = new Allowance(options.clock, options.limits.bytes);
    this.sinceMs = this.#saidAtMs = this.#tookAtMs = options.clock.nowMs();
    // The iteration over the socket tells of errors too; without a listener one that comes later would end the process.
    socket.on("error", (error) => this.close({ kind: "closed", reason: error.message }));
    socket.setNoDelay(true);
  }

  /** Resolves when the link is over, with the reason. */
  async run(): Promise<LinkEnd> {
    this.#socket.write(encodeHello(this.options.hello));
    this.#sweepLater(this.options.limits.helloMs);
    try {
      await this.#read();
      this.close({ kind: "closed", reason: "the other side ended it" });
    } catch (error) {
      this.close(isFaultError(error) ? { kind: "refused", fault: error.fault as NetworkFault } : { kind: "closed", reason: (error as Error).message });
    }
    return this.#end ?? { kind: "closed", reason: "" };
  }

  /** The first reason given counts. */
  close(end: LinkEnd): void {
    this.#end ??= end;
    this.#cancelSweep();
    this.#socket.destroy();
  }

  /** Resolves when the socket has taken the message or the link is over. What exceeds the peer's queue is dropped. */
  send(topic: string, message: Uint8Array): Promise<void> {
    const { limits, mostMessageBytes } = this.options;
    const isFull = this.#queuedBytes > 0 && this.#queuedBytes + message.length > limits.queueBytes + mostMessageBytes;
    if (this.#end !== undefined || isFull || message.length > mostMessageBytes) return Promise.resolve();
    if (this.#queuedBytes === 0) this.#tookAtMs = this.options.clock.nowMs();
    this.#queuedBytes += message.length;
    this.#saidAtMs = this.options.clock.nowMs();
    return new Promise((resolve) => {
      this.#socket.cork();
      this.#socket.write(frameHead(topic, message.length));
      this.#socket.write(message, () => {
        this.#queuedBytes -= message.length;
        this.#tookAtMs = this.options.clock.nowMs();
        resolve();
      });
      this.#socket.uncork();
    });
  }

  /** Reads no faster than messages are dealt with: the socket is not asked for more meanwhile. */
  async #read(): Promise<void> {
    this.#listeningSinceMs = this.options.clock.nowMs();
    for await (const chunk of this.#socket as AsyncIterable<Uint8Array>) {
      this.#stopListening();
      this.#bytes.push(chunk);
      if (this.peer === "") this.#greet();
      if (this.peer !== "") await this.#deliver();
      if (this.#end !== undefined) return;
      this.#listeningSinceMs = this.options.clock.nowMs();
    }
  }

  #greet(): void {
    const hello = takeHello(this.#bytes);
    if (hello === undefined) return;
    const end = this.options.onHello(this, hello);
    if (end !== undefined) return this.close(end);
    this.peer = toHex(hello.nodeId);
    this.#silentMs = 0;
  }

  async #deliver(): Promise<void> {
    for (let frame = this.#frames.next(); frame !== undefined && this.#end === undefined; frame = this.#frames.next()) {
      this.#silentMs = 0;
      await this.#inTurn(frame.kind === "message" ? frame.message.length : 0);
      if (frame.kind === "message") await this.options.onMessage(this, frame.topic, frame.message);
    }
  }

  /** Between two messages everything else gets its turn; who sends too many waits. */
  async #inTurn(sizeBytes: number): Promise<void> {
    await this.#allowed(this.#messages, 1);
    await this.#allowed(this.#volume, sizeBytes);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #allowed(allowance: Allowance, count: number): Promise<void> {
    const { clock } = this.options;
    while (!allowance.take(count) && this.#end === undefined) await new Promise<void>((resolve) => void clock.after(allowance.waitMs(count), resolve));
  }

  #stopListening(): void {
    if (this.#listeningSinceMs !== undefined) this.#silentMs += this.options.clock.nowMs() - this.#listeningSinceMs;
    this.#listeningSinceMs = undefined;
  }

  #sweepLater(delayMs: number): void {
    this.#cancelSweep = this.options.clock.after(delayMs, () => this.#sweep());
  }

  /** Ends what has gone silent or stalled, and says that we are there. */
  #sweep(): void {
    const { limits, clock } = this.options;
    const nowMs = clock.nowMs();
    const silentMs = this.#silentMs + (this.#listeningSinceMs === undefined ? 0 : nowMs - this.#listeningSinceMs);
    if (this.peer === "") return this.close({ kind: "closed", reason: "it did not say what it is" });
    if (silentMs > limits.silenceMs) return this.close({ kind: "closed", reason: "nothing whole came for too long" });
    if (this.#queuedBytes > 0 && nowMs - this.#tookAtMs > limits.stallMs) return this.close({ kind: "closed", reason: "it takes nothing" });
    if (nowMs - this.#saidAtMs >= limits.keepAliveMs && this.#queuedBytes === 0) this.#socket.write(KEEP_ALIVE, () => (this.#tookAtMs = clock.nowMs()));
    this.#sweepLater(limits.keepAliveMs);
  }
}
