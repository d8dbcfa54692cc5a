import { Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, exec } from "./terminal.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";
import type { Client } from "ssh2";

async function withShell(run: (shell: TestShell, client: Client) => Promise<void>): Promise<void> {
  const shell = await startTestShell();
  const client = await connect(shell.port);
  try {
    await run(shell, client);
  } finally {
    client.end();
    await shell.shell.stop();
  }
}

test("a command prints its result and nothing else, and exits 0", () =>
  withShell(async (_, client) => {
    assert.equal(await exec(client, "2 3 + ."), { stdout: "5 ", stderr: "", exitCode: 0 });
  }));

test("what is small is sent at once: Nagle's algorithm is off on the sockets that the server accepts", async () => {
  const off = new Set<number | undefined>();
  const setNoDelay = Socket.prototype.setNoDelay;
  Socket.prototype.setNoDelay = function noted(this: Socket, isOff?: boolean): Socket {
    if (isOff !== false) off.add(this.localPort);
    return setNoDelay.call(this, isOff);
  };
  try {
    await withShell(async ({ port }, client) => {
      await exec(client, "1 .");
      assert.ok(off.has(port), "its side of the connection has the server's port");
    });
  } finally {
    Socket.prototype.setNoDelay = setNoDelay;
  }
});

test("a fault goes to standard error with line, caret and hint, and the exit status is 1", () =>
  withShell(async (_, client) => {
    const { stdout, stderr, exitCode } = await exec(client, "1 . 7 +");
    assert.is(stdout, "1 ");
    assert.is(exitCode, 1);
    assert.is(stderr, "! LANG_UNDERFLOW (-4): + takes 2 values, the stack holds 1\n  1 . 7 +\n        ^\n  hint: .s prints the stack\n");
  }));

test("a script on standard input runs line by line, and a fault names the line of the whole script", () =>
  withShell(async (_, client) => {
    assert.equal(await exec(client, undefined, "2 3\n+ .\n"), { stdout: "5 ", stderr: "", exitCode: 0 });
    const failed = await exec(client, undefined, "1 .\n\n2 .\nnonsense\n3 .\n");
    assert.is(failed.stdout, "1 2 ");
    assert.is(failed.exitCode, 1);
    assert.match(failed.stderr, "input:4: nonsense");
  }));

test("bye gives the exit status it is told", () =>
  withShell(async (_, client) => {
    assert.is((await exec(client, "3 bye")).exitCode, 3);
  }));

test("empty input, an empty command and a script without a last newline end cleanly", () =>
  withShell(async (_, client) => {
    assert.is((await exec(client, undefined, "")).exitCode, 0);
    assert.is((await exec(client, "")).exitCode, 0);
    assert.equal(await exec(client, undefined, "4 ."), { stdout: "4 ", stderr: "", exitCode: 0 });
  }));

test("binary garbage is refused as no text", () =>
  withShell(async (_, client) => {
    const { stderr, exitCode } = await exec(client, undefined, Uint8Array.of(0xff, 0xfe, 0, 10, 0xc0, 10));
    assert.is(exitCode, 1);
    assert.match(stderr, "LANG_BAD_INPUT");
  }));

test("a line of 1 MB runs, one above the limit is refused", () =>
  withShell(async (_, client) => {
    const long = await exec(client, undefined, `1 ${"".padEnd(1 << 20)} .\n`);
    assert.equal(long, { stdout: "1 ", stderr: "", exitCode: 0 });
    const { stderr, exitCode } = await exec(client, undefined, "x".repeat(3 << 20));
    assert.is(exitCode, 1);
    assert.match(stderr, "LANG_BAD_INPUT");
  }));

test("a connection closed in mid-line ends the thread and nothing else", () =>
  withShell(async ({ node, port }, client) => {
    const other = await connect(port);
    other.exec("1 . loop", (_error, channel) => channel?.once("data", () => other.destroy()));
    const thread = await node.nextThread();
    await thread.untilClosed;
    assert.is((await exec(client, "1 .")).stdout, "1 ");
  }));

test("a signal stops the command", () =>
  withShell(async (_, client) => {
    const result = await new Promise<number>((resolve) =>
      client.exec("loop", (_error, channel) => {
        channel.on("exit", (code: number) => resolve(code));
        channel.resume();
        channel.signal("INT");
      }),
    );
    assert.is(result, 130);
  }));

test("a program gets standard input when it asks for it", () =>
  withShell(async (_, client) => {
    assert.is((await exec(client, "key .", "A")).stdout, "65 ");
  }));

test("a program that asks for more input than there is is told the end, and goes on", () =>
  withShell(async (_, client) => {
    assert.is((await exec(client, "key key . .", "A")).exitCode, 0);
  }));

test("a command in a terminal is stopped by Ctrl-C", () =>
  withShell(async ({ node }, client) => {
    const thread = node.nextThread();
    const code = new Promise<number>((resolve) =>
      client.exec("loop", { pty: true }, (_error, channel) => {
        channel.on("exit", resolve).resume();
        void thread.then(() => channel.write("\x03"));
      }),
    );
    assert.is(await code, 130);
  }));

test("environment, forwarded ports and unknown subsystems are refused", () =>
  withShell(async (_, client) => {
    await new Promise<void>((resolve, reject) =>
      client.forwardIn("127.0.0.1", 0, (error) => (error ? resolve() : reject(new Error("a port was opened")))),
    );
    await new Promise<void>((resolve, reject) =>
      client.forwardOut("127.0.0.1", 1, "127.0.0.1", 22, (error) => (error ? resolve() : reject(new Error("a connection was made")))),
    );
    await new Promise<void>((resolve, reject) =>
      client.subsys("sftp", (error) => (error ? resolve() : reject(new Error("sftp is not there yet")))),
    );
    assert.is((await exec(client, "1 .", undefined, { env: { LD_PRELOAD: "x" } })).stdout, "1 ");
  }));

test.run();
