import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./grid.ts";
import { OpenSsh } from "./open-ssh.ts";
import { startGrid } from "./running-node.ts";
import type { RunningNode } from "./running-node.ts";
import { inTerminal } from "./terminal.ts";
import type { TestTerminal } from "./terminal.ts";
import { watchProgram, type WatchedProgram } from "./watched-program.ts";
import { consoleBlocks, masked, matches, PageAddresses, withShown } from "./tutorial-text.ts";
import type { Step } from "./tutorial-text.ts";

/** `~/docs [bt 1]> `, `... `, or a question that wants y or n: the session waits for a line. */
const WAITS = /^(?:\S+(?: \[[^\]]*\])?> |\.\.\. |.*\[y\/N\] )/;
/** `ssh … name@host` and nothing behind it opens a session; everything else runs to its end. */
const SESSION = /^ssh .*\S@\S+$/;

export interface TutorialResult {
  /** One text for each step whose output is not what the page says; empty when the page is right. */
  readonly differences: readonly string[];
}

/**
 * Runs every console block of a page, in order, in an empty folder that holds `./grid`, and compares what is
 * printed with what the page shows. `npm start` starts a node for the rest of the page. An ssh-agent with
 * one Ed25519 key is there, as the pages tell readers to have. With UPDATE=1 the page is rewritten instead.
 */
export async function runTutorial(pagePath: string, folder: string): Promise<TutorialResult> {
  const shell = await TutorialShell.start(folder);
  let page = readFileSync(join(ROOT, pagePath), "utf8");
  const differences: string[] = [];
  const addresses = new PageAddresses();
  try {
    for (let b = 0; b < consoleBlocks(page).length; b += 1) {
      for (let s = 0; s < (consoleBlocks(page)[b]?.steps.length ?? 0); s += 1) {
        const block = consoleBlocks(page)[b];
        const step = block?.steps[s];
        if (block === undefined || step === undefined) continue;
        const shown = await shell.run(step);
        if (addresses.wrong(step.shown, shown).length === 0 && matches(step.shown, shown)) continue;
        if (process.env["UPDATE"] === "1") page = withShown(page, step, block, keeping(step.shown, addresses.inPage(shown)));
        else differences.push(differenceText(pagePath, step, addresses.inPage(shown)));
      }
    }
  } finally {
    await shell.stop();
  }
  if (process.env["UPDATE"] === "1") writeFileSync(join(ROOT, pagePath), page);
  return { differences };
}

/** What was printed, in the page's own ids, times and places where only those differ; each line of the page is used once. */
function keeping(old: readonly string[], shown: readonly string[]): string[] {
  const left = [...old];
  return shown.map((line) => {
    const at = left.findIndex((each) => masked(each) === masked(line) && sameAddresses(each, line));
    return at < 0 ? line : (left.splice(at, 1)[0] ?? line);
  });
}

function sameAddresses(one: string, other: string): boolean {
  const [a, b] = [one, other].map((line) => line.match(/\bgrid1[a-z0-9]{38}\b/g)?.join() ?? "");
  return a === b;
}

function differenceText(pagePath: string, step: Step, shown: readonly string[]): string {
  const part = (title: string, lines: readonly string[]): string => `  ${title}\n${lines.map((line) => `    ${line}\n`).join("")}`;
  return `${pagePath}: $ ${step.command}\n${part("the page says", step.shown)}${part("it printed", shown)}`;
}

/** The reader's terminal: an empty folder, a user's own ssh settings and agent, maybe a node. */
class TutorialShell {
  readonly #folder: string;
  readonly #ssh: OpenSsh;
  readonly #agent: { readonly socket: string; stop(): Promise<void> };
  #node: RunningNode | undefined;
  #devnet: WatchedProgram | undefined;

  private constructor(folder: string, ssh: OpenSsh, agent: { readonly socket: string; stop(): Promise<void> }) {
    this.#folder = folder;
    this.#ssh = ssh;
    this.#agent = agent;
  }

