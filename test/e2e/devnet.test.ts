// time-out: 400 s
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matchesTranscript } from "../shell/transcript.ts";
import { haveClients } from "../support/clients.ts";
import { ROOT } from "../support/grid.ts";
import { told } from "../support/hooks.ts";
import { OpenSsh, type SshPlace } from "../support/open-ssh.ts";
import { watchProgram, type WatchedProgram } from "../support/watched-program.ts";

// Several nodes in processes of their own, started as users start them, and OpenSSH's client.

interface Network {
  readonly chainId: string;
  readonly isNewChain: boolean;
  readonly genesisFile: string;
  readonly nodes: readonly Node[];
}
interface Node {
  readonly name: string;
  readonly ssh: SshPlace;
  readonly listens: string;
  readonly dataFolder: string;
  readonly pid: number;
}
interface World {
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly key: string;
  readonly agent: { readonly socket: string; stop(): Promise<void> };
  devnet: WatchedProgram;
  network: Network;
}

const test = suite<World>("grid devnet");
const canRun = haveClients("a network of several nodes", "ssh", "ssh-agent", "ssh-keygen");
const GRID = join(ROOT, "grid");
/** Any free port may be one that another node had a minute ago, with another host key. */
const LOGIN = ["-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no"];
const RECEIPT = /receipt [0-9a-f]{64}: done, included\n {2}block \d+ [0-9a-f]{64}\n {2}perspective [0-9a-f]{64}/;

function startDevnet(folder: string, ...args: readonly string[]): WatchedProgram {
  return watchProgram(GRID, ["devnet", "--data", join(folder, "net"), "--ssh-from", "0", "--log", "info", ...args]);
}

async function networkOf(devnet: WatchedProgram): Promise<Network> {
  const [line] = await devnet.line(/^\{"chainId".*\}$/);
  return JSON.parse(line) as Network;
}

/** Runs lines at a node as alice, whose key signs. */
async function script({ ssh, key, agent }: World, { ssh: place }: Node, ...lines: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ssh.run(place, ["-A", ...LOGIN, "-i", key, "alice@127.0.0.1"], { input: `${lines.join("\n")}\n`, env: { SSH_AUTH_SOCK: agent.socket }, timeLimitMs: 60_000 });
  assert.equal([code, stderr], [0, ""], stdout);
  return stdout;
}

/** Commits lines at a node and resolves with its receipt. */
async function commit(world: World, node: Node, ...lines: readonly string[]): Promise<void> {
  assert.match(await script(world, node, "bt", ...lines, "rt", "ct"), RECEIPT);
}

/** Resolves when a line prints this at a node, which is asked again whenever its head has changed: a block that was just included may give way to another one. */
async function untilPrints({ ssh, key }: World, { ssh: place }: Node, log: WatchedProgram, line: string, expected: string): Promise<void> {
  for (let since = log.lines.length; ; since = log.lines.length) {
    if ((await ssh.run(place, [...LOGIN, "-i", key, "alice@127.0.0.1", line])).stdout === expected) return;
    await log.line(/ info head changed /, since);
  }
}

function nodeAt({ network }: World, index: number): Node {
  return network.nodes[index] as Node;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "devnet-"));
  const ssh = new OpenSsh(join(folder, "ssh"));
  const key = ssh.makeKey("alice");
  const devnet = startDevnet(folder, "-n", "4", "--json");
  Object.assign(world, { folder, ssh, key, devnet, agent: await ssh.startAgent(key), network: await networkOf(devnet) });
}));

test.after(async (world) => {
  if (!canRun) return;
  await world.devnet.end("SIGTERM");
  await world.agent.stop();
});

test("one command makes a genesis, keys and four nodes of one new chain, linked to each other (S7)", async (world) => {
  if (!canRun) return;
  const { network } = world;
  assert.equal([network.nodes.length, network.isNewChain], [4, true]);
  for (const node of network.nodes) {
    const { rows } = JSON.parse(await script(world, node, "peers --json")) as { readonly rows: readonly unknown[] };
    assert.is(rows.length, 3, node.name);
    assert.is(readFileSync(join(node.dataFolder, "genesis.json"), "utf8"), readFileSync(network.genesisFile, "utf8"));
  }
});

test("what is committed at one node is at every other the same bytes under the same perspective (G3)", async (world) => {
  if (!canRun) return;
  const [a, ...others] = world.network.nodes as [Node, ...Node[]];
  await script(world, a, "faucet");
  await commit(world, a, "mkdir docs", "echo 'one world' > docs/note");
  for (const node of others) {
    await untilPrints(world, node, world.devnet, "cat docs/note", "one world\n");
    await untilPrints(world, node, world.devnet, "perspective", await script(world, a, "perspective"));
  }
});

test("who won a key block has nothing but that: no coins, no registration (G72), and signs the data blocks that follow (G68)", async (world) => {
  if (!canRun) return;
  const node = nodeAt(world, 1);
  const { rows } = JSON.parse(await script(world, node, "blocks --json")) as { readonly rows: readonly { readonly kind: string; readonly leader: string }[] };
  const at = rows.findIndex(({ kind }) => kind === "data");
  const leader = rows.slice(at).find(({ kind }) => kind === "key")?.leader ?? "";
  assert.match(leader, /^grid1/);
  assert.is(rows[at]?.leader, leader);
  const genesis = JSON.parse(readFileSync(world.network.genesisFile, "utf8")) as { readonly allocations: object };
  assert.not.ok(Object.hasOwn(genesis.allocations, leader));
});

