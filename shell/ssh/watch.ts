import type { Socket } from "node:net";
import type { Connection } from "ssh2";
import type { Clock } from "../../node/ports.ts";
import type { Watch } from "./guard.ts";
import { internalsOf, OPEN_FAILURE, type ChannelInternals, type ClientInternals, type MessageHandler } from "./internals.ts";
import type { Limits } from "./limits.ts";
import type { Offence } from "./sources.ts";

type Handle<Args extends readonly unknown[]> = (protocol: unknown, ...args: Args) => void;
interface OpenInfo {
  readonly sender: number;
  readonly packetSize: number;
}

/** The guard of one connection: time limits, counters, and ssh2's message handlers wrapped in checks. */
export class ConnectionWatch implements Watch {
  private readonly socket: Socket;
  private readonly limits: Limits;
  private readonly clock: Clock;
  private readonly onOffence: (offence: Offence, reason: string) => void;
  private client: ClientInternals | undefined;
  private requestRekey: (() => void) | undefined;
  private cancelDeadline: () => void;
  private ended = false;
  private authRequests = 0;
  private loggedIn = false;
  private rekeyTokens: number;
  private rekeyTokensAtMs: number;
  private ownRekeys = 0;
  private bytesAtRekey = 0;
  private exchangeSinceMs: number | undefined;
  private blockedSinceMs: number | undefined;
  private bytesWrittenThen = 0;
  private bytesHeard = 0;
  private heardAtMs: number;
  private askedAtMs: number;
  private readonly roomListeners = new Set<() => void>();

  constructor(socket: Socket, limits: Limits, clock: Clock, onOffence: (offence: Offence, reason: string) => void) {
    this.socket = socket;
    this.limits = limits;
    this.clock = clock;
    this.onOffence = onOffence;
    this.rekeyTokens = limits.rekeyBurst;
    this.rekeyTokensAtMs = clock.nowMs();
    this.heardAtMs = clock.nowMs();
    this.askedAtMs = clock.nowMs();
    this.cancelDeadline = this.deadline(limits.versionLineMs, "no version line");
    const cancelGrace = clock.after(limits.loginGraceMs, () => {
      if (!this.loggedIn) this.end("noLogin", "no login in time");
    });
    socket.once("close", () => {
      this.ended = true;
      this.cancelDeadline();
      cancelGrace();
    });
    socket.on("drain", () => this.roomGrew());
  }

  adopt(client: Connection): void {
    const internals = internalsOf(client);
    this.client = internals;
    this.requestRekey = () => client.rekey();
    this.cancelDeadline();
    this.cancelDeadline = this.deadline(this.limits.keyExchangeMs, "key exchange not finished");
    client.once("handshake", () => this.cancelDeadline());
    client.on("rekey", () => this.rekeyed());
    this.wrapHandlers(internals);
    this.socket.on("data", () => this.afterMessages(internals));
  }

  countAuthentication(): boolean {
    if (this.ended) return false;
    if (++this.authRequests <= this.limits.authRequests) return true;
    this.end("abuse", "too many authentication requests");
    return false;
  }

  authenticated(): void {
    this.loggedIn = true;
  }

  roomBytes(): number {
    if (this.ended || this.client?._protocol._kexinit !== undefined) return 0;
    return Math.max(0, this.limits.socketBacklogBytes - this.socket.writableLength);
  }

  judgeBacklog(backlogBytes: number): "fine" | "crowded" | "ended" {
    if (backlogBytes > this.limits.outputBacklogBytes) this.end("refused", "output not read");
    if (this.ended) return "ended";
    return backlogBytes * 2 > this.limits.outputBacklogBytes ? "crowded" : "fine";
  }

  onRoom(run: () => void): () => void {
    this.roomListeners.add(run);
    return () => this.roomListeners.delete(run);
  }

  /** Looks for what no event reports: an exchange that never ends, output that is never taken. */
  sweep(): void {
    const nowMs = this.clock.nowMs();
    if (this.client?._protocol._kexinit === undefined) this.exchangeSinceMs = undefined;
    else this.exchangeSinceMs ??= nowMs;
    if (this.exchangeSinceMs !== undefined && nowMs - this.exchangeSinceMs > this.limits.keyExchangeMs) {
      return this.end("abuse", "key exchange not finished");
    }
    const written = this.socket.bytesWritten - this.socket.writableLength;
    if (this.socket.writableLength === 0 || written !== this.bytesWrittenThen) this.blockedSinceMs = undefined;
    else this.blockedSinceMs ??= nowMs;
    this.bytesWrittenThen = written;
    if (this.blockedSinceMs !== undefined && nowMs - this.blockedSinceMs > this.limits.stalledMs) {
      return this.end("refused", "client takes no output");
    }
    if (this.isSilent(nowMs)) return this.end("refused", "client does not answer");
    const bytes = this.socket.bytesRead + this.socket.bytesWritten;
    if (this.loggedIn && bytes - this.bytesAtRekey > this.limits.rekeyAfterBytes && this.exchangeSinceMs === undefined) {
      this.bytesAtRekey = bytes;
      this.ownRekeys++;
      this.requestRekey?.();
    }
  }

