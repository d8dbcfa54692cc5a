// time-out: 180 s
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readKeyLine } from "../../node/crypto/ssh-key-line.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { haveClients } from "../support/clients.ts";
import { grid } from "../support/grid.ts";
import type { Outcome } from "../support/grid.ts";
import { told } from "../support/hooks.ts";
import { OpenSsh } from "../support/open-ssh.ts";
import { typeLine } from "../support/prompt.ts";
import { startGrid } from "../support/running-node.ts";
import type { RunningNode } from "../support/running-node.ts";

// A domain with several keys, through the real ssh and ssh-agent.

type Agent = Awaited<ReturnType<OpenSsh["startAgent"]>>;
interface World {
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly node: RunningNode;
  readonly keys: Readonly<Record<"one" | "two" | "three", string>>;
  /** Holds the first two keys. */
  readonly agent: Agent;
  /** Where grid finds the keys bob and carol. */
  readonly keyFlags: readonly string[];
}
const test = suite<World>("several keys");
const canRun = haveClients("a domain with several keys", "ssh", "ssh-agent", "ssh-add", "ssh-keygen");

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "several-"));
  const ssh = new OpenSsh(join(folder, "ssh"));
  const keys = { one: ssh.makeKey("one"), two: ssh.makeKey("two"), three: ssh.makeKey("three") };
  const passphrase = join(folder, "passphrase");
  writeFileSync(passphrase, "correct horse\n");
  const keyFlags = ["--keys", join(folder, "keys"), "--passphrase-file", passphrase];
  for (const name of ["bob", "carol"]) assert.is((await grid(["key", "new", name, ...keyFlags])).code, 0);
  Object.assign(world, { folder, ssh, keys, keyFlags, agent: await ssh.startAgent(keys.one, keys.two), node: await startGrid(join(folder, "data")) });
}));
test.after(async (world) => {
  const { agent, node, folder } = world as Partial<World>;
  await agent?.stop();
  await node?.end("SIGTERM");
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

const lineOf = (path: string): string => readFileSync(`${path}.pub`, "utf8").trim();
const addressOf = (path: string): string => encodeAddress(domainOfKey(readKeyLine(lineOf(path))));

/** A script in a session of the user's, logged in with one key; all keys of the agent are forwarded. */
function script({ ssh, node, agent }: World, key: string, user: string, lines: readonly string[]): Promise<Outcome> {
  return ssh.run(node.ssh, ["-A", "-i", key, `${user}@127.0.0.1`], { input: `${lines.join("\n")}\n`, env: { SSH_AUTH_SOCK: agent.socket } });
}

test("ct signs with as many keys of the forwarded ssh-agent as it takes, in one go", async (world) => {
  if (!canRun) return;
  const { keys } = world;
  const shared = await script(world, keys.one, "someone", ["faucet", "bt", `addkey '${lineOf(keys.two)}' owner`, `addkey '${lineOf(keys.three)}' owner`, "setthreshold owner 2", "setthreshold active 2", "rt", "ct"]);
  assert.is(shared.code, 0, shared.stderr);
  const both = await script(world, keys.two, addressOf(keys.one), ["bt", "mkdir shared", "rt", "ct", "ls"]);
  assert.is(both.code, 0, both.stderr);
  assert.match(both.stdout, /needs the signatures of 2 keys[^]*receipt [0-9a-f]{64}: done[^]*shared\//);
});

test("a package printed by ct is signed offline by the keys of an ssh-agent, and sent by anybody", async (world) => {
  if (!canRun) return;
  const { folder, keys, agent, node } = world;
  const file = join(folder, "made.pkg");
  const printed = await script(world, keys.one, addressOf(keys.one), ["bt", "mkdir from-file", "rt", "ct --file"]);
  assert.is(printed.code, 0, printed.stderr);
  writeFileSync(file, printed.stdout);
  const early = await grid(["send", file, "--node", `127.0.0.1:${node.ssh.port}`, "--keys", join(folder, "k")]);
  assert.match(early.stderr, /^! PACKAGE_UNSIGNED: the package has 0 of the 2 signatures/);
  const signed = await grid(["sign", file, "--yes"], { env: { SSH_AUTH_SOCK: agent.socket } });
  assert.is(signed.code, 0, signed.stderr);
  assert.match(signed.stdout, /makes the directory ~\/from-file[^]*signed as one, two\nthat is all it needs/);
  const again = await grid(["sign", file, "--yes"], { env: { SSH_AUTH_SOCK: agent.socket } });
  assert.match(again.stderr, /^grid: None of your keys may sign this package\./);
  const sent = await grid(["send", file, "--node", `127.0.0.1:${node.ssh.port}`, "--keys", join(folder, "k"), "--json"]);
  assert.is(sent.code, 0, sent.stderr);
  assert.is((JSON.parse(sent.stdout) as { outcome: string }).outcome, "done");
});

test("an intent is signed by one after another, each for a domain that he said is his", async (world) => {
  if (!canRun || !haveClients("an intent that several sign", "script")) return;
  const { keys, keyFlags, ssh, node, folder } = world;
  const domain = addressOf(keys.one);
  const added = await Promise.all(["bob", "carol"].map(async (name) => (await grid(["key", "show", name, "--address", "--keys", join(folder, "keys")])).stdout.trim()));
  const shared = await script(world, keys.one, domain, ["bt", ...added.map((address) => `addkey ${address}`), "rt", "ct"]);
  assert.is(shared.code, 0, shared.stderr);
  await ssh.terminal(node.ssh, `-i ${keys.three} ${domain}@127.0.0.1`, { columns: 110, rows: 48 }, async (terminal) => {
    for (const line of ["bt", "mkdir by-intent", "rt"]) await typeLine(terminal, line);
    terminal.type("ct\r");
    await terminal.waitFor(/\bGS:[A-Z2-7]+$/m);
    const intent = /\bGS:[A-Z2-7]+$/m.exec(terminal.text())?.[0] ?? "";
    const sign = (name: string, ...flags: readonly string[]) => grid(["sign", intent, "--key", name, ...keyFlags, "--yes", ...flags]);
    assert.match((await sign("bob")).stderr, /^! PACKAGE_OTHER_DOMAIN: .*\n {2}hint: if that domain is yours too, say so: --domain ADDRESS/);
    assert.match((await sign("bob", "--domain", domain)).stdout, /needs 1 more signature[^]*1 more to sign; the same request is good for them/);
    assert.match((await sign("bob", "--domain", domain)).stderr, /^! SIGN_TWICE/);
    assert.is((await sign("carol", "--domain", domain)).code, 0);
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
    terminal.type("exit\r");
    await terminal.ended();
  });
});

test("copies that were signed apart are joined; a file that is none, or another package, is named", async (world) => {
  if (!canRun) return;
  const { keys, keyFlags, folder, node } = world;
  const [one, two, other] = ["one.pkg", "two.pkg", "other.pkg"].map((name) => join(folder, name)) as [string, string, string];
  const printed = await script(world, keys.one, addressOf(keys.one), ["bt", "mkdir joined", "rt", "ct --file"]);
  for (const path of [one, two]) writeFileSync(path, printed.stdout);
  assert.is((await grid(["sign", one, "--key", "bob", ...keyFlags, "--yes"])).code, 0);
  assert.is((await grid(["sign", two, "--key", "carol", ...keyFlags, "--yes"])).code, 0);
  assert.match((await grid(["package", one])).stdout, /signed: 1 of 2\n {2}yes [^]*1 more to sign\n$/);
  writeFileSync(other, (await script(world, keys.one, addressOf(keys.one), ["bt", "mkdir other", "rt", "ct --file"])).stdout);
  assert.match((await grid(["package", one, "--merge", other])).stderr, /^! PACKAGE_DIFFERS: .*package id/);
  writeFileSync(other, "hello");
  assert.match((await grid(["package", other])).stderr, /^! CODEC_MALFORMED: /);
  const joined = await grid(["package", one, "--merge", two, "--json"]);
  assert.is((JSON.parse(joined.stdout) as { missing: number }).missing, 0, joined.stderr);
  const sent = await grid(["send", one, "--node", `127.0.0.1:${node.ssh.port}`, "--keys", join(folder, "k")]);
  assert.is(sent.code, 0, sent.stderr);
  assert.match((await grid(["send", one, "--node", `127.0.0.1:${node.ssh.port}`, "--keys", join(folder, "k")])).stderr, /^! PACKAGE_(KNOWN|NONCE)/);
});

test("a package that somebody tampered with is refused by the signer, and by the node", async (world) => {
  if (!canRun) return;
  const { folder, keys, agent } = world;
  const file = join(folder, "forged.pkg");
  const printed = await script(world, keys.one, addressOf(keys.one), ["bt", "mkdir honest", "rt", "ct --file"]);
  const lines = printed.stdout.slice(printed.stdout.indexOf("-----BEGIN"), printed.stdout.indexOf("-----END")).split("\n").slice(1, -1);
  const bytes = Buffer.from(lines.join(""), "base64");
  const at = bytes.indexOf("honest");
  assert.ok(at > 0);
  bytes.write("robbed", at);
  writeFileSync(file, `-----BEGIN GRIDSHELL PACKAGE-----\n${bytes.toString("base64")}\n-----END GRIDSHELL PACKAGE-----\n`);
  const signed = await grid(["sign", file, "--yes"], { env: { SSH_AUTH_SOCK: agent.socket } });
  assert.is(signed.code, 1);
  assert.match(signed.stderr, /^! PACKAGE_(DIFFERS: the package differs from what was shown: effect|WORD_TABLE)/);
});

test("a name that is an address lets in its domain's keys of now: new ones, and no replaced one", async (world) => {
  if (!canRun) return;
  const { keys, ssh, node } = world;
  const user = addressOf(keys.one);
  const rotated = await script(world, keys.two, user, ["bt", "rotate ~ " + addressOf(ssh.makeKey("four")), "rt", "ct"]);
  assert.is(rotated.code, 0, rotated.stderr);
  const login = (key: string) => ssh.run(node.ssh, ["-i", key, `${user}@127.0.0.1`, "pwd"]);
  assert.is((await login(join(world.folder, "ssh", "four"))).stdout, "~\n");
  assert.is((await login(keys.three)).stdout, "~\n");
  const old = await login(keys.one);
  assert.is(old.code, 255);
  assert.match(old.stderr, /Permission denied/);
});

test.run();
