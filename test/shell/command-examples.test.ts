// time-out: 180 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { COMMANDS } from "../../shell/commands/table.ts";
import { withRealNode } from "./real-node.ts";
import { ed25519File, MemoryAgent } from "./ssh-keys.ts";
import { connect, exec, TestTerminal } from "./terminal.ts";

/** A user with coins and one receipt, whose other session holds a shared thread. */
const login = { privateKey: ed25519File(3), username: "alice", agent: new MemoryAgent([ed25519File(3)]) as unknown as string, agentForward: true };

/** What stands for an id in help: its first digits and an ellipsis. */
const SOME_ID = /[0-9a-f]+…/g;

test("the example in the help of every outside word runs", () =>
  withRealNode(async ({ port }) => {
    const other = await connect(port, login);
    const terminal = await TestTerminal.open(other, { columns: 120, agentForward: true });
    terminal.type("faucet");
    await terminal.waitFor("100 coins");
    terminal.type("bt mkdir earlier rt");
    terminal.type("ct");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done/);
    const packageId = /receipt ([0-9a-f]{64}): done/.exec(terminal.text())?.[1] ?? "";
    terminal.type("st shared --shared");
    await terminal.waitFor(/shared\]?>/);
    for (const { word, example } of COMMANDS) {
      const client = await connect(port, login);
      const { stderr, exitCode } = await exec(client, undefined, `${example.replace(SOME_ID, packageId)}\n`);
      client.end();
      assert.is(`${word}: ${String(exitCode)} ${stderr}`, `${word}: 0 `, example);
      assert.ok(example.split(/\s/).includes(word), `the example of ${word} does not use it`);
    }
    other.end();
  }));

test.run();
