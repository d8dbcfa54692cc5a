import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { OpenSsh, type SshPlace } from "../support/open-ssh.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

/** The same shell with the client people use. */
async function withOpenSsh(check: string, run: (ssh: OpenSsh, place: SshPlace, shell: TestShell) => Promise<void>): Promise<void> {
  if (!haveClients(check, "ssh", "ssh-agent", "ssh-keygen", "script")) return;
  const folder = mkdtempSync(join(tmpdir(), "gridshell-ssh-"));
  const shell = await startTestShell();
  try {
    await run(new OpenSsh(folder), { host: "127.0.0.1", port: shell.port }, shell);
  } finally {
    await shell.shell.stop();
    rmSync(folder, { recursive: true });
  }
}

test("ssh without any key runs a command: 5 on standard output, nothing else, exit 0", () =>
  withOpenSsh("ssh without a key", async (ssh, place, { node }) => {
    const { stdout, stderr, code } = await ssh.run(place, ["alice@127.0.0.1", "2 3 + ."]);
    assert.equal([stdout, stderr, code], ["5 ", "", 0]);
    assert.is(node.threads[0]?.identity.level, "claimed");
  }));

test("ssh proves Ed25519, ECDSA and RSA keys", () =>
  withOpenSsh("ssh with keys", async (ssh, place, { node }) => {
    for (const type of ["ed25519", "ecdsa", "rsa"] as const) {
      const key = ssh.makeKey(type, type);
      const { code } = await ssh.run(place, ["-i", key, "alice@127.0.0.1", "1"]);
      assert.is(code, 0);
      const identity = node.threads.at(-1)?.identity;
      assert.ok(identity?.level === "proved" && identity.key.algorithm.includes(type === "rsa" ? "rsa-sha2" : type));
    }
  }));

test("a fault gives standard error and exit 1, a script on standard input runs", () =>
  withOpenSsh("ssh with a script", async (ssh, place) => {
    const script = await ssh.run(place, ["alice@127.0.0.1"], { input: "2 3\n+ .\nnonsense\n" });
    assert.equal([script.stdout, script.code], ["5 ", 1]);
    assert.match(script.stderr, "input:3: nonsense");
  }));

test("ct is signed by a forwarded ssh-agent", () =>
  withOpenSsh("ssh -A", async (ssh, place, { node }) => {
    const key = ssh.makeKey("commit");
    const agent = await ssh.startAgent(key);
    try {
      const options = { input: "faucet\nbt do mkdir docs\nrt\nct\n", env: { SSH_AUTH_SOCK: agent.socket } };
      const { stdout, stderr, code } = await ssh.run(place, ["-A", "-i", key, "alice@127.0.0.1"], options);
      assert.equal([stderr, code], ["", 0]);
      assert.match(stdout, /receipt [0-9a-f]{64}: done, included/);
      assert.is(node.receipts.size, 2);
    } finally {
      await agent.stop();
    }
  }));

test("a terminal session: greeting, a line, Ctrl-D", () =>
  withOpenSsh("ssh in a terminal", async (ssh, place) => {
    await ssh.terminal(place, "alice@127.0.0.1", {}, async (terminal) => {
      await terminal.waitFor(/GridShell, devnet[^]*~>$/);
      terminal.type("2 3 + .\r");
      await terminal.waitFor(/5 ok\n~>$/);
      terminal.type("\x04");
      assert.is(await terminal.ended(), 0);
    });
  }));

test("ports are not forwarded", () =>
  withOpenSsh("ssh -R", async (ssh, place) => {
    const { code, stderr } = await ssh.run(place, ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "alice@127.0.0.1", "1"]);
    assert.is.not(code, 0);
    assert.match(stderr, "remote port forwarding failed");
  }));

test.run();
