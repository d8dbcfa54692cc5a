import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, watch, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { run } from "./grid.ts";
import type { Outcome, RunOptions } from "./grid.ts";
import { inTerminal } from "./terminal.ts";
import type { TerminalOptions, TestTerminal } from "./terminal.ts";

/** Each takes a turn of the event loop; the agent needs a few. */
const MOST_ATTEMPTS = 10_000;

export type KeyType = "ed25519" | "rsa" | "ecdsa";
export interface SshPlace {
  readonly host: string;
  readonly port: number;
}

/**
 * OpenSSH's own client with settings, known hosts and keys in a folder of its own, so that neither the user's
 * nor the machine's settings matter. A host key is learned at the first connection and must not change.
 */
export class OpenSsh {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.configFile, `StrictHostKeyChecking accept-new\nUserKnownHostsFile ${join(folder, "known_hosts")}\nGlobalKnownHostsFile /dev/null\nIdentitiesOnly yes\nLogLevel ERROR\nConnectTimeout 10\n`);
  }

  get configFile(): string {
    return join(this.#folder, "config");
  }

  /** Makes a key without passphrase; returns the path of its private file. */
  makeKey(name: string, type: KeyType = "ed25519"): string {
    const path = join(this.#folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", path]);
    return path;
  }

  /** An agent that holds `keys`. Stop it, or the test file leaves a process behind. */
  async startAgent(...keys: readonly string[]): Promise<{ readonly socket: string; stop(): Promise<void> }> {
    const socket = join(this.#folder, `agent-${process.pid}-${performance.now().toFixed(0)}`);
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    const ended = new Promise((resolve) => agent.on("close", resolve));
    await appears(socket);
    await answers(socket);
    for (const key of keys) execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "ignore" });
    return {
      socket,
      stop: async () => {
        agent.kill();
        await ended;
      },
    };
  }

  /** `ssh` with a command or a script on standard input, to its end. */
  run(place: SshPlace, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run("ssh", ["-F", this.configFile, "-p", String(place.port), ...args], options);
  }

  /** `ssh` in a terminal, closed when `use` is done. */
  terminal<T>(place: SshPlace, args: string, options: TerminalOptions, use: (terminal: TestTerminal) => Promise<T>): Promise<T> {
    return inTerminal(`ssh -F ${this.configFile} -p ${place.port} ${args}`, options, use);
  }
}

/** The agent binds its socket, and so makes the file, a moment before it listens there. */
async function answers(path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const error = await new Promise<Error | undefined>((resolve) => {
      const socket = connect(path, () => (socket.destroy(), resolve(undefined)));
      socket.on("error", resolve);
    });
    if (error === undefined) return;
    if (attempt === MOST_ATTEMPTS) throw error;
  }
}

function appears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(join(path, ".."), () => look());
    const look = (): void => {
      if (!existsSync(path)) return;
      watcher.close();
      resolve();
    };
    look();
  });
}