test("a node of another genesis is refused, and both sides name both chains (S18)", async (world) => {
  if (!canRun) return;
  const { folder, network, devnet } = world;
  const stranger = watchProgram(GRID, ["up", "--data", join(folder, "stranger"), "--ssh", "127.0.0.1:0", "--peer", nodeAt(world, 0).listens, "--mining", "off", "--workers", "1", "--json"]);
  const { chainId } = JSON.parse((await stranger.line(/^\{.*\}$/))[0]) as { readonly chainId: string };
  await stranger.line(new RegExp(`NET_OTHER_CHAIN: a node of chain ${network.chainId} was refused: this one is of chain ${chainId}`));
  await devnet.line(new RegExp(`^node-1 \\| ! NET_OTHER_CHAIN: a node of chain ${chainId} was refused: this one is of chain ${network.chainId}`));
  await devnet.line(/^node-1 \| {3}hint: nodes of one network begin with one genesis file/);
  await stranger.end("SIGTERM");
});

test("a node that led a branch of its own joins, leaves it for the heavier one (G69), and what it was handed gets to everybody", async (world) => {
  if (!canRun) return;
  const { folder, network } = world;
  const place = ["up", "--data", join(folder, "late"), "--ssh", "127.0.0.1:0", "--genesis", network.genesisFile, "--workers", "1", "--log", "info", "--json"];
  const alone = watchProgram(GRID, [...place, "--mining", "50"]);
  await alone.line(/info key block height=1/);
  await alone.end("SIGTERM");
  const joined = watchProgram(GRID, [...place, "--mining", "off", ...network.nodes.flatMap(({ listens }) => ["--peer", listens])]);
  const late = { ...nodeAt(world, 0), name: "late", ...(JSON.parse((await joined.line(/^\{.*\}$/))[0]) as Pick<Node, "ssh">) };
  // Until then both branches may weigh the same: one key block each. The next one decides.
  await commit(world, nodeAt(world, 2), "echo 'for the late' > docs/late");
  await untilPrints(world, late, joined, "cat docs/late", "for the late\n");
  await commit(world, late, "echo 'from the late' > docs/back");
  await untilPrints(world, nodeAt(world, 3), world.devnet, "cat docs/back", "from the late\n");
  await joined.end("SIGTERM");
});

test("a node that is killed is named with the command that starts it again, and the others go on", async (world) => {
  if (!canRun) return;
  const { devnet, network } = world;
  // Not the leader: until the next key block nothing would get into a block.
  const leader = devnet.lines.findLast((line) => / info key block /.test(line))?.split(" ")[0];
  const gone = network.nodes.findLast(({ name }) => name !== leader) as Node;
  const here = network.nodes.find(({ name }) => name !== leader) as Node;
  process.kill(gone.pid, "SIGKILL");
  await devnet.line(new RegExp(`^${gone.name} ended \\(killed by SIGKILL\\); 3 go on\\. It starts again with:$`));
  const [command = ""] = await devnet.line(new RegExp(`^ {2}grid up --data .*${gone.name} .*$`));
  await commit(world, here, "echo 'while it was away' > docs/away");
  const again = watchProgram(GRID, [...command.trim().split(" ").slice(1), "--json"]);
  const place = JSON.parse((await again.line(/^\{.*\}$/))[0]) as Pick<Node, "ssh">;
  await untilPrints(world, { ...gone, ...place }, again, "cat docs/away", "while it was away\n");
  await again.end("SIGTERM");
});

test("one signal stops all nodes, and the next start continues the chain; the table is as written down", async (world) => {
  if (!canRun) return;
  const { folder, network } = world;
  const { code, durationMs } = await world.devnet.end("SIGINT");
  assert.is(code, 0);
  assert.ok(durationMs < 12_000, `${durationMs} ms`);
  assert.equal(network.nodes.map(({ pid }) => isRunning(pid)), [false, false, false, false]);
  const again = startDevnet(folder, "-n", "2");
  await again.line(/^Ctrl-C stops/);
  const table = again.stdout();
  assert.match(table, network.chainId);
  matchesTranscript("devnet.txt", table.replaceAll(folder, "HOME").replace(/[0-9a-f]{64}/g, "HASH").replace(/\b\d{4,5}\b( |$)/gm, "PORT$1"));
  const port = Number(/ssh -p (\d+) /.exec(table)?.[1]);
  assert.is(await script(world, { ...nodeAt(world, 0), ssh: { host: "127.0.0.1", port } }, "cat docs/note"), "one world\n");
  world.devnet = again;
});

test("nodes whose devnet was killed stop by themselves", async (world) => {
  if (!canRun) return;
  const [, port] = /ssh -p (\d+) /.exec(world.devnet.stdout()) ?? [];
  const socket = connect(Number(port), "127.0.0.1");
  socket.resume();
  await once(socket, "data");
  const closed = once(socket, "close");
  await world.devnet.end("SIGKILL");
  await closed;
});

test("a port that is taken is said by the node that wanted it, and none is left running", async (world) => {
  if (!canRun) return;
  const { folder } = world;
  const first = watchProgram(GRID, ["up", "--data", join(folder, "single"), "--ssh", "127.0.0.1:0", "--workers", "1", "--json"]);
  const { ssh } = JSON.parse((await first.line(/^\{.*\}$/))[0]) as Pick<Node, "ssh">;
  const second = watchProgram(GRID, ["devnet", "-n", "1", "--data", join(folder, "other"), "--ssh-from", String(ssh.port)]);
  await second.line(/^node-1 \| ! SHELL_PORT_TAKEN: /);
  await second.line(/^grid: node-1 did not start \(exit code 1\)\.$/);
  assert.is((await second.end()).code, 1);
  await first.end("SIGTERM");
});

test.run();
