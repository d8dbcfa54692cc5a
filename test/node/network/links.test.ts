import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { frameHead } from "../../../node/network/frame.ts";
import { encodeHello, type Hello } from "../../../node/network/hello.ts";
import { startTcpNetwork } from "../../../node/network/tcp-network.ts";
import { systemClock, systemRandom } from "../../../src/system-ports.ts";
import { SimClock } from "../../sim/clock.ts";
import { at, CHAIN, QUICK, startMesh, startTestNode, stopAll, type TestNode } from "./bench.ts";

const OTHER_CHAIN = new Uint8Array(32).fill(2);
const HELLO: Hello = { chainId: CHAIN, rulesVersion: 1, nodeId: new Uint8Array(16).fill(9) };

/** A stranger's end of a link, with what came over it. */
async function stranger(node: TestNode, ...bytes: readonly Uint8Array[]): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown>; read(): Uint8Array }> {
  const socket = connect(at(node));
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await once(socket, "connect");
  for (const each of bytes) socket.write(each);
  return { socket, closed, read: () => Buffer.concat(chunks) };
}

function frame(topic: string, message: Uint8Array): Uint8Array {
  return Buffer.concat([frameHead(topic, message.length), message]);
}

test("nodes of another genesis refuse each other, and both say which chain each is of (S18)", async () => {
  const ours = await startTestNode();
  const theirs = await startTestNode({ chainId: OTHER_CHAIN, peers: [at(ours)] });
  const [here, there] = await Promise.all([ours.logged("peer refused"), theirs.logged("peer refused")]);
  assert.equal(here["fault"], { code: "NET_OTHER_CHAIN", ours: toHex(CHAIN), theirs: toHex(OTHER_CHAIN) });
  assert.equal(there["fault"], { code: "NET_OTHER_CHAIN", ours: toHex(OTHER_CHAIN), theirs: toHex(CHAIN) });
  assert.equal([ours.network.peers(), theirs.network.peers()], [[], []]);
  await stopAll([ours, theirs]);
});

test("an address that is not on this machine is refused with the reason, to listen as to dial", async () => {
  for (const host of ["0.0.0.0", "192.0.2.1", "::", "example.org", "127.0.0.1.example.org"]) {
    for (const ends of [{ listen: { host, port: 0 }, peers: [] }, { peers: [{ host, port: 1 }] }]) {
      const ports = { clock: systemClock, random: systemRandom, log: { info: () => undefined, warn: () => undefined } };
      const error: unknown = await startTcpNetwork({ ...ends, chainId: CHAIN, rulesVersion: 1, mostMessageBytes: 1 }, ports).catch((thrown: unknown) => thrown);
      assert.ok(isFaultError(error) && error.fault.code === "NET_NOT_LOOPBACK", host);
    }
  }
});

test("a taken port is a declared fault", async () => {
  const node = await startTestNode();
  const error: unknown = await startTestNode({ listen: at(node) }).catch((thrown: unknown) => thrown);
  assert.ok(isFaultError(error) && error.fault.code === "NET_PORT_TAKEN");
  await stopAll([node]);
});

test("a node that is told of itself notices, and tries no more", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const place = { host: "127.0.0.1", port: (probe.address() as AddressInfo).port };
  await new Promise((resolve) => probe.close(resolve));
  const clock = new SimClock();
  const node = await startTestNode({ listen: place, peers: [place], clock });
  while (clock.pendingTimers() > 0) await clock.advance(1); // both ends wait for a greeting at first
  assert.equal(node.network.peers(), []);
  await stopAll([node]);
});

test("a node that is told of one peer twice has one link to it", async () => {
  const first = await startTestNode();
  const second = await startTestNode({ peers: [at(first), at(first)] });
  await Promise.all([first.linked(1), second.linked(1)]);
  await stopAll([first, second]);
});

test("of two links between two nodes both keep the one that the lower name dialled, whichever came first", async () => {
  for (const ownIsLower of [true, false]) {
    const node = await startTestNode({ random: { bytes: (count) => new Uint8Array(count).fill(ownIsLower ? 1 : 200) } });
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const incoming = await stranger(node, encodeHello(HELLO));
    await node.linked(1);
    // The same stranger is now dialled by the node as well.
    const dialling = await startTestNode({ random: { bytes: (count) => new Uint8Array(count).fill(ownIsLower ? 1 : 200) }, peers: [{ host: "127.0.0.1", port: (server.address() as AddressInfo).port }] });
    const [outgoing] = (await once(server, "connection")) as [Socket];
    outgoing.on("error", () => undefined);
    const second = await stranger(dialling, encodeHello(HELLO));
    await dialling.linked(1);
    outgoing.write(encodeHello(HELLO));
    await (ownIsLower ? second.closed : once(outgoing.resume(), "close"));
    assert.equal(dialling.network.peers().map(({ direction }) => direction), [ownIsLower ? "out" : "in"]);
    await stopAll([node, dialling]);
    incoming.socket.destroy();
    server.close();
  }
});

test("a peer that went is dialled until it is there again", async () => {
  const [first] = await startMesh(1);
  const place = at(first as TestNode);
  const second = await startTestNode({ peers: [place] });
  await second.linked(1);
  await stopAll([first as TestNode]);
  await second.linked(0);
  const again = await startTestNode({ listen: place });
  await Promise.all([again.linked(1), second.linked(1)]);
  await stopAll([again, second]);
});

