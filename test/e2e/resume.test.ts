// time-out: 120 s
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ed25519File } from "../shell/ssh-keys.ts";
import { connect, exec, TestTerminal } from "../shell/terminal.ts";
import { startGrid } from "../support/running-node.ts";

const alice = { username: "alice", privateKey: ed25519File(3) };

test("after kill -9 in the middle of a thread the same key goes on where it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gridshell-resume-"));
  const first = await startGrid(join(folder, "data"));
  const before = await TestTerminal.open(await connect(first.ssh.port, alice), { columns: 100 });
  for (const line of [": twice 2* ;", "bt", "mkdir docs", "echo 'hi there' > docs/note", "4 twice"]) {
    before.type(line);
    await before.waitFor(new RegExp(`${line.replace(/[*]/g, "\\*")}\\n(8 )?ok`));
  }
  before.type("perspective");
  const root = /[0-9a-f]{64}/.exec(await before.waitFor(/[0-9a-f]{64}/))?.[0];
  await first.end("SIGKILL");
  const second = await startGrid(join(folder, "data"));
  const client = await connect(second.ssh.port, alice);
  const after = await TestTerminal.open(client, { columns: 100 });
  await after.waitFor("A thread of an earlier session waits: session resume goes on there.");
  after.type("session");
  await after.waitFor(/[0-9a-f]{12} {2}main {2}3 lines, on the state of block \d+/);
  after.type("session resume");
  await after.waitFor("resumed main: 3 lines recorded");
  after.type("vt perspective . cat docs/note");
  await after.waitFor(/"docs" mkdirEx\n"hi there\\n" "docs\/note" writeEx\n[^]*hi there/);
  assert.match(after.text(), root ?? "no root");
  const anonymous = await connect(second.ssh.port, { username: "eve" });
  assert.match((await exec(anonymous, "session")).stdout, /^no key was proved/);
  anonymous.end();
  client.end();
  await second.end("SIGTERM");
  rmSync(folder, { recursive: true });
});

test.run();
