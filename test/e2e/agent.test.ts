// time-out: 180 s
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { grid, ROOT } from "../support/grid.ts";
import { told } from "../support/hooks.ts";
import { OpenSsh } from "../support/open-ssh.ts";
import { typeLine } from "../support/prompt.ts";
import { startGrid } from "../support/running-node.ts";
import type { RunningNode } from "../support/running-node.ts";
import { inTerminal } from "../support/terminal.ts";

// `grid agent` as users run it, between the real ssh and a real node.

interface World {
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly node: RunningNode;
  readonly keyFlags: readonly string[];
}
const test = suite<World>("grid agent");
const canRun = haveClients("grid agent between ssh and a node", "ssh", "ssh-agent", "ssh-add", "ssh-keygen", "script");
const SCRIPT = "faucet\nbt\nmkdir docs\nrt\nct\n";

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "agent-"));
  const passphrase = join(folder, "passphrase");
  writeFileSync(passphrase, "correct horse\n");
  const keyFlags = ["--keys", join(folder, "keys"), "--passphrase-file", passphrase];
  const made = await grid(["key", "new", "bob", ...keyFlags]);
  assert.is(made.code, 0, made.stderr);
  Object.assign(world, { folder, ssh: new OpenSsh(join(folder, "ssh")), keyFlags, node: await startGrid(join(folder, "data")) });
}));

