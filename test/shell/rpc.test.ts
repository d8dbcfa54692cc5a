import { sign } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { domainOfKey, messageToSign } from "../../node/api.ts";
import { hostKeyFromSeed } from "../../shell/ssh/host-key.ts";
import { addPin, checkPin } from "../../shell/ssh/pins.ts";
import { decodePlain, encodePlain } from "../../shell/ssh/plain-data.ts";
import { connectRpc, type RemoteConsole, type RpcClient, type RpcClientOptions } from "../../shell/ssh/rpc-client.ts";
import { FrameReader, frame, MAX_FRAME_BYTES } from "../../shell/ssh/rpc-frames.ts";
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type RpcRequest } from "../../shell/ssh/rpc-messages.ts";
import { newEd25519 } from "./fake-node.ts";
import { ed25519Public } from "./ssh-keys.ts";
import { connect } from "./terminal.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

const HOST_KEY = hostKeyFromSeed(new Uint8Array(32).fill(9)).publicBlob;
const SEED = new Uint8Array(32).fill(3);

const options = (port: number, extra: Partial<RpcClientOptions> = {}): RpcClientOptions => ({
  host: "127.0.0.1", port, user: "grid", isHostKey: (blob) => toHex(blob) === toHex(HOST_KEY), timeoutMs: 5_000, ...extra,
});
async function withClient(run: (client: RpcClient, shell: TestShell) => Promise<void>, extra: Partial<RpcClientOptions> = {}): Promise<void> {
  const shell = await startTestShell();
  const client = await connectRpc(options(shell.port, extra));
  try {
    await run(client, shell);
  } finally {
    client.close();
    await shell.shell.stop();
  }
}
const printing = (write: (bytes: Uint8Array) => void): RemoteConsole => ({ write, onWaiting: () => undefined });
/** The code of the fault a promise ends with. */
const faultOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "no fault", (error: unknown) => (isFaultError(error) ? error.fault.code : String(error)));

test("status tells chain and head", () =>
  withClient(async (client, { node }) => {
    assert.equal(await client.ask({ kind: "status" }), { ...node.chain, head: node.head() });
  }));

test("a signer fetches an intent, answers it, and the waiting session is told", () =>
  withClient(async (client, { node }) => {
    const thread = await node.openThread({ level: "claimed", sshUser: "a", sourceAddress: "b" });
    Object.assign(thread, { recording: "ready", recorded: ["mkdir docs"] });
    const { publicKey, privateKey } = newEd25519();
    await node.faucet(domainOfKey(publicKey));
    const offer = node.offerIntent(thread, undefined);
    const draft = await client.ask({ kind: "fetchIntent", intentId: offer.intentId, publicKey });
    assert.is(draft.ergUsed, 1_234n);
    const signature = new Uint8Array(sign(null, messageToSign("raw", draft.bodyBytes), privateKey));
    const answer = { packageId: draft.packageId, publicKey, scheme: "raw", signature } as const;
    await client.ask({ kind: "answerIntent", intentId: offer.intentId, answer });
    assert.equal((await offer.answered).packageId, draft.packageId);
    const found = await client.ask({ kind: "receipt", packageId: draft.packageId });
    assert.is(found?.stage, "included");
    assert.equal(found?.receipt, await client.ask({ kind: "untilReceipt", packageId: draft.packageId, stage: "included" }));
  }));

test("a receipt nobody knows is undefined, an unknown intent a fault with its code", () =>
  withClient(async (client) => {
    assert.is(await client.ask({ kind: "receipt", packageId: new Uint8Array(32) }), undefined);
    assert.is(await faultOf(client.ask({ kind: "fetchIntent", intentId: new Uint8Array(8), publicKey: new Uint8Array(32) })), "SIGN_NO_SUCH_INTENT");
  }));

