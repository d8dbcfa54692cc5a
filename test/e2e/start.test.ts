// time-out: 300 s
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isLongRun } from "../support/clients.ts";
import { ROOT, run } from "../support/grid.ts";
import { npmStart, startGrid } from "../support/running-node.ts";

// Starting and stopping, as users do it.

function folder(): string {
  return mkdtempSync(join(tmpdir(), "start-"));
}

function up(dataFolder: string, port = 0, env: Readonly<Record<string, string>> = {}) {
  return run(join(ROOT, "grid"), ["up", "--data", dataFolder, "--ssh", `127.0.0.1:${port}`], { env, timeLimitMs: 20_000 });
}

test("npm start says how to connect; SIGINT and SIGTERM to npm stop it cleanly within two seconds; the next start continues", async () => {
  const env = { GRID_DATA: join(folder(), "data"), GRID_SSH: "127.0.0.1:0" };
  const first = await npmStart(ROOT, env);
  assert.is(first.isNewChain, true);
  const interrupted = await first.end("SIGINT");
  assert.is(interrupted.code, 0, first.log());
  assert.ok(interrupted.durationMs < 2_500, `${interrupted.durationMs} ms, npm's own end included`);
  const second = await npmStart(ROOT, env);
  assert.equal([second.isNewChain, second.chainId, second.hostKeyFingerprint], [false, first.chainId, first.hostKeyFingerprint]);
  const terminated = await second.end("SIGTERM");
  assert.is(terminated.code, 0, second.log());
  assert.ok(terminated.durationMs < 2_500, `${terminated.durationMs} ms`);
  const third = await startGrid(env.GRID_DATA);
  assert.is(third.chainId, first.chainId, "the folder's lock was given back");
  assert.is((await third.end("SIGTERM")).code, 0);
});

test("a node that is stopped the moment it is ready, its workers still loading, ends cleanly each time", async () => {
  const data = join(folder(), "data");
  for (let round = 0; round < 8; round += 1) {
    const node = await startGrid(data);
    const { code, durationMs } = await node.end("SIGTERM");
    assert.is(code, 0, `round ${round}: ${node.log()}`);
    assert.ok(durationMs < 2_000, `${durationMs} ms`);
  }
});

test("a taken port is named with a remedy, and nothing is left behind", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const data = join(folder(), "data");
  const { code, stdout, stderr } = await up(data, port, { GRID_LOG: "error" });
  await new Promise((resolve) => server.close(resolve));
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, new RegExp(`^! SHELL_PORT_TAKEN: .*127\\.0\\.0\\.1:${port}\\n {2}hint: .*\\n$`));
  assert.is((await (await startGrid(data, port)).end("SIGTERM")).code, 0);
});

test("a data folder that another node uses is named with a remedy", async () => {
  const data = join(folder(), "data");
  const node = await startGrid(data);
  const { code, stderr } = await up(data, 0, { GRID_LOG: "error" });
  assert.is(code, 1);
  assert.match(stderr, /^! STORE_LOCKED: .*\n {2}hint: .*\n$/);
  assert.is((await node.end("SIGTERM")).code, 0);
});

test("a data folder that cannot be made is named with a remedy", async () => {
  const file = join(folder(), "file");
  writeFileSync(file, "");
  const { code, stderr } = await up(join(file, "data"), 0, { GRID_LOG: "error" });
  assert.is(code, 1);
  assert.match(stderr, /^! STORE_UNREADABLE: .*\n {2}hint: .*\n$/);
});

test("damaged settings and a damaged genesis are named, and nothing is begun anew", async () => {
  const data = join(folder(), "data");
  mkdirSync(data);
  writeFileSync(join(data, "config.json"), '{ "ssh": ');
  const settings = await up(data, 0, { GRID_LOG: "error" });
  assert.is(settings.code, 1);
  assert.match(settings.stderr, /^grid: .*config\.json is not JSON/);
  writeFileSync(join(data, "config.json"), "{}");
  assert.is((await (await startGrid(data)).end("SIGTERM")).code, 0);
  const genesis = join(data, "genesis.json");
  writeFileSync(genesis, readFileSync(genesis, "utf8").slice(0, 40));
  const damaged = await up(data, 0, { GRID_LOG: "error" });
  assert.is(damaged.code, 1);
  assert.match(damaged.stderr, /^! [A-Z_]+: .*\n {2}hint: .*\n$/);
});

test("a fresh clone with an empty home needs `npm start` and nothing else, and stays clean for git", async () => {
  if (!isLongRun("npm start in a fresh clone")) return;
  const home = folder();
  const clone = join(folder(), "clone");
  assert.is((await run("git", ["clone", "-q", ROOT, clone])).code, 0);
  const node = await npmStart(clone, { HOME: home, GRID_SSH: "127.0.0.1:0" });
  assert.ok(node.isNewChain);
  await node.end("SIGTERM");
  assert.is((await run("git", ["status", "--short"], { directory: clone })).stdout, "");
});

test.run();
