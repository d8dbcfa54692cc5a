import type { NodeApi } from "../node/api.ts";
import type { Clock, Random } from "../node/ports.ts";
import type { ShellLog } from "./log.ts";
import { runSession } from "./session.ts";
import { createGuard, type Guard } from "./ssh/guard.ts";
import { hostKeyFromSeed } from "./ssh/host-key.ts";
import { RPC_SUBSYSTEM } from "./ssh/rpc-frames.ts";
import { RpcSession } from "./ssh/rpc.ts";
import { LIMITS, type Limits } from "./ssh/limits.ts";
import { startSshServer } from "./ssh/server.ts";

export interface ShellConfig {
  readonly host: string;
  readonly port: number;
  /** 32 bytes; the same at every start, so that clients know the node again. */
  readonly hostKeySeed: Uint8Array;
}
export interface ShellParts {
  readonly node: NodeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ShellLog;
  readonly limits?: Limits;
  /** Tests take the guard away here. */
  readonly guard?: Guard;
}

/** The SSH server until it is stopped. */
export interface RunningShell {
  readonly address: { readonly host: string; readonly port: number };
  /** "SHA256:…" as ssh shows it at the first connection. */
  readonly hostKeyFingerprint: string;
  stop(): Promise<void>;
}

/** Opens the shell to the world: an SSH server whose sessions run in threads of the node. Faults: SHELL_PORT_TAKEN, SHELL_CANNOT_LISTEN. */
export async function startShell(config: ShellConfig, parts: ShellParts): Promise<RunningShell> {
  const { node, clock, random, log, limits = LIMITS } = parts;
  const hostKey = hostKeyFromSeed(config.hostKeySeed);
  const guard = parts.guard ?? createGuard({ limits, clock, random, log });
  const session = { node, log, clock, idle: limits, unreadLimitBytes: limits.outputBacklogBytes / 2 };
  const server = await startSshServer({
    host: config.host,
    port: config.port,
    hostKey,
    guard,
    log,
    isKeyOf: (domain, publicKey) => node.isKeyOf(domain, publicKey),
    sessions: {
      accepts: (request) => request.kind !== "subsystem" || request.name === RPC_SUBSYSTEM,
      start(request, identity, io) {
        if (request.kind === "subsystem") return new RpcSession({ node, log }, identity, io).start();
        runSession(session, identity, io, request.kind === "exec" ? request.command : undefined).catch((error: unknown) => {
          log.warn("session failed", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
          io.end(1);
        });
      },
    },
  });
  return { address: server.address, hostKeyFingerprint: hostKey.fingerprint, stop: () => server.stop() };
}