test("exec: run, faucet, draft and submit in the thread of the key that logged in", () =>
  withClient(
    async (client, { node }) => {
      let output = "";
      const run = (source: string) => client.run({ source, sourceName: "a.gs", mode: "shell" }, printing((bytes) => (output += Buffer.from(bytes).toString())));
      const done = await run("2 3 + .");
      assert.equal([done.kind, output], ["done", "5 "]);
      const failed = await run("1 nonsense");
      assert.ok(failed.kind === "fault" && failed.report.fault.code === "LANG_UNKNOWN_WORD" && failed.report.at?.column === 2);
      assert.is((await client.ask({ kind: "faucet" })).amountUnits, 10n ** 19n);
      const outside = await run("bt do mkdir docs\nrt\nct\n7 .");
      assert.ok(outside.kind === "outside" && outside.word === "ct" && outside.rest === "7 .");
      const publicKey = ed25519Public(3);
      const draft = await client.ask({ kind: "draft", signer: { publicKey } });
      const { packageId } = await client.ask({ kind: "submit", signedPackage: draft.bodyBytes });
      assert.is((await client.ask({ kind: "untilReceipt", packageId, stage: "included" })).outcome.kind, "done");
      await client.ask({ kind: "committed" });
      const identity = node.threads[0]?.identity;
      assert.ok(identity?.level === "proved" && toHex(identity.key.ed25519 ?? new Uint8Array()) === toHex(publicKey));
    },
    { keySeed: SEED },
  ));

test("a program that waits is given input in pieces, then the end of input; more input is dropped", () =>
  withClient(
    async (client) => {
      const pieces = [Uint8Array.of(65), Uint8Array.of(66)];
      let output = "";
      const console: RemoteConsole = {
        write: (bytes) => (output += Buffer.from(bytes).toString()),
        onWaiting: () => void client.ask({ kind: "input", bytes: pieces.shift() ?? new Uint8Array() }),
      };
      assert.is((await client.run({ source: "key . key . key .", sourceName: "x", mode: "shell" }, console)).kind, "done");
      assert.is(output, "65 66 0 ", "the fake node has no other sign for the end");
      await client.ask({ kind: "input", bytes: Uint8Array.of(67) });
      assert.is((await client.run({ source: "1 .", sourceName: "x", mode: "shell" }, console)).kind, "done");
    },
    { keySeed: SEED },
  ));

test("without a proved key nothing is run", () =>
  withClient(async (client) => {
    assert.is(await faultOf(client.run({ source: "1 .", sourceName: "x", mode: "shell" }, printing(() => undefined))), "SHELL_NO_KEY");
  }));

test("long output comes whole and in order", () =>
  withClient(
    async (client) => {
      let size = 0;
      const outcome = await client.run({ source: "columns ".repeat(5_000), sourceName: "x", mode: "shell" }, printing((bytes) => (size += bytes.length)));
      assert.equal([outcome.kind, size], ["done", 10_000]);
    },
    { keySeed: SEED },
  ));

test("another host key, and a place where nobody listens, are told apart", async () => {
  const shell = await startTestShell();
  assert.is(await faultOf(connectRpc(options(shell.port, { isHostKey: () => false }))), "SIGN_HOST_KEY");
  await shell.shell.stop();
  assert.is(await faultOf(connectRpc(options(shell.port))), "SIGN_UNREACHABLE");
});

test("a node that stops rejects what was asked of it", async () => {
  const shell = await startTestShell();
  const client = await connectRpc(options(shell.port, { keySeed: SEED }));
  const thread = shell.node.nextThread();
  const running = faultOf(client.run({ source: "loop", sourceName: "x", mode: "shell" }, printing(() => undefined)));
  await thread;
  await shell.shell.stop();
  assert.is(await running, "SIGN_UNREACHABLE");
  assert.is(await faultOf(client.ask({ kind: "status" })), "SIGN_UNREACHABLE", "and what is asked afterwards");
  await (await thread).untilClosed;
});