test.after(async (world) => {
  const { node, folder } = world as Partial<World>;
  await node?.end("SIGTERM");
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** A program that notes each question and answers all of them the same way. */
function answering(folder: string, name: string, status: number): { readonly path: string; questions(): string } {
  const [path, log] = [join(folder, name), join(folder, `${name}.log`)];
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${log}'\nexit ${status}\n`);
  chmodSync(path, 0o755);
  writeFileSync(log, "");
  return { path, questions: () => readFileSync(log, "utf8") };
}

const sshCommand = ({ ssh, node }: World): string[] => ["ssh", "-F", ssh.configFile, "-o", "IdentitiesOnly=no", "-A", "-p", String(node.ssh.port), "alice@127.0.0.1"];

test("ssh -A behind grid agent commits with a key file; what is asked is what the package does", async (world) => {
  if (!canRun) return;
  const yes = answering(world.folder, "yes", 0);
  const { stdout, stderr, code } = await grid(["agent", "--key", "bob", ...world.keyFlags, "--ask", yes.path, "--chain", world.node.chainId, "--", ...sshCommand(world)], { input: SCRIPT });
  assert.equal([stderr, code], ["", 0]);
  assert.match(stdout, /receipt [0-9a-f]{64}: done, included/);
  assert.match(yes.questions(), /^log in as alice with bob to the host SHA256:\S+\?\npackage [0-9a-f]{64}\n {2}for grid1\w+ on chain \w+\n {2}asked by the node SHA256:\S+\n {2}- makes the directory ~\/docs\n/);
});

test("a loose package is refused unless the user said that he signs such, and then its code is shown", async (world) => {
  if (!canRun) return;
  const yes = answering(world.folder, "loose", 0);
  const flags = ["agent", "--key", "bob", ...world.keyFlags, "--ask", yes.path, "--allow-host", world.node.hostKeyFingerprint];
  const input = "bt\ntouch loosely\nrt\nct --loose\n";
  const refused = await grid([...flags, "--", ...sshCommand(world)], { input });
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /refused a package: the package differs from what was shown: mode/);
  const signed = await grid([...flags, "--loose", "--", ...sshCommand(world)], { input });
  assert.is(signed.code, 0, signed.stderr);
  assert.match(yes.questions(), /\n {2}- is loose: it does whatever its code does on the state it finds, and nothing is promised\n {2}- code: .loosely. touchEx\n/);
});

test("the keys of the user's own ssh-agent sign as well, and a host that is allowed is not asked for", async (world) => {
  if (!canRun) return;
  const { ssh, folder, node } = world;
  const upstream = await ssh.startAgent(ssh.makeKey("alice"));
  const yes = answering(folder, "yes2", 0);
  try {
    const options = { input: SCRIPT, env: { SSH_AUTH_SOCK: upstream.socket } };
    const { stdout, code, stderr } = await grid(["agent", "--ask", yes.path, "--allow-host", node.hostKeyFingerprint, "--", ...sshCommand(world)], options);
    assert.equal([stderr, code], ["", 0]);
    assert.match(stdout, /receipt [0-9a-f]{64}: done, included/);
    assert.match(yes.questions(), /^package /);
  } finally {
    await upstream.stop();
  }
});

test("no is no: nothing is committed, and ssh's exit code is the command's", async (world) => {
  if (!canRun) return;
  const no = answering(world.folder, "no", 1);
  const flags = ["--key", "bob", ...world.keyFlags, "--ask", no.path, "--allow-host", world.node.hostKeyFingerprint];
  const { stdout, stderr, code } = await grid(["agent", ...flags, "--", ...sshCommand(world)], { input: "bt\nmkdir refused\nrt\nct\n" });
  assert.is(code, 1);
  assert.match(stderr, /refused a package: its user said no[\s\S]*! SIGN_REFUSED: no signature: the agent says: its user said no/);
  assert.not.match(stdout, "receipt");
  const other = await grid(["agent", ...flags, "--chain", "00".repeat(8), "--", ...sshCommand(world)], { input: "bt\nmkdir refused\nrt\nct\n" });
  assert.match(other.stderr, /refused a package: the package is for another chain/);
});

test("in ssh's own terminal the question stands between its lines, and the session goes on after the answer", async (world) => {
  if (!canRun) return;
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", join(ROOT, "src/main.ts"), "agent", "--key", "bob", ...world.keyFlags, "--", ...sshCommand(world)].join(" ");
  await inTerminal(command, {}, async (terminal) => {
    await terminal.waitFor(/log in as alice with bob to the host SHA256:\S+\? \[y\/N\]/);
    terminal.type("y\r");
    for (const line of ["bt", "mkdir asked", "rt"]) await typeLine(terminal, line);
    terminal.type("ct\r");
    await terminal.waitFor(/sign as bob\? \[y\/N\]/);
    assert.match(terminal.text(), / {2}- makes the directory ~\/asked\n/);
    terminal.type("\u0003");
    await terminal.waitFor(/the agent says: its user said no/);
    terminal.type("\u0003");
    await typeLine(terminal, "pwd");
    terminal.type("ct\r");
    await terminal.waitUntil((each) => each.text().split("sign as bob?").length === 3, "a second question");
    terminal.type("yes\r");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
    await typeLine(terminal, "ls");
    terminal.type("exit\r");
    assert.is(await terminal.ended(), 0, terminal.text());
    assert.match(terminal.text(), /asked\//);
  });
});

test("what is missing is said before anything is served", async (world) => {
  if (!canRun) return;
  const noKey = await grid(["agent", "--", "true"], { env: { SSH_AUTH_SOCK: "" } });
  assert.equal([noKey.code, noKey.stdout], [1, ""]);
  assert.match(noKey.stderr, /^grid: There is no key to sign with: .*\n {2}grid agent --key NAME, or /);
  const flags = ["agent", "--key", "bob", ...world.keyFlags];
  assert.match((await grid(flags)).stderr, /^grid: There is no terminal to ask in\.\n/);
  assert.is((await grid([...flags, "--chain", "xyz"])).code, 2);
  const missing = await grid([...flags, "--", "no-such-program-here"]);
  assert.equal([missing.code, missing.stderr], [127, "grid: there is no program no-such-program-here.\n"]);
  assert.is((await grid([...flags, "--", "sh", "-c", "exit 7"])).code, 7);
});

test.run();
