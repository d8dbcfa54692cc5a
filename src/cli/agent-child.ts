import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import type { AgentUser } from "../../shell/agent/conversation.ts";
import { terminalUser } from "../../shell/agent/terminal-user.ts";
import { safeText } from "../../shell/render/safe-text.ts";
import { CommandError, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";

const TERMINAL = "/dev/tty";
const NOT_FOUND = 127;
/** Exit status of a program that a signal ended, as shells count it. */
const SIGNALLED = 128;

/** The command that `grid agent -- COMMAND` serves. */
export interface Child {
  /** Runs it with SSH_AUTH_SOCK set, and gives its exit code. */
  run(): Promise<number>;
  /** Holds it while `ask` has the terminal to itself, and lets it go on after. */
  heldFor<T>(ask: () => Promise<T>): Promise<T>;
}

/** Prepares a command; it starts when it is run, after the agent listens. */
export function startChild({ params: [program = "", ...args], io }: CommandCall, socketPath: string): Child {
  if (program.startsWith("-")) throw new UsageError(`"${program}" is no command.`, "grid agent -- ssh -A you@node");
  let child: ChildProcess | undefined;
  return {
    run: () =>
      new Promise((resolve, reject) => {
        child = spawn(program, args, { stdio: "inherit", cwd: io.directory, env: { ...io.env, SSH_AUTH_SOCK: socketPath } });
        const pass = (signal: NodeJS.Signals): void => void child?.kill(signal);
        const leave = (): void => undefined; // Ctrl-C in the terminal reaches the command itself
        process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", leave);
        child.on("error", (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") resolve((io.err(`grid: there is no program ${program}.\n`), NOT_FOUND));
          else reject(new CommandError(`${program} cannot be run: ${error.message}.`, "grid agent -- ssh -A you@node"));
        });
        child.on("close", (code) => {
          process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", leave);
          resolve(code ?? SIGNALLED);
        });
      }),
    async heldFor(ask) {
      child?.kill("SIGSTOP");
      try {
        return await ask();
      } finally {
        child?.kill("SIGCONT");
      }
    },
  };
}

/**
 * Asks in the terminal that the child has. ssh reads it raw, so it is stopped meanwhile, and the terminal gets ordinary
 * settings for the question and ssh's own after it.
 */
export function childUser(child: Child, { allowedHosts, tell }: { readonly allowedHosts: readonly string[]; readonly tell: (text: string) => void }): AgentUser {
  const allowed = new Set(allowedHosts);
  const asked = (question: (user: AgentUser) => Promise<boolean>): Promise<boolean> => child.heldFor(() => inTerminal(tell, question));
  return {
    approve: (question, signal) => asked((user) => user.approve(question, signal)),
    async allowsLogin(login, signal) {
      if (allowed.has(login.hostFingerprint)) return true;
      const agreed = await asked((user) => user.allowsLogin(login, signal));
      if (agreed) allowed.add(login.hostFingerprint);
      return agreed;
    },
    note: (text) => tell(`${safeText(text)}\r\n`),
  };
}

/** Nobody can be asked without a terminal: then the answer is no. */
async function inTerminal(tell: (text: string) => void, question: (user: AgentUser) => Promise<boolean>): Promise<boolean> {
  const descriptor = openTerminal();
  if (descriptor === undefined) {
    tell("refused: there is no terminal to ask in; --ask PROGRAM names a program that asks\n");
    return false;
  }
  const saved = stty(descriptor, "-g").trim();
  stty(descriptor, "sane");
  const [input, output] = [new ReadStream(openSync(TERMINAL, "r")), new WriteStream(openSync(TERMINAL, "w"))];
  try {
    return await question(terminalUser({ input, output, allowedHosts: [] }));
  } finally {
    input.destroy();
    output.destroy();
    stty(descriptor, saved);
    closeSync(descriptor);
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync(TERMINAL, "r+");
  } catch {
    return undefined; // no controlling terminal: a service, a pipe in a cron job
  }
}

function stty(descriptor: number, setting: string): string {
  return spawnSync("stty", [setting], { stdio: [descriptor, "pipe", "ignore"], encoding: "utf8" }).stdout;
}
