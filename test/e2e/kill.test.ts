// time-out: 300 s
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SeededRandom } from "../sim/random.ts";
import { haveClients, isLongRun } from "../support/clients.ts";
import { ROOT, run } from "../support/grid.ts";
import { OpenSsh } from "../support/open-ssh.ts";
import { startGrid } from "../support/running-node.ts";
import type { RunningNode } from "../support/running-node.ts";

// The node is killed as no program can prevent (kill -9), again and again, while a client commits one package
// after the other. What the client was told is done must be there after the restart, to the byte.

const SEED = Number(process.env["SEED"] ?? 1);
const ROUNDS = 10;
const LONG_ROUNDS = 60;
/** Rounds beyond it are left out, so that a slow machine takes no longer. */
const TIME_LIMIT_MS = 45_000;
const LONG_TIME_LIMIT_MS = 240_000;
/** More than are committed before the kill, at one block a second. */
const COMMITS_PER_ROUND = 8;
const LONGEST_RUN_MS = 3_000;
/** About what a start takes: a kill at any moment of it. */
const LONGEST_START_MS = 700;

interface Acknowledged {
  readonly file: string;
  readonly height: number;
  readonly perspective: string;
}
const RECEIPT = /makes the file ~\/(\S+) [^]*?: done, included\n {2}block (\d+) [0-9a-f]+\n {2}perspective ([0-9a-f]{64})\n/g;

function acknowledged(printed: string): Acknowledged[] {
  return [...printed.matchAll(RECEIPT)].map(([, file = "", height, perspective = ""]) => ({ file, height: Number(height), perspective }));
}

test("kill -9 at random moments while commits run: nothing that was acknowledged is lost, and the state is the same or later", async () => {
  if (!haveClients("kills while OpenSSH commits", "ssh", "ssh-agent", "ssh-keygen")) return;
  const long = isLongRun(`${LONG_ROUNDS} kills instead of ${ROUNDS}`);
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  const data = join(folder, "data");
  const ssh = new OpenSsh(join(folder, "ssh"));
  const key = ssh.makeKey("alice");
  const agent = await ssh.startAgent(key);
  const random = new SeededRandom(SEED);
  const endMs = performance.now() + (long ? LONG_TIME_LIMIT_MS : TIME_LIMIT_MS);
  const kept: Acknowledged[] = [];
  let rounds = 0;
  let node: RunningNode | undefined;
  try {
    node = await startGrid(data);
    const coins = await ssh.run(node.ssh, ["-i", key, "alice@127.0.0.1", "faucet"]);
    assert.is(coins.code, 0, coins.stderr);
    await node.end("SIGKILL");
    for (; rounds < (long ? LONG_ROUNDS : ROUNDS) && performance.now() < endMs; rounds += 1) {
      const about = `round ${rounds}, seed ${SEED}`;
      node = await startGrid(data);
      const args = ["-F", ssh.configFile, "-p", String(node.ssh.port), "-i", key, "alice@127.0.0.1"];
      await checkKept(args, kept, about);
      const { first, session } = commitMany(["-A", ...args], rounds, { ...process.env, SSH_AUTH_SOCK: agent.socket });
      // Every second time the clock starts at the first receipt: on a busy machine it may come late.
      if (rounds % 2 === 1) await first;
      await new Promise((resolve) => setTimeout(resolve, random.below(LONGEST_RUN_MS)));
      assert.is((await node.end("SIGKILL")).code, null, `${about}: it ran until it was killed: ${node.log()}`);
      kept.push(...acknowledged(await session));
      // Every third time the next start is killed as well, wherever it is.
      if (rounds % 3 === 0) await run(join(ROOT, "grid"), ["up", "--data", data, "--ssh", "127.0.0.1:0"], { timeLimitMs: 1 + random.below(LONGEST_START_MS) });
    }
  } finally {
    await node?.end("SIGKILL");
    await agent.stop();
  }
  assert.ok(rounds >= 3 && kept.length >= rounds / 2, `${kept.length} commits in ${rounds} rounds prove little`);
});

/** `session` resolves, once the connection is gone, to everything the client was told; `first` at its first receipt, or with it. */
function commitMany(args: readonly string[], round: number, env: NodeJS.ProcessEnv): { readonly first: Promise<unknown>; readonly session: Promise<string> } {
  const commits = Array.from({ length: COMMITS_PER_ROUND }, (_, index) => `bt\necho 'from round ${round}' > r${round}-${index}\nrt\nct\n`);
  const child = spawn("ssh", args, { env, stdio: ["pipe", "pipe", "ignore"] });
  const receipt = Promise.withResolvers<void>();
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
    if (acknowledged(printed).length > 0) receipt.resolve();
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(commits.join(""));
  const session = new Promise<string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(printed));
  });
  return { first: Promise.race([receipt.promise, session]), session };
}

async function checkKept(args: readonly string[], kept: readonly Acknowledged[], about: string): Promise<void> {
  const script = ["perspective height . cr", ...kept.map(({ file }) => `cat ${file}`)].join("\n");
  const { code, stdout, stderr } = await run("ssh", args, { input: `${script}\n` });
  assert.equal([code, stderr], [0, ""], about);
  const [root, height, ...contents] = stdout.trim().split(/\s*\n/);
  assert.equal(contents, kept.map(({ file }) => `from round ${/\d+/.exec(file)?.[0]}`), about);
  const last = kept.at(-1);
  if (last === undefined) return;
  const isSame = Number(height) === last.height && root === last.perspective;
  assert.ok(isSame || Number(height) > last.height, `${about}: acknowledged ${last.height} ${last.perspective}, now ${height} ${root}`);
}

test.run();
