import { chmodSync, lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import { sshString } from "../../node/api.ts";
import { Conversation, type AgentUser, type ConversationParts } from "./conversation.ts";
import { AgentFrames } from "./frames.ts";
import { MAX_PACKAGE_MESSAGE_BYTES } from "./messages.ts";

export interface RunningAgent {
  /** What SSH_AUTH_SOCK or ssh's IdentityAgent is set to. */
  readonly socketPath: string;
  stop(): Promise<void>;
}

const MOST_CONNECTIONS = 32;
/** Questions that wait for the user; a node that asks more is refused. */
const MOST_QUESTIONS = 4;

/**
 * Serves a grid agent at a Unix socket that only its owner can open, which `ssh -A` forwards. A socket that a dead
 * agent left is replaced. Fault: SHELL_AGENT_SOCKET.
 */
export async function startGridAgent(socketPath: string, parts: ConversationParts): Promise<RunningAgent> {
  const open = new Set<Socket>();
  const user = inTurn(parts.user);
  const server = createServer((socket) => {
    if (open.size >= MOST_CONNECTIONS) return void socket.destroy();
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    serve(socket, new Conversation({ ...parts, user }));
  });
  await clear(socketPath);
  await listen(server, socketPath);
  return {
    socketPath,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Messages of one connection are answered one after another; when it closes, questions about them end. */
function serve(socket: Socket, conversation: Conversation): void {
  const frames = new AgentFrames(MAX_PACKAGE_MESSAGE_BYTES);
  const ended = new AbortController();
  let work: Promise<void> = Promise.resolve();
  socket.on("error", () => undefined); // "close" follows
  socket.once("close", () => ended.abort(new FaultError<ShellFault>({ code: "SHELL_INTERRUPTED" })));
  socket.on("data", (bytes) => {
    const messages = frames.push(bytes);
    if (messages === undefined) return void socket.destroy();
    if (messages.length > 0) socket.pause();
    for (const message of messages) {
      work = work.then(async () => {
        if (!ended.signal.aborted) socket.write(sshString(await conversation.answer(message, ended.signal)));
      });
    }
    void work.then(() => socket.resume());
  });
}

/** One question at a time, however many connections ask. */
function inTurn(user: AgentUser): AgentUser {
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const queued = (signal: AbortSignal, ask: () => Promise<boolean>): Promise<boolean> => {
    if (waiting >= MOST_QUESTIONS) return Promise.resolve(false);
    waiting++;
    const asked = tail.then(() => !signal.aborted && ask()).finally(() => waiting--);
    tail = asked.catch(() => undefined);
    return asked;
  };
  return {
    approve: (question, signal) => queued(signal, () => user.approve(question, signal)),
    allowsLogin: (login, signal) => queued(signal, () => user.allowsLogin(login, signal)),
    note: (text) => user.note(text),
  };
}

/** Takes away a socket nobody listens at. Anything else at this place is left alone. */
async function clear(socketPath: string): Promise<void> {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw socketFault(socketPath, "something else is there");
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(socketPath);
    probe.once("connect", () => (probe.destroy(), resolve(true)));
    probe.once("error", () => resolve(false));
  });
  if (answers) throw socketFault(socketPath, "another agent listens there");
  rmSync(socketPath);
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(socketFault(socketPath, error.code ?? error.message)));
    const mask = process.umask(0o177);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve();
    });
    process.umask(mask);
  });
}

function socketFault(path: string, reason: string): FaultError {
  return new FaultError<ShellFault>({ code: "SHELL_AGENT_SOCKET", path, reason });
}
