// time-out: 180 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { domainOfKey, encodeAddress } from "../../node/api.ts";
import { ed25519File, ed25519Public, MemoryAgent } from "./ssh-keys.ts";
import { withRealNode, type RealNode } from "./real-node.ts";
import { connect, exec, TestTerminal } from "./terminal.ts";

/** The shell over a node that works: what the fake one cannot show. */
const alice = { privateKey: ed25519File(3), username: "alice" };
const withAgent = { ...alice, agent: new MemoryAgent([ed25519File(3)]) as unknown as string, agentForward: true };
/** A new key block leaves a thread behind at any time. */
const PROMPT = /^~(?: \[[^\]]*\])?>$/m;
const goodLine = async ({ port }: RealNode): Promise<string> => {
  const client = await connect(port, { privateKey: ed25519File(9) });
  const { stdout } = await exec(client, "2 3 + .");
  client.end();
  return stdout;
};

test("a connection that ends in mid-line, in mid-output, in an endless loop or in mid-ct is noticed by nobody else", () =>
  withRealNode(async (real) => {
    const endings: readonly (readonly [string, (terminal: TestTerminal) => Promise<unknown>])[] = [
      ["mid-line", async (terminal) => terminal.key(": half 1 2")],
      ["mid-definition", async (terminal) => (terminal.type(": half 1 2"), terminal.waitFor(/\n\.\.\.$/))],
      ["mid-output", async (terminal) => (terminal.type(": talk begin 7 . again ; talk"), terminal.waitFor("7 7 7 7 7"))],
      ["mid-loop", async (terminal) => (terminal.type(": idle begin again ; idle"), terminal.waitFor("idle"))],
      ["mid-key", async (terminal) => (terminal.type("key"), terminal.waitFor("key"))],
      ["mid-ct", async (terminal) => (terminal.type("faucet"), terminal.type("bt mkdir a rt"), terminal.type("ct --qr"), terminal.waitFor("grid sign GS:"))],
    ];
    for (const [what, reach] of endings) {
      for (const end of ["end", "destroy"] as const) {
        const client = await connect(real.port, alice);
        const terminal = await TestTerminal.open(client, { rows: 50 });
        await terminal.waitFor(PROMPT);
        await reach(terminal);
        client[end]();
        await terminal.untilClosed();
        assert.is(await goodLine(real), "5 ", `${what}, ${end}`);
      }
    }
    assert.equal(real.complaints, []);
  }));

test("Ctrl-C while ct waits keeps the recording, and a second ct commits it", () =>
  withRealNode(async (real) => {
    const client = await connect(real.port, withAgent);
    const terminal = await TestTerminal.open(client, { columns: 120, rows: 50, agentForward: true });
    await terminal.waitFor(PROMPT);
    terminal.type("faucet");
    await terminal.waitFor("100 coins");
    terminal.type("bt mkdir docs  rt");
    terminal.type("ct --qr");
    await terminal.waitFor("grid sign GS:");
    terminal.key("\x03");
    await terminal.waitFor("! SHELL_INTERRUPTED: interrupted");
    await terminal.waitFor(/\[rt 1(, behind)?\]>$/);
    terminal.type("ct");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included[^]*\nok\n~[^\n]*>$/);
    terminal.type("ls");
    await terminal.waitFor(/docs\/\n\s*ok/);
    client.end();
  }));

test("undo at the prompt takes back files, words and stack, also in a recording", () =>
  withRealNode(async (real) => {
    const client = await connect(real.port, alice);
    const script = "1 2\nmkdir a\nundo\nls\nbt\nmkdir b\nmkdir c\nundo\nvt\nat\n.s\nundo\n";
    const { stdout, stderr, exitCode } = await exec(client, undefined, script);
    assert.match(stdout, "took back: ");
    assert.not.match(stdout, /a\//);
    assert.not.match(stdout, /"c"/);
    assert.match(stderr, "! SHELL_NOTHING_TO_UNDO");
    assert.is(exitCode, 1);
    client.end();
  }));

test("the address of a domain as user name takes its key and no other, before and after it has signed", () =>
  withRealNode(async (real) => {
    const username = encodeAddress(domainOfKey(ed25519Public(3)));
    for (const round of ["new", "on the ledger"]) {
      const client = await connect(real.port, { ...withAgent, username });
      const { stdout, stderr } = await exec(client, undefined, `whoami\nfaucet\nbt mkdir ${round.length} rt\nct\n`, {});
      assert.match(stdout, `~ is ${username}`, round);
      assert.is(stderr, "");
      client.end();
      assert.ok(await connect(real.port, { username, privateKey: ed25519File(4) }).then(() => false, () => true), round);
      assert.ok(await connect(real.port, { username }).then(() => false, () => true), round);
    }
  }));

test.run();