test("garbage, overlong lengths and other versions end with a fault, and the node goes on", async () => {
  const shell = await startTestShell();
  const send = async (bytes: Uint8Array): Promise<string> => {
    const client = await connect(shell.port);
    const code = await new Promise<string>((resolve) =>
      client.subsys("gridshell-rpc@1", (_error, channel) => {
        const reader = new FrameReader();
        channel.on("data", (piece: Buffer) => {
          for (const message of reader.push(piece)) {
            const { answer } = decodeAnswer(message);
            resolve(answer.kind === "fault" ? answer.fault.code : answer.kind);
          }
        });
        channel.end(Buffer.from(bytes));
      }),
    );
    client.end();
    return code;
  };
  assert.is(await send(Uint8Array.of(255, 255, 255, 255, 1)), "RPC_BAD_MESSAGE");
  assert.is(await send(frame(Uint8Array.of(1, 2, 3))), "CODEC_MALFORMED");
  assert.is(await send(frame(encodeRlp([Uint8Array.of(2), Uint8Array.of(1), Uint8Array.of(1), []]))), "RPC_VERSION");
  assert.is(await send(frame(encodeRlp([Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(99), []]))), "CODEC_MALFORMED");
  assert.is(await send(frame(encodeRequest(1, { kind: "status" }))), "reply");
  await shell.shell.stop();
});

test("every request reads back as it was written", () => {
  const id = new Uint8Array(32).fill(1);
  const requests: readonly RpcRequest[] = [
    { kind: "status" }, { kind: "committed" }, { kind: "faucet" },
    { kind: "fetchIntent", intentId: id.slice(0, 8), publicKey: id },
    { kind: "answerIntent", intentId: id.slice(0, 8), answer: { packageId: id, publicKey: id, scheme: "sshsig", signature: new Uint8Array(64) } },
    { kind: "submit", signedPackage: utf8("x") }, { kind: "receipt", packageId: id }, { kind: "untilReceipt", packageId: id, stage: "settled" },
    { kind: "run", source: "1 2 +", sourceName: "a.gs", mode: "forth" }, { kind: "draft", signer: { publicKey: id } }, { kind: "draft", signer: { publicKey: id, domain: id.slice(0, 20), payer: "bob" } },
  ];
  for (const [number, request] of requests.entries()) assert.equal(decodeRequest(encodeRequest(number, request)), { id: number, request });
});

test("a fault of any code keeps its fields", () => {
  const fault = { code: "X", text: "é", count: 3, minus: -4, big: 2n ** 100n, less: -5n, flag: true, bytes: Uint8Array.of(0, 1), list: ["a", 1], inner: { code: "Y" } };
  const message = encodeAnswer(7, { kind: "fault", fault });
  assert.equal(decodeAnswer(message), { id: 7, answer: { kind: "fault", fault } });
});

test("plain data has one form: other kinds, orders and depths are refused", () => {
  const refused = (item: Parameters<typeof decodePlain>[0]): void => assert.throws(() => decodePlain(item), /CODEC_MALFORMED/);
  refused([Uint8Array.of(9), new Uint8Array()]);
  refused([Uint8Array.of(2), new Uint8Array()]); // minus zero
  refused([Uint8Array.of(8), [[utf8("b"), encodePlain(1)], [utf8("a"), encodePlain(1)]]]);
  let deep: Parameters<typeof decodePlain>[0] = encodePlain(1);
  for (let i = 0; i < 10; i++) deep = [Uint8Array.of(7), [deep]];
  refused(deep);
});

test("frames are put together from any pieces, and too long ones refused", () => {
  const reader = new FrameReader();
  const bytes = new Uint8Array([...frame(utf8("one")), ...frame(new Uint8Array()), ...frame(utf8("three"))]);
  const got: string[] = [];
  for (const byte of bytes) got.push(...reader.push(Uint8Array.of(byte)).map((message) => Buffer.from(message).toString()));
  assert.equal(got, ["one", "", "three"]);
  assert.throws(() => frame(new Uint8Array(MAX_FRAME_BYTES + 1)), /RPC_BAD_MESSAGE/);
});

test("the first host key seen at an address is kept", () => {
  const other = hostKeyFromSeed(new Uint8Array(32).fill(8)).publicBlob;
  assert.is(checkPin("", "h:1", HOST_KEY), "new");
  const pins = addPin(addPin("", "h:1", HOST_KEY), "h:2", other);
  assert.is(checkPin(pins, "h:1", HOST_KEY), "known");
  assert.is(checkPin(pins, "h:1", other), "changed");
  assert.is(checkPin(pins, "h:3", other), "new");
});

test.run();
