import type { Socket } from "node:net";
import type { Connection } from "ssh2";
import type { Clock, Random } from "../../node/ports.ts";
import type { ShellLog } from "../log.ts";
import type { Limits } from "./limits.ts";
import { Sources, type Offence, type Place, type Refusal } from "./sources.ts";
import { ConnectionWatch } from "./watch.ts";

/**
 * What stands between the network and ssh2, which by itself has no cap on connections, channels, attempts,
 * buffers or key exchanges, and no time limit. The server asks it before it spends anything on a client.
 * The tests put one in its place that allows everything, to show that each attack then succeeds.
 */
export interface Guard {
  /** Takes a place for a new connection or says why there is none. */
  enter(source: string): Place | Refusal;
  /** Watches a socket from the moment it was accepted. */
  watch(socket: Socket, source: string): Watch;
  /** What of a terminal request is used; undefined refuses it. */
  terminal(request: TerminalRequest): TerminalRequest | undefined;
  stop(): void;
}

/** The guard of one connection. Whatever breaks a limit ends the connection at once. */
export interface Watch {
  /** The version line has come, and with it ssh2's client object. */
  adopt(client: Connection): void;
  /** Counts an authentication request; false when there were too many and the connection is over. */
  countAuthentication(): boolean;
  authenticated(): void;
  /** Bytes of output that may be handed to the socket now. */
  roomBytes(): number;
  /** Judges how much output waits for the client: from half the limit on it is crowded, beyond it the connection has ended. */
  judgeBacklog(backlogBytes: number): "fine" | "crowded" | "ended";
  /** Calls back whenever `roomBytes` may have grown, until the returned function is called. */
  onRoom(run: () => void): () => void;
}

export interface TerminalRequest {
  readonly term: string;
  readonly columns: number;
  readonly rows: number;
}

export interface GuardParts {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ShellLog;
}

/** What a terminal without a name counts as. */
const NAMELESS = "dumb";
/** Letters, digits and . + - _ only: blessed opens what TERM names as a file, and /dev/zero has no end. */
const TERM = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/;

/** The real guard. `stop` lets go of its timer; connections are ended by the server. */
export function createGuard(parts: GuardParts): Guard {
  const { limits, clock, random, log } = parts;
  const sources = new Sources(limits, clock, random);
  const watches = new Set<ConnectionWatch>();
  const sweepMs = Math.min(5_000, limits.stalledMs / 4);
  let cancelSweep = clock.after(sweepMs, sweep);
  function sweep(): void {
    for (const watch of watches) watch.sweep();
    cancelSweep = clock.after(sweepMs, sweep);
  }
  return {
    enter: (source) => sources.enter(source),
    watch(socket, source) {
      const onOffence = (offence: Offence, reason: string): void => {
        sources.penalize(source, offence);
        log.warn("connection ended by the guard", { source, reason });
      };
      const watch = new ConnectionWatch(socket, limits, clock, onOffence);
      watches.add(watch);
      socket.once("close", () => watches.delete(watch));
      return watch;
    },
    terminal: (request) => clampTerminal(request, limits),
    stop: () => cancelSweep(),
  };
}

function clampTerminal(request: TerminalRequest, limits: Limits): TerminalRequest | undefined {
  const term = request.term === "" ? NAMELESS : request.term; // what ssh sends where TERM is not set
  if (!TERM.test(term)) return undefined;
  return {
    term,
    columns: clamp(request.columns || 80, limits.columns),
    rows: clamp(request.rows || 24, limits.rows),
  };
}

function clamp(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.max(least, Math.min(most, value));
}
