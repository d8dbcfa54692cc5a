// time-out: 180 s
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
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
import { TestTerminal } from "../support/terminal.ts";

// What people and programs send by mistake or malice, over OpenSSH to a running node. Each gets a clear fault or
// a clean end, and a bystander, whose session is open all the while, keeps stack and prompt and waits no longer.

interface World {
  readonly ssh: OpenSsh;
  readonly node: RunningNode;
  readonly bystander: TestTerminal;
}
const test = suite<World>("survive");
const canRun = haveClients("mistakes and malice over OpenSSH", "ssh", "script");
const CLAIMED = ["-o", "PubkeyAuthentication=no", "eve@127.0.0.1"];
const PATIENCE_MS = 5_000;
const ENDLESS = ": forever begin again ; forever";

const SCRIPTS: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ["1 MB on one line", `${"1 ".repeat(500_000)}\n`, /^! LANG_BAD_INPUT .*longer than \d+ bytes/],
  ["1 MB in one word", "x".repeat(1_000_000), /^! LANG_BAD_INPUT .*longer than \d+ bytes/],
  ["binary garbage", Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7_919) & 255), /^! LANG_BAD_INPUT .*not UTF-8/],
  ["a zero byte", "1 . \u0000\n", /^! LANG_BAD_INPUT .*zero byte/],
  ["control characters", "\u0001\u001b[2J\u009b31m\u202e \n", /^! LANG_UNKNOWN_WORD/],
  ["an open quote", "1 . 'abc\n", /^! LANG_UNCLOSED_QUOTE/],
  ["ten thousand quotes", "'".repeat(10_001), /^! LANG_/],
  ["nested control structures", `: x ${"if ".repeat(20_000)}\n`, /^! LANG_OVERFLOW/],
  ["nested calls", ": r recurse ; r\n", /^! LANG_CALL_DEPTH/],
  ["nested sources", ': r s" r" evaluate ; r\n', /^! LANG_TOO_LARGE/],
  ["an endless loop", `${ENDLESS}\n`, /^! LANG_OUT_OF_ERG/],
];

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "survive-"));
  const ssh = new OpenSsh(join(folder, "ssh"));
  const node = await startGrid(join(folder, "data"));
  const bystander = new TestTerminal(`ssh -F ${ssh.configFile} -p ${node.ssh.port} -o PubkeyAuthentication=no bea@127.0.0.1`);
  Object.assign(world, { ssh, node, bystander });
  await typeLine(bystander, ": tax 100 + ;");
  await typeLine(bystander, "bt");
  await typeLine(bystander, "echo 'mine' > note");
}));

test.after(async ({ bystander, node }) => {
  await (bystander as TestTerminal | undefined)?.close();
  await (node as RunningNode | undefined)?.end("SIGTERM");
});

/** The other session still has its words and files, and is answered at once. */
async function checkBystander({ bystander, node }: World, about: string): Promise<void> {
  const printed = [await typeLine(bystander, "5 tax ."), await typeLine(bystander, "cat note")];
  assert.match(printed.join(""), /^ ?5 tax \.\n105[^]*cat note\nmine\nok\n~ \[bt 1(?:, behind)?\]>/, `${about}:\n${printed.join("").slice(-400)}`);
  assert.not.match(node.log(), / (error|warn) /, about);
}

test("empty input, as a command and as a script, ends at once and cleanly", async (world) => {
  if (!canRun) return;
  for (const args of [[], [""], ["   "]]) {
    const { code, stdout, stderr } = await world.ssh.run(world.node.ssh, [...CLAIMED, ...args]);
    assert.equal([code, stdout, stderr], [0, "", ""]);
  }
  await checkBystander(world, "empty input");
});

test("scripts that no one writes on purpose: a declared fault within seconds, and no one else notices", async (world) => {
  if (!canRun) return;
  for (const [name, input, fault] of SCRIPTS) {
    const { code, stderr, durationMs } = await world.ssh.run(world.node.ssh, CLAIMED, { input });
    assert.is(code, 1, name);
    assert.match(stderr, fault, name);
    assert.match(stderr, /\n {2}hint: /, name);
    assert.ok(durationMs < PATIENCE_MS, `${name}: ${durationMs} ms`);
    await checkBystander(world, name);
  }
});

test("the same typed at the prompt: a fault each time, and the prompt comes back", async (world) => {
  if (!canRun) return;
  const { ssh, node } = world;
  await ssh.terminal(node.ssh, CLAIMED.join(" "), {}, async (terminal) => {
    await typeLine(terminal, "");
    await typeLine(terminal, "7");
    assert.match(await typeLine(terminal, "1 . 'abc"), /LANG_UNCLOSED_QUOTE/);
    assert.match(await typeLine(terminal, ": r recurse ; r"), /LANG_CALL_DEPTH/);
    assert.match(await typeLine(terminal, ENDLESS, 30_000), /LANG_OUT_OF_ERG/);
    assert.match(await typeLine(terminal, "\u0000\u0007é\u202e"), /LANG_UNKNOWN_WORD|ok/);
    assert.match(await typeLine(terminal, "."), /7/, "the stack is as it was");
    // More than fits the screen's memory, so that rows cannot be counted from here on.
    terminal.type(`${"x".repeat(70_000)}\r`);
    await terminal.waitFor(/! LANG_BAD_INPUT [^]*\n~>$/);
    terminal.type("exit\r");
    assert.is(await terminal.ended(), 0);
  });
  await checkBystander(world, "typed");
});

test("a program that reads standard input is told its end; one that reads on behind it is stopped", async (world) => {
  if (!canRun) return;
  const copy = await world.ssh.run(world.node.ssh, [...CLAIMED, ": copy begin key dup -1 <> while emit repeat drop ; copy 5 ."], { input: "abc" });
  assert.equal([copy.code, copy.stdout, copy.stderr], [0, "abc5 ", ""]);
  const endless = await world.ssh.run(world.node.ssh, [...CLAIMED, ": endless begin key drop again ; endless"]);
  assert.is(endless.code, 1);
  assert.match(endless.stderr, /^! LANG_ABORT/);
});

test("connections that close in mid-line, in mid-loop and in mid-script leave nothing behind", async (world) => {
  if (!canRun) return;
  const { ssh, node } = world;
  await ssh.terminal(node.ssh, CLAIMED.join(" "), {}, async (terminal) => {
    await typeLine(terminal, "1 .");
    terminal.type(": half 'a line");
    await terminal.waitFor(/half 'a line/);
  });
  await checkBystander(world, "mid-line");
  for (const input of [`1 . cr\n${ENDLESS}`, "1 . cr\n2 +", `1 . cr\n${"2 drop ".repeat(1_000)}`]) {
    const child = spawn("ssh", ["-F", ssh.configFile, "-p", String(node.ssh.port), ...CLAIMED], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.write(input);
    const loop = input.endsWith("forever");
    if (loop) child.stdin.write("\n");
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    await checkBystander(world, `mid-script: ${input.slice(0, 40)}`);
  }
});

test("bytes that are no SSH at all are cut off", async (world) => {
  if (!canRun) return;
  for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\u0000".repeat(100_000), "SSH-2.0-x\r\n".padEnd(50_000, "\u0007")]) {
    const socket = connect(world.node.ssh.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume().write(bytes);
    await once(socket, "close");
  }
  assert.match(await typeLine(world.bystander, "5 tax ."), /\b105\b/);
});

test.run();
