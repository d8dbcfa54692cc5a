import { isFaultError } from "../lang/base/fault.ts";
import type { Identity, NodeApi, ThreadApi } from "../node/api.ts";
import type { Clock } from "../node/ports.ts";
import { Console } from "./console.ts";
import type { IdleLimits } from "./idle.ts";
import type { ShellLog } from "./log.ts";
import { renderFault } from "./render/report.ts";
import { Runner } from "./runner.ts";
import { CommandSession, ScriptSession } from "./script-session.ts";
import type { SessionIo } from "./session-io.ts";
import { TerminalSession } from "./terminal-session.ts";

/** What one session is made of. */
export interface SessionParts {
  readonly node: NodeApi;
  readonly log: ShellLog;
  readonly unreadLimitBytes: number;
  readonly clock: Clock;
  readonly idle: IdleLimits;
}

/**
 * Opens a thread and runs a session in it: with a terminal line by line, without one a command or a script.
 * A command with a terminal (`ssh -t host 'line'`) is a command whose output is a terminal's.
 */
export async function runSession(parts: SessionParts, identity: Identity, io: SessionIo, command: string | undefined): Promise<void> {
  const console = new Console(io);
  let thread: ThreadApi;
  try {
    thread = await parts.node.openThread(identity);
  } catch (error) {
    if (!isFaultError(error)) parts.log.warn("no thread for a session", { reason: String(error) });
    console.complain(isFaultError(error) ? renderFault({ fault: error.fault, trace: [] }) : "! this node cannot open a session now\n");
    return io.end(1);
  }
  const runner = new Runner({ node: parts.node, thread, identity, io, console, log: parts.log, unreadLimitBytes: parts.unreadLimitBytes });
  if (command !== undefined) return new CommandSession(runner, parts, command).start();
  if (io.terminal !== undefined) return new TerminalSession(runner, parts).start();
  return new ScriptSession(runner, parts).start();
}
