import { sign } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConnectConfig } from "ssh2";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { domainOfKey, encodeAddress, messageToSign } from "../../node/api.ts";
import { newEd25519 } from "./fake-node.ts";
import { ecdsaFile, ed25519File, ed25519Public, MemoryAgent } from "./ssh-keys.ts";
import { connect, exec, TestTerminal } from "./terminal.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

interface Setting {
  readonly shell: TestShell;
  readonly terminal: TestTerminal;
}
async function at(options: ConnectConfig, run: (setting: Setting) => Promise<void>, size: Parameters<typeof TestTerminal.open>[1] = {}): Promise<void> {
  const shell = await startTestShell();
  const client = await connect(shell.port, options);
  try {
    const terminal = await TestTerminal.open(client, { rows: 40, ...size });
    await terminal.waitFor("~>");
    await run({ shell, terminal });
  } finally {
    client.end();
    await shell.shell.stop();
  }
}
const record = async (terminal: TestTerminal): Promise<void> => {
  terminal.type("bt do mkdir docs");
  terminal.type("rt");
  await terminal.waitFor("~ [rt 1]>");
};
const withAgent = (agent: MemoryAgent, extra: ConnectConfig = {}): ConnectConfig => ({ agent: agent as unknown as string, agentForward: true, ...extra });

test("faucet pays into the domain of the key that proved the login", () =>
  at({ privateKey: ed25519File(3) }, async ({ terminal }) => {
    terminal.type("faucet");
    await terminal.waitFor(/10 coins for grid1[a-z0-9]{38} in block 2\nok/);
  }));

test("faucet without any Ed25519 key says how to get one", () =>
  at({ privateKey: ecdsaFile() }, async ({ terminal }) => {
    terminal.type("faucet");
    await terminal.waitFor("! SHELL_NO_KEY: a key of type ecdsa-sha2-nistp256 cannot sign packages");
  }));

test("a block that gives way to another branch is told at the next prompt, and so is the one that has the package then", () => {
  const agent = new MemoryAgent([ed25519File(3)]);
  return at(withAgent(agent, { privateKey: ed25519File(3) }), async ({ shell, terminal }) => {
    terminal.type("faucet");
    await terminal.waitFor("10 coins");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
    await terminal.waitFor(/\n~>$/);
    const [id, receipt] = [...shell.node.receipts].at(-1) ?? [];
    if (id === undefined || receipt === undefined) throw new Error("there is a receipt");
    shell.node.receipts.delete(id);
    terminal.type("do one");
    await terminal.waitFor(new RegExp(`package ${toHex(receipt.packageId)}: its block gave way to another branch; receipt [0-9a-f]{12} says what becomes of it\n~>$`));
    shell.node.receipts.set(id, { ...receipt, blockId: new Uint8Array(32).fill(9), height: 77n });
    terminal.type("do two");
    await terminal.waitFor(new RegExp(`package ${toHex(receipt.packageId)} is in block 77 now: done\n~>$`));
    terminal.type("do three");
    await terminal.waitFor(/do three\n[^\n]*\n~>$/);
  }, { columns: 160 });
});

test("ct with a forwarded agent shows the effect, signs with the login key and prints the receipt", () => {
  const agent = new MemoryAgent([ed25519File(4), ed25519File(3)]);
  return at(withAgent(agent, { privateKey: ed25519File(3) }), async ({ shell, terminal }) => {
    terminal.type("faucet");
    await terminal.waitFor("10 coins");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("  does do mkdir docs");
    await terminal.waitFor("ERG 1234, fee at most 0.001 coins");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
    await terminal.waitFor("ERG 1234, fee 0.000000000000001234 coins");
    await terminal.waitFor(/\n~>$/);
    assert.is(agent.signed, 1);
    assert.equal(shell.node.openIntents.length, 1); // answered, not withdrawn
    const id = /receipt ([0-9a-f]{64})/.exec(terminal.text().replaceAll("\n", ""))?.[1] ?? "";
    terminal.type(`receipt ${id}`);
    await terminal.waitFor(/included[^]*included/);
  }, { columns: 100, agentForward: true });
});