test("another protocol and another version of ours are told apart, and an SSH port is recognised by its first bytes", async () => {
  const node = await startTestNode();
  const ssh = await stranger(node, Buffer.from("SSH-2.0-OpenSSH_9\r\n"));
  await ssh.closed;
  assert.equal((await node.logged("peer refused"))["fault"], { code: "NET_OTHER_PROTOCOL", known: 1 });
  const newer = await startTestNode();
  const hello = encodeHello(HELLO);
  hello[14] = 2;
  await (await stranger(newer, hello)).closed;
  assert.equal((await newer.logged("peer refused"))["fault"], { code: "NET_OTHER_PROTOCOL", known: 1, found: 2 });
  await stopAll([node, newer]);
});

test("a frame that is longer than any message ends the link at its first four bytes", async () => {
  const node = await startTestNode();
  const { closed } = await stranger(node, encodeHello(HELLO), Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  await closed;
  const { fault } = (await node.logged("peer refused")) as { readonly fault: { readonly code: string } };
  assert.is(fault.code, "NET_BAD_FRAME");
  await stopAll([node]);
});

test("a peer is read no faster than its messages are dealt with", async () => {
  const node = await startTestNode();
  const underWay = Promise.withResolvers<void>();
  const seen: number[] = [];
  const first = Promise.withResolvers<void>();
  node.network.onMessage("t", async (message) => {
    seen.push(message.length);
    first.resolve();
    await underWay.promise;
  });
  const { socket } = await stranger(node, encodeHello(HELLO));
  const message = frame("t", new Uint8Array(1 << 20));
  for (let i = 0; i < 32; i++) socket.write(message);
  await first.promise;
  assert.equal(seen, [1 << 20], "the others wait");
  assert.ok(socket.writableLength > 8 << 20, `the sender keeps them: ${socket.writableLength} of 32 MiB`);
  socket.destroy();
  underWay.resolve();
  await stopAll([node]);
});

test("who sends too many messages, or too many bytes, is read more slowly, and nothing is lost", async () => {
  const floods = [{ count: QUICK.messages.most, size: 1, secondsLater: 1 / QUICK.messages.perSecond }, { count: QUICK.bytes.most >> 20, size: 1 << 20, secondsLater: 2 ** 20 / QUICK.bytes.perSecond }];
  for (const { count, size, secondsLater } of floods) {
    const clock = new SimClock();
    const node = await startTestNode({ clock });
    let heard = 0;
    const full = Promise.withResolvers<void>();
    const further = Promise.withResolvers<void>();
    node.network.onMessage("t", () => {
      heard++;
      if (heard === count) full.resolve();
      if (heard > count) further.resolve();
    });
    const { socket } = await stranger(node, encodeHello(HELLO));
    await node.linked(1);
    const message = frame("t", new Uint8Array(size));
    for (let i = 0; i < count + 3; i++) socket.write(message);
    await full.promise;
    const before = clock.pendingTimers();
    while (clock.pendingTimers() === before) await new Promise((resolve) => setImmediate(resolve)); // it waits for the clock now
    assert.is(heard, count);
    await clock.advance(Math.ceil(secondsLater * 1_000));
    await further.promise;
    socket.destroy();
    await stopAll([node]);
  }
});

test("what waits for a peer that reads nothing is bounded, and sending on does no harm", async () => {
  const node = await startTestNode();
  const { socket } = await stranger(node, encodeHello(HELLO));
  await node.linked(1);
  socket.pause();
  const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
  const message = new Uint8Array(1 << 20);
  for (let i = 0; i < 1_000; i++) node.network.broadcast("t", message);
  const used = process.memoryUsage().external + process.memoryUsage().arrayBuffers - before;
  assert.ok(used < 64 << 20, `${used} bytes`);
  socket.destroy();
  await stopAll([node]);
});

test("a peer that is blamed too often is sent away and not let in again for a while", async () => {
  const node = await startTestNode();
  const { closed } = await stranger(node, encodeHello(HELLO));
  await node.linked(1);
  for (let i = 0; i < 5; i++) node.network.blame(toHex(HELLO.nodeId), "it sent what no honest node sends");
  await closed;
  await (await stranger(node, encodeHello(HELLO))).closed;
  assert.equal(node.network.peers(), []);
  await stopAll([node]);
});

test("a stranger without a greeting, one that falls silent and one that feeds us drop by drop are given up", async () => {
  const clock = new SimClock();
  const node = await startTestNode({ clock });
  const mute = await stranger(node);
  const silent = await stranger(node, encodeHello(HELLO));
  await node.linked(1);
  const slow = await stranger(node, encodeHello({ ...HELLO, nodeId: new Uint8Array(16).fill(8) }), frame("t", new Uint8Array(100)).subarray(0, 50));
  await node.linked(2);
  await clock.advance(QUICK.helloMs);
  await mute.closed;
  for (let i = 0; i < 20 && node.network.peers().length > 0; i++) {
    slow.socket.write(Uint8Array.of(0));
    await clock.advance(QUICK.silenceMs / 8);
  }
  await Promise.all([silent.closed, slow.closed]);
  assert.equal(node.network.peers(), []);
  await stopAll([node]);
});

test("there are places for so many who dial us, and no more", async () => {
  const node = await startTestNode({ limits: { ...QUICK, links: 2 } });
  const strangers = [await stranger(node), await stranger(node)];
  await (await stranger(node)).closed;
  for (const { socket } of strangers) socket.destroy();
  await stopAll([node]);
});

test.run();
