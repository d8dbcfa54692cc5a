import type { Connection, PseudoTtyInfo, ServerChannel, Session as SshSession, WindowChangeInfo } from "ssh2";
import type { Identity, NodeApi } from "../../node/api.ts";
import type { SessionIo, TerminalView } from "../session-io.ts";
import type { ShellLog } from "../log.ts";
import { ForwardedAgent } from "./agent.ts";
import { Authentication } from "./authentication.ts";
import { ChannelIo } from "./channel-io.ts";
import type { Guard, TerminalRequest, Watch } from "./guard.ts";

/** What a client asked to run in a channel. */
export type SessionRequest =
  | { readonly kind: "shell" }
  | { readonly kind: "exec"; readonly command: string }
  | { readonly kind: "subsystem"; readonly name: string };

/** Runs a session over its input and output; false when there is no such subsystem. */
export interface SessionStarter {
  accepts(request: SessionRequest): boolean;
  start(request: SessionRequest, identity: Identity, io: SessionIo): void;
}

export interface ClientConnectionParts {
  readonly client: Connection;
  readonly source: string;
  readonly watch: Watch;
  readonly guard: Guard;
  readonly sessions: SessionStarter;
  readonly log: ShellLog;
  readonly isKeyOf: NodeApi["isKeyOf"];
  readonly onLogin: () => void;
}

/** One client from its version line on: who it is, and the channels it opens. Forwarding of ports is refused by ssh2, as nobody listens for it. */
export class ClientConnection {
  private readonly parts: ClientConnectionParts;
  private identity: Identity | undefined;
  /** Set once the client offered its agent, in whichever channel. */
  private agent: ForwardedAgent | undefined;
  private readonly open = new Set<ChannelIo>();

  constructor(parts: ClientConnectionParts) {
    this.parts = parts;
    const { client, watch } = parts;
    const authentication = new Authentication({
      sourceAddress: parts.source,
      isKeyOf: parts.isKeyOf,
      onIdentity: (identity) => (this.identity = identity),
    });
    client.on("authentication", (request) => {
      if (watch.countAuthentication()) authentication.decide(request);
    });
    client.on("ready", () => {
      watch.authenticated();
      parts.onLogin();
    });
    client.on("session", (accept) => this.openSession(accept()));
    client.once("close", () => {
      for (const io of this.open) io.closed();
    });
  }

  private openSession(session: SshSession): void {
    let terminal: TerminalRequest | undefined;
    let io: ChannelIo | undefined;
    session.on("pty", (accept, reject, info) => {
      terminal = this.parts.guard.terminal(terminalOf(info));
      if (terminal === undefined) reject?.();
      else accept?.();
    });
    session.on("window-change", (accept, _reject, info) => {
      terminal = terminal && this.parts.guard.terminal({ ...terminal, ...sizeOf(info) });
      if (terminal !== undefined) io?.resize(terminal);
      accept?.();
    });
    session.on("auth-agent", (accept) => {
      this.agent ??= new ForwardedAgent(this.parts.client);
      accept?.();
    });
    session.on("signal", (accept, _reject, info) => {
      if (info.name === "INT") io?.interrupt();
      accept?.();
    });
    session.on("close", () => {
      if (io === undefined) return;
      this.open.delete(io);
      io.closed();
    });
    const begin = (request: SessionRequest, accept: () => ServerChannel | undefined, reject: (() => void) | undefined): void => {
      if (this.identity === undefined || !this.parts.sessions.accepts(request)) return reject?.();
      const channel = accept();
      if (channel === undefined) return; // asked for a second time
      io = new ChannelIo(channel, this.parts.watch, terminal, () => this.agent);
      this.open.add(io);
      this.parts.sessions.start(request, this.identity, io);
    };
    session.on("shell", (accept, reject) => begin({ kind: "shell" }, accept, reject));
    session.on("exec", (accept, reject, info) => begin({ kind: "exec", command: info.command }, accept, reject));
    session.on("subsystem", (accept, reject, info) => begin({ kind: "subsystem", name: info.name }, accept, reject));
  }
}

function terminalOf(info: PseudoTtyInfo): TerminalRequest {
  return { term: (info as PseudoTtyInfo & { readonly term: string }).term, ...sizeOf(info) };
}

function sizeOf(info: PseudoTtyInfo | WindowChangeInfo): TerminalView {
  return { columns: info.cols, rows: info.rows };
}