  static async start(folder: string): Promise<TutorialShell> {
    mkdirSync(join(folder, "bin"), { recursive: true });
    symlinkSync(join(ROOT, "grid"), join(folder, "grid"));
    const ssh = new OpenSsh(join(folder, "ssh"));
    const key = ssh.makeKey("reader");
    appendFileSync(ssh.configFile, `IdentityFile ${key}\n`); // as people's own key is offered without being named
    return new TutorialShell(folder, ssh, await ssh.startAgent(key));
  }

  /** The lines that the step prints. */
  async run(step: Step): Promise<string[]> {
    if (step.command === "npm start") return this.#startNode();
    if (step.command.startsWith("./grid devnet ")) return this.#startDevnet(step.command.split(" ").slice(1));
    if (SESSION.test(step.command)) return this.#session(step);
    const { stdout } = await run("sh", ["-c", `exec 2>&1; ${step.command}`], { directory: this.#folder, env: this.#env() });
    return lines(stdout);
  }

  async stop(): Promise<void> {
    await this.#node?.end("SIGTERM");
    await this.#devnet?.end("SIGTERM");
    await this.#agent.stop();
  }

  async #startNode(): Promise<string[]> {
    this.#node = await startGrid(join(this.#folder, ".grid"));
    this.#redirectSsh([this.#node.ssh.port]);
    return lines(this.#node.greeting);
  }

  async #startDevnet(args: readonly string[]): Promise<string[]> {
    const devnet = watchProgram(join(this.#folder, "grid"), [...args, "--ssh-from", "0"], { directory: this.#folder });
    this.#devnet = devnet;
    await devnet.line(/^Ctrl-C stops/);
    this.#redirectSsh([...devnet.stdout().matchAll(/ssh -p (\d+) /g)].map(([, port]) => Number(port)));
    return lines(devnet.stdout());
  }

  /** Pages say 2222 and the numbers after it; nodes of a test take any free ports. OpenSSH takes the first port it is given. */
  #redirectSsh(ports: readonly number[]): void {
    const cases = ports.map((port, index) => `*"-p ${2_222 + index} "*) port=${port};;`).join(" ");
    const script = `#!/bin/sh\nport=${ports[0]}\ncase "$* " in ${cases} esac\nexec /usr/bin/env PATH="\${PATH#*:}" ssh -F '${this.#ssh.configFile}' -p "$port" "$@"\n`;
    writeFileSync(join(this.#folder, "bin", "ssh"), script, { mode: 0o755 });
  }

  async #session(step: Step): Promise<string[]> {
    const inputs = step.shown.filter((line) => WAITS.test(line)).map((line) => line.replace(WAITS, ""));
    return inTerminal(step.command, { env: this.#env(), directory: this.#folder, columns: 120 }, async (terminal) => {
      let row = -1;
      for (const input of inputs) {
        await terminal.waitUntil((each) => isWaiting(each) && each.cursorRow() > row, `a prompt for "${input}"`);
        row = terminal.cursorRow();
        terminal.type(`${input}\r`);
      }
      await terminal.ended();
      return lines(terminal.text());
    });
  }

  #env(): Record<string, string> {
    const node = this.#node === undefined ? {} : { GRID_NODE: `127.0.0.1:${this.#node.ssh.port}` };
    return { PATH: `${join(this.#folder, "bin")}:${process.env["PATH"] ?? ""}`, SSH_AUTH_SOCK: this.#agent.socket, GRID_KEYS: join(this.#folder, "keys"), ...node };
  }
}

function isWaiting(terminal: TestTerminal): boolean {
  const line = terminal.cursorLine();
  const prompt = WAITS.exec(`${line.trimEnd()} `)?.[0];
  return prompt !== undefined && prompt.trimEnd() === line.trimEnd();
}

function lines(text: string): string[] {
  const trimmed = text.replace(/\n+$/, "");
  return trimmed === "" ? [] : trimmed.split("\n").map((line) => line.trimEnd());
}
