import { isFaultError } from "../lang/base/fault.ts";
import type { Identity, NodeApi, ThreadApi } from "../node/api.ts";
import type { Clock } from "../node/ports.ts";
import { Console } from "./console.ts";
import type { IdleLimits } from "./idle.ts";
import type { ShellLog } from "./log.ts";
import { commitNotice } from "./render/commit-notice.ts";
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

/** A session that runs, as far as others have to do with it. */
interface Session {
  start(): void;
  /** Says something that the user did not ask for, a line with its end. */
  notice(text: string): void;
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
  const session = startSession(runner, parts, command);
  parts.node.threadsOf(thread).onCommit((event) => {
    const notice = commitNotice(event);
    if (notice !== undefined) session.notice(notice);
  });
}

function startSession(runner: Runner, parts: SessionParts, command: string | undefined): Session {
  const session = command !== undefined ? new CommandSession(runner, parts, command) : runner.parts.io.terminal !== undefined ? new TerminalSession(runner, parts) : new ScriptSession(runner, parts);
  session.start();
  return session;
}
