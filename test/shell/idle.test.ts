import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ClientChannel, ConnectConfig } from "ssh2";
import { ManualClock } from "./manual-clock.ts";
import { ed25519File, MemoryAgent } from "./ssh-keys.ts";
import { connect, TestTerminal } from "./terminal.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

const MINUTE = 60_000;
/** The ends of connections have limits of their own, which are longer here. */
const limits = { idleMs: 30 * MINUTE, idleWarningMs: MINUTE, askAliveMs: 10_000 * MINUTE, silentMs: 20_000 * MINUTE };

async function at(options: ConnectConfig, use: (setting: { readonly shell: TestShell; readonly terminal: TestTerminal; readonly clock: ManualClock }) => Promise<void>): Promise<void> {
  const clock = new ManualClock();
  const shell = await startTestShell({ clock, limits });
  const client = await connect(shell.port, options);
  try {
    const terminal = await TestTerminal.open(client, { agentForward: options.agentForward === true });
    await terminal.waitFor("~>");
    await use({ shell, terminal, clock });
  } finally {
    client.end();
    await shell.shell.stop();
  }
}

test("who types nothing is warned, keeps what he typed, and is let go a minute later", () =>
  at({}, async ({ terminal, clock, shell }) => {
    terminal.key("1 2 half");
    await terminal.waitFor("1 2 half");
    clock.advance(29 * MINUTE);
    await terminal.waitFor(/nothing was typed for 29 minutes: this session ends in 1 minute unless you type\n~> 1 2 half$/);
    clock.advance(MINUTE);
    await terminal.untilClosed();
    await new Promise<void>((resolve) => terminal.screen.write("", resolve)); // all that came is on the screen
    assert.match(terminal.text(), /nothing was typed: the session ends/);
    await shell.node.threads[0]?.untilClosed;
  }));

test("every key begins the time anew", () =>
  at({}, async ({ terminal, clock }) => {
    for (let round = 0; round < 4; round++) {
      clock.advance(28 * MINUTE);
      terminal.key("x");
      await terminal.waitFor(new RegExp(`~> x{${round + 1}}$`));
    }
    assert.not.match(terminal.text(), "nothing was typed");
  }));

test("while a receipt is waited for nobody is idle", () =>
  at({ privateKey: ed25519File(3), agent: new MemoryAgent([ed25519File(3)]) as unknown as string, agentForward: true }, async ({ terminal, clock, shell }) => {
    shell.node.holdReceipts = true;
    for (const line of ["faucet", "bt do mkdir docs", "rt", "ct"]) terminal.type(line);
    await shell.node.untilHeld;
    clock.advance(300 * MINUTE);
    terminal.key("\x03");
    await terminal.waitFor("The package is signed and on its way");
    terminal.type("1 2 + .");
    await terminal.waitFor("3 ok");
  }));

/** A session without a terminal that sent something and then nothing, up to its end. */
async function fallsSilent(command: string | undefined, sends: string, answer: string): Promise<{ readonly stderr: string; readonly exitCode: number; readonly threads: number }> {
  const clock = new ManualClock();
  const shell = await startTestShell({ clock, limits });
  const client = await connect(shell.port);
  try {
    const stream = await new Promise<ClientChannel>((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel): void => (error === undefined ? resolve(channel) : reject(error));
      if (command === undefined) client.shell(false, opened);
      else client.exec(command, opened);
    });
    let stderr = "";
    stream.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("utf8")));
    const ended = new Promise<number>((resolve) => stream.once("exit", (code: number) => resolve(code)));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    const answered = new Promise<void>((resolve) => stream.on("data", (bytes: Buffer) => bytes.toString("utf8").includes(answer) && resolve()));
    stream.write(sends);
    await answered;
    while (!clock.awaits(29 * MINUTE)) await new Promise(setImmediate);
    clock.advance(29 * MINUTE);
    clock.advance(MINUTE);
    const exitCode = await ended;
    await closed;
    await shell.node.threads[0]?.untilClosed;
    return { stderr, exitCode, threads: shell.node.threads.length };
  } finally {
    client.end();
    await shell.shell.stop();
  }
}

test("a script that sends nothing more for half an hour is let go", async () => {
  assert.equal(await fallsSilent(undefined, "2 3 + .\n", "5 "), { stderr: "nothing came on standard input for 30 minutes: the session ends\n", exitCode: 1, threads: 1 });
});

test("a command whose program waits for input that does not come is let go", async () => {
  const { stderr, exitCode } = await fallsSilent("7 . key key . .", "a", "7 ");
  assert.is(stderr, "nothing came on standard input for 30 minutes: the session ends\n");
  assert.is(exitCode, 1);
});

test.run();
