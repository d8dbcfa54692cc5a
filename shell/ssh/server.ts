import { createServer, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import ssh2, { type Connection } from "ssh2";
import { FaultError } from "../../lang/base/fault.ts";
import type { NodeApi } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import type { ShellLog } from "../log.ts";
import { ALGORITHMS, IDENT } from "./algorithms.ts";
import { ClientConnection, type SessionStarter } from "./connection.ts";
import type { Guard, Watch } from "./guard.ts";
import type { HostKey } from "./host-key.ts";
import { internalsOf } from "./internals.ts";
import { normalizeSource } from "./sources.ts";

export interface SshServerParts {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly hostKey: HostKey;
  readonly guard: Guard;
  readonly log: ShellLog;
  /** Who may log in under the address of a domain. */
  readonly isKeyOf: NodeApi["isKeyOf"];
  /** Runs what comes after authentication. */
  readonly sessions: SessionStarter;
}
export interface SshServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Takes no new connections and ends those there are. */
  stop(): Promise<void>;
}

/**
 * Listens for SSH. Sockets are accepted here and handed to ssh2 afterwards: ssh2's own `listen` leaves Nagle's
 * algorithm on (43.8 ms to ready instead of 2.2) and knows no connection before its version line has come.
 * Faults: SHELL_PORT_TAKEN, SHELL_CANNOT_LISTEN.
 */
export async function startSshServer(parts: SshServerParts): Promise<SshServer> {
  const { guard, log, sessions } = parts;
  const open = new Map<Socket, { readonly watch: Watch; readonly source: string; settle: () => void }>();
  const ssh = new ssh2.Server({ hostKeys: [parts.hostKey.privateFile], algorithms: ALGORITHMS, ident: IDENT }, adopt);

  function accept(socket: Socket): void {
    socket.on("error", () => undefined); // a reset by the other side; "close" follows
    const source = normalizeSource(socket.remoteAddress ?? "");
    const place = guard.enter(source);
    if (typeof place === "string") {
      log.info("connection refused", { source, reason: place });
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    open.set(socket, { watch: guard.watch(socket, source), source, settle: place.settle });
    socket.once("close", () => {
      open.delete(socket);
      place.leave();
    });
    ssh.injectSocket(socket);
  }

  function adopt(client: Connection): void {
    client.on("error", (error) => log.info("ssh error", { reason: error.message }));
    const entry = open.get(internalsOf(client)._sock);
    if (entry === undefined) return void client.end();
    entry.watch.adopt(client);
    new ClientConnection({ client, source: entry.source, watch: entry.watch, guard, sessions, log, isKeyOf: parts.isKeyOf, onLogin: entry.settle });
  }

  const listener = createServer(accept);
  try {
    await listen(listener, parts);
  } catch (error) {
    guard.stop();
    throw error;
  }
  const { address, port } = listener.address() as AddressInfo;
  return {
    address: { host: address, port },
    async stop() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of open.keys()) socket.destroy();
      await closed;
      guard.stop();
    },
  };
}

function listen(listener: NetServer, { host, port }: SshServerParts): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once("error", (error: NodeJS.ErrnoException) => {
      const fault: ShellFault =
        error.code === "EADDRINUSE"
          ? { code: "SHELL_PORT_TAKEN", host, port }
          : { code: "SHELL_CANNOT_LISTEN", host, port, reason: error.code ?? error.message };
      reject(new FaultError(fault));
    });
    listener.listen({ host, port }, resolve);
  });
}
