// time-out: 180 s
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { told } from "../support/hooks.ts";
import { OpenSsh } from "../support/open-ssh.ts";
import { typeLine } from "../support/prompt.ts";
import { startGrid } from "../support/running-node.ts";
import type { RunningNode } from "../support/running-node.ts";

// The whole path once, with OpenSSH's own client and a node started as users start it.

interface World {
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly key: string;
  node: RunningNode;
}
const test = suite<World>("first light");
const ROOT_HASH = /\b[0-9a-f]{64}\b/;

const canRun = haveClients("sessions with OpenSSH", "ssh", "ssh-agent", "ssh-keygen", "script");

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "light-"));
  const ssh = new OpenSsh(join(folder, "ssh"));
  Object.assign(world, { folder, ssh, key: ssh.makeKey("alice"), node: await startGrid(join(folder, "data")) });
}));

test.after(async (world) => {
  await (world as Partial<World>).node?.end("SIGTERM");
});

test("a command without a terminal prints its answer and exits 0; a fault goes to standard error and exits 1", async ({ ssh, node, key }) => {
  if (!canRun) return;
  const sum = await ssh.run(node.ssh, ["-i", key, "alice@127.0.0.1", "2 3 + ."]);
  assert.equal([sum.code, sum.stdout.trim(), sum.stderr], [0, "5", ""]);
  const fault = await ssh.run(node.ssh, ["-i", key, "alice@127.0.0.1", "2 +"]);
  assert.is(fault.code, 1);
  assert.is(fault.stdout, "");
  assert.match(fault.stderr, /^! LANG_UNDERFLOW/);
});

test("people without a key get in as well, and are told that their name is a claim", async ({ ssh, node }) => {
  if (!canRun) return;
  const { code, stdout } = await ssh.run(node.ssh, ["-o", "PubkeyAuthentication=no", "zoe@127.0.0.1", "whoami"]);
  assert.is(code, 0);
  assert.match(stdout, /^zoe \(claimed: no key was proved\)\n/);
});

test("a script on standard input runs line by line, and stops at the first that fails", async ({ ssh, node, key }) => {
  if (!canRun) return;
  const { code, stdout, stderr } = await ssh.run(node.ssh, ["-i", key, "alice@127.0.0.1"], { input: "1 .\n2 .\nnosuchword\n3 .\n" });
  assert.is(code, 1);
  assert.equal(stdout.split(/\s+/).filter((word) => /^\d$/.test(word)), ["1", "2"]);
  assert.match(stderr, /LANG_UNKNOWN_WORD/);
});

test("connect, faucet, bt, mkdir, echo, rt, ct with a forwarded agent: a receipt, and a second session sees the file", async ({ ssh, node, key }) => {
  if (!canRun) return;
  const agent = await ssh.startAgent(key);
  try {
    const env = { SSH_AUTH_SOCK: agent.socket };
    // IdentitiesOnly: the agent offers only the key that is named.
    await ssh.terminal(node.ssh, `-A -i ${key} alice@127.0.0.1`, { env }, async (terminal) => {
      await typeLine(terminal, "faucet", 30_000);
      await typeLine(terminal, "bt");
      await typeLine(terminal, "mkdir docs");
      await typeLine(terminal, "echo 'hi' > docs/note");
      assert.match(await typeLine(terminal, "vt"), /["']docs["'] mkdirEx/);
      await typeLine(terminal, "rt");
      const receipt = await typeLine(terminal, "ct", 30_000);
      assert.match(receipt, /block \d+/);
      const root = /perspective ([0-9a-f]{64})/.exec(receipt)?.[1];
      assert.is(ROOT_HASH.exec(await typeLine(terminal, "perspective"))?.[0], root, "perspective is the block's root");
      terminal.type("exit\r");
      assert.is(await terminal.ended(), 0);
    });
    const second = await ssh.run(node.ssh, ["-i", key, "alice@127.0.0.1", "cat docs/note"]);
    assert.equal([second.code, second.stdout], [0, "hi\n"]);
  } finally {
    await agent.stop();
  }
});

test("a program that loops for ever is stopped by ERG, and the prompt comes back", async ({ ssh, node, key }) => {
  if (!canRun) return;
  await ssh.terminal(node.ssh, `-i ${key} alice@127.0.0.1`, {}, async (terminal) => {
    assert.match(await typeLine(terminal, ": forever begin again ; forever", 60_000), /ERG/);
    assert.match(await typeLine(terminal, "2 3 + ."), /\b5\b/);
    terminal.type("exit\r");
    await terminal.ended();
  });
});

test("kill -9 and restart: the same chain, the same host key, and no less than was acknowledged", async (world) => {
  if (!canRun) return;
  const { ssh, node, key, folder } = world;
  const perspective = async (at: RunningNode): Promise<{ readonly root: string; readonly height: number }> => {
    const { stdout, stderr } = await ssh.run(at.ssh, ["-i", key, "alice@127.0.0.1", "perspective  height ."]);
    assert.is(stderr, "");
    const [root = "", height] = stdout.trim().split(/\s+/);
    return { root, height: Number(height) };
  };
  const before = await perspective(node);
  await node.end("SIGKILL");
  world.node = await startGrid(join(folder, "data"), node.ssh.port);
  assert.equal([world.node.chainId, world.node.isNewChain, world.node.hostKeyFingerprint], [node.chainId, false, node.hostKeyFingerprint]);
  const after = await perspective(world.node);
  assert.ok(after.height > before.height || (after.height === before.height && after.root === before.root), `${before.height} ${before.root}, then ${after.height} ${after.root}`);
  const { stdout } = await ssh.run(world.node.ssh, ["-i", key, "alice@127.0.0.1", "cat docs/note"]);
  assert.is(stdout, "hi\n");
});

test("SIGTERM stops the node within two seconds with exit code 0, though a session is open", async (world) => {
  if (!canRun) return;
  const { ssh, folder, key } = world;
  const end = await ssh.terminal(world.node.ssh, `-i ${key} alice@127.0.0.1`, {}, async (terminal) => {
    await typeLine(terminal, "1 .");
    return world.node.end("SIGTERM");
  });
  assert.is(end.code, 0);
  assert.ok(end.durationMs < 2_000, `${end.durationMs} ms`);
  world.node = await startGrid(join(folder, "data"));
});

test.run();