  /** Asks a client that has been quiet whether it is there; true when it has been quiet for too long. */
  private isSilent(nowMs: number): boolean {
    if (this.socket.bytesRead !== this.bytesHeard) {
      this.bytesHeard = this.socket.bytesRead;
      this.heardAtMs = nowMs;
      this.askedAtMs = nowMs;
    }
    if (!this.loggedIn || this.exchangeSinceMs !== undefined) return false;
    if (nowMs - this.askedAtMs >= this.limits.askAliveMs && this.roomBytes() > 0) {
      this.askedAtMs = nowMs;
      this.client?._protocol.ping();
    }
    return nowMs - this.heardAtMs >= this.limits.silentMs;
  }

  private deadline(delayMs: number, reason: string): () => void {
    return this.clock.after(delayMs, () => this.end("noLogin", reason));
  }

  /** Ends the connection now: what the client has already sent is not looked at any more. */
  private end(offence: Offence, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    const handlers = this.client?._protocol._handlers ?? {};
    for (const name of Object.keys(handlers)) handlers[name] = () => undefined;
    this.socket.destroy();
    this.onOffence(offence, reason);
  }

  private wrapHandlers(client: ClientInternals): void {
    this.wrap<[OpenInfo]>(client, "CHANNEL_OPEN", (next) => (protocol, info) => {
      if (info.packetSize < this.limits.leastPacketBytes) {
        client._protocol.channelOpenFail(info.sender, OPEN_FAILURE.prohibited, "packet size too small");
      } else if (client._chanMgr._count >= this.limits.channelsPerConnection) {
        client._protocol.channelOpenFail(info.sender, OPEN_FAILURE.shortage, "too many channels");
      } else next(protocol, info);
    });
    this.wrap<[OpenInfo]>(client, "CHANNEL_OPEN_CONFIRMATION", (next) => (protocol, info) => {
      if (info.packetSize < this.limits.leastPacketBytes) this.end("abuse", "packet size too small");
      else next(protocol, info);
    });
    this.wrap<[number, Uint8Array]>(client, "CHANNEL_DATA", (next) => (protocol, id, data) => {
      const channel = channelOf(client, id);
      if (channel?.incoming !== undefined && data.length > channel.incoming.window) return this.end("abuse", "window overrun");
      next(protocol, id, data);
      if ((channel?._readableState?.buffer.length ?? 0) > this.limits.unreadPackets) this.end("abuse", "too many small packets");
    });
    this.wrap<[number, number]>(client, "CHANNEL_WINDOW_ADJUST", (next) => (protocol, id, bytes) => {
      next(protocol, id, bytes);
      this.roomGrew();
    });
    this.wrap<[number]>(client, "CHANNEL_CLOSE", (next) => (protocol, id) => {
      const session = client._chanMgr.get(id);
      next(protocol, id);
      if (typeof session === "object") forgetUnstarted(client, id, session);
    });
  }

  private wrap<Args extends readonly unknown[]>(client: ClientInternals, name: string, around: (next: Handle<Args>) => Handle<Args>): void {
    const handlers = client._protocol._handlers;
    const next = handlers[name] as unknown as Handle<Args>;
    handlers[name] = around(next) as unknown as MessageHandler;
  }

  /** After each piece of input: answers pile up when a client asks and does not read, so we stop reading as well. */
  private afterMessages(client: ClientInternals): void {
    if (this.ended) return;
    if ((client._protocol._queue?.length ?? 0) > this.limits.queuedPackets) {
      this.end("abuse", "requests during a key exchange");
    } else if (this.socket.writableLength > this.limits.socketBacklogBytes) {
      this.socket.pause();
      this.socket.once("drain", () => this.socket.resume());
    }
  }

  private rekeyed(): void {
    if (this.ownRekeys > 0) this.ownRekeys--;
    else this.countRekey();
    this.roomGrew();
  }

  private countRekey(): void {
    const nowMs = this.clock.nowMs();
    const earned = (nowMs - this.rekeyTokensAtMs) / this.limits.rekeyEveryMs;
    this.rekeyTokens = Math.min(this.limits.rekeyBurst, this.rekeyTokens + earned) - 1;
    this.rekeyTokensAtMs = nowMs;
    if (this.rekeyTokens < 0) this.end("abuse", "too many key exchanges");
  }

  private roomGrew(): void {
    for (const run of this.roomListeners) run();
  }
}

function channelOf(client: ClientInternals, id: number): ChannelInternals | undefined {
  const entry = client._chanMgr.get(id);
  if (typeof entry !== "object") return undefined;
  return entry._chanInfo === undefined ? entry : entry._channel;
}

/** ssh2 never forgets a session that is closed before a shell or command began in it, nor confirms the close. */
function forgetUnstarted(client: ClientInternals, id: number, session: ChannelInternals): void {
  if (session._chanInfo === undefined || session._channel !== undefined) return;
  client._chanMgr.remove(id);
  client._protocol.channelClose(session._chanInfo.outgoing.id);
}