test("an agent that refuses is named, and another signer is asked", () =>
  at(withAgent(new MemoryAgent([ed25519File(3)], { refuse: true }), { privateKey: ed25519File(3) }), async ({ terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("! SIGN_REFUSED: no signature: the agent would not sign with this key");
    await terminal.waitFor("grid sign GS:");
    terminal.key("\x03");
    await terminal.waitFor("! SHELL_INTERRUPTED");
    await terminal.waitFor(/~ \[rt 1\]>$/);
  }, { agentForward: true }));

test("outside devnet a plain forwarded agent is asked only where the user said so, with a warning", () => {
  const agent = new MemoryAgent([ed25519File(3)]);
  return at(withAgent(agent, { privateKey: ed25519File(3) }), async ({ shell, terminal }) => {
    shell.node.chain = { ...shell.node.chain, preset: "testnet" };
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor(/The forwarded agent is not asked: outside devnet it would sign whatever a node\s*wants\. grid agent shows and asks first\./);
    await terminal.waitFor("grid sign GS:");
    assert.is(agent.signed, 0);
    terminal.key("\x03");
    await terminal.waitFor("! SHELL_INTERRUPTED");
    terminal.type("ct --raw-agent");
    await terminal.waitFor("warning: a forwarded agent signs unseen; you trust this node with all its keys");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
    assert.is(agent.signed, 1);
  }, { agentForward: true, columns: 120 });
});

test("no agent channel is opened when none was forwarded", () => {
  const agent = new MemoryAgent([ed25519File(3)]);
  return at({ agent: agent as unknown as string, privateKey: ed25519File(3) }, async ({ terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("grid sign GS:");
    assert.is(agent.signed, 0);
  });
});

test("an intent that a signer answers commits", () =>
  at({ privateKey: ed25519File(3) }, async ({ shell, terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("grid sign GS:");
    const intentId = fromHex(shell.node.openIntents[0] ?? "") ?? new Uint8Array();
    const draft = await shell.node.fetchIntent(intentId, ed25519Public(3));
    const { publicKey, privateKey } = newEd25519();
    const signature = new Uint8Array(sign(null, messageToSign("raw", draft.bodyBytes), privateKey));
    await shell.node.answerIntent(intentId, { packageId: draft.packageId, publicKey, scheme: "raw", signature });
    await terminal.waitFor(/receipt [0-9a-f]+/);
    await terminal.waitFor(/~>$/);
  }));

test("an intent that expires leaves the recording as it was", () =>
  at({ privateKey: ed25519File(3) }, async ({ shell, terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("grid sign GS:");
    shell.node.expireIntents();
    await terminal.waitFor("! SIGN_INTENT_EXPIRED");
    await terminal.waitFor(/~ \[rt 1\]>$/);
  }));

test("without any key an open intent is offered: the signer decides the domain", () =>
  at({}, async ({ terminal }) => {
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("Whoever signs decides the domain");
    await terminal.waitFor("grid sign GS:");
  }));

test("a shortfall is named before a signature is asked for", () =>
  at({ privateKey: ed25519File(3) }, async ({ shell, terminal }) => {
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("! PACKAGE_CANNOT_PAY: the package may cost 0.001 coins, the domain has 0 coins");
    await terminal.waitFor("hint: 0.001 coins are missing; faucet pays some on devnet");
    assert.is(shell.node.openIntents.length, 0);
  }));

test("ct names what is missing in each state, before it asks anybody", async () => {
  for (const privateKey of [ed25519File(3), ecdsaFile()]) {
    await at({ privateKey }, async ({ shell, terminal }) => {
      terminal.type("ct");
      await terminal.waitFor("! THREAD_NOT_RECORDING: ct needs a recording\n  hint: bt begins one");
      terminal.type("bt");
      terminal.type("ct");
      await terminal.waitFor("! THREAD_NOT_READY: the recording is not marked ready\n  hint: rt marks it");
      terminal.type("rt");
      terminal.type("ct");
      await terminal.waitFor("! THREAD_NOTHING_TO_COMMIT");
      assert.is(shell.node.openIntents.length, 0);
    });
  }
});

test("a key that cannot sign packages is told so at ct, and how to get one that can", () =>
  at({ privateKey: ecdsaFile() }, async ({ terminal }) => {
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor("Your ecdsa-sha2-nistp256 key can log in but not sign packages; Ed25519 keys can.");
    await terminal.waitFor("grid key new NAME, then here: faucet ADDRESS");
    await terminal.waitFor("grid sign GS:");
  }));

test("faucet pays into the domain that is named, for who will sign elsewhere", () =>
  at({}, async ({ shell, terminal }) => {
    const address = encodeAddress(domainOfKey(ed25519Public(5)));
    terminal.type(`faucet ${address}`);
    await terminal.waitFor(`10 coins for ${address} in block 2`);
    assert.is(shell.node.balances.size, 1);
    terminal.type(`faucet ${address.slice(0, -1)}x`);
    await terminal.waitFor(/! STATE_BAD_ADDRESS: [^]*a character is wrong/);
  }));

test("a package that was signed is waited for again after Ctrl-C, not signed again", () => {
  const agent = new MemoryAgent([ed25519File(3)]);
  return at(withAgent(agent, { privateKey: ed25519File(3) }), async ({ shell, terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    shell.node.holdReceipts = true;
    terminal.type("ct");
    await shell.node.untilHeld;
    terminal.key("\x03");
    await terminal.waitFor("The package is signed and on its way; ct waits for it again.\n! SHELL_INTERRUPTED");
    shell.node.holdReceipts = false;
    terminal.type("ct");
    await terminal.waitFor("waiting for the package signed before");
    await terminal.waitFor(/receipt [0-9a-f]{64}: done,\s+included[^]*ok\n~>$/);
    assert.is(agent.signed, 1);
  });
});

test("ct --plain draws the code without colours", () =>
  at({ privateKey: ed25519File(3) }, async ({ terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct --plain");
    await terminal.waitFor(/##############/);
    assert.not.match(terminal.text(), "▄");
  }));

test("a terminal too small for the QR code is told the size it needs", () =>
  at({ privateKey: ed25519File(3) }, async ({ terminal }) => {
    terminal.type("faucet");
    await record(terminal);
    terminal.type("ct");
    await terminal.waitFor(/The QR code needs 23 columns and 13 rows; this terminal has 80 and 10\./);
  }, { rows: 10 }));

test("lines after ct go on after the receipt", async () => {
  const shell = await startTestShell();
  const agent = new MemoryAgent([ed25519File(3)]);
  const client = await connect(shell.port, withAgent(agent));
  const script = "faucet\nbt do mkdir docs\nrt\nct\n7 .\nnonsense\n";
  const { stdout, stderr, exitCode } = await exec(client, undefined, script);
  assert.match(stdout, /receipt [0-9a-f]{64}: done, included\n[^]*\n7 $/);
  assert.match(stderr, "input:6: nonsense");
  assert.is(exitCode, 1);
  client.end();
  await shell.shell.stop();
});

test("a receipt nobody knows, and an id that is none, are faults", async () => {
  const shell = await startTestShell();
  const client = await connect(shell.port);
  assert.match((await exec(client, `receipt ${toHex(new Uint8Array(32))}`)).stderr, "EXPLORER_NO_SUCH");
  assert.match((await exec(client, "receipt 12")).stderr, "! EXPLORER_NO_SUCH: this node knows no package 12");
  client.end();
  await shell.shell.stop();
});

test.run();
