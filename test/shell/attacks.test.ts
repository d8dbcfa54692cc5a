import { connect as connectSocket, type Socket } from "node:net";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import ssh2, { type Client, type ClientChannel } from "ssh2";
import type { Limits } from "../../shell/ssh/limits.ts";
import type { ClientInternals } from "../../shell/ssh/internals.ts";
import { noGuard, realGuard, type ObservedGuard } from "./guards.ts";
import { ManualClock } from "./manual-clock.ts";
import { connect, exec, TestTerminal } from "./terminal.ts";
import { realClock, startTestShell, type TestShell } from "./test-shell.ts";

/**
 * Each attack runs twice against a real server on the loopback: with the guard it must be stopped, and with the
 * guard taken out it must succeed, because otherwise the test would show nothing.
 */
interface Scene {
  readonly shell: TestShell;
  readonly guard: ObservedGuard;
  readonly clock: ManualClock;
}

async function under(which: "guard" | "no guard", limits: Partial<Limits>, run: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new ManualClock();
  const guard = which === "guard" ? realGuard(clock, limits) : noGuard();
  const shell = await startTestShell({ guard, clock: realClock });
  try {
    await run({ shell, guard, clock });
  } finally {
    await shell.shell.stop();
  }
}

/** The private side of ssh2's client, with which an attacker breaks the rules. */
interface Attacker {
  readonly _protocol: {
    session(channel: number, windowBytes: number, packetBytes: number): void;
    channelData(channel: number, bytes: Buffer): void;
    channelClose(channel: number): void;
    rekey(): void;
  };
  readonly _sock: Socket;
}
const attacker = (client: Client): Attacker => client as unknown as Attacker;
const closed = (client: Client): Promise<void> => new Promise((resolve) => void client.once("close", () => resolve()));

/** Makes a client announce another window or packet size than ssh2 would. */
function announce(client: Client, { windowBytes, packetBytes }: { windowBytes: number; packetBytes: number }): void {
  const protocol = attacker(client)._protocol;
  const open = protocol.session.bind(protocol);
  protocol.session = (channel) => open(channel, windowBytes, packetBytes);
}

/** Resolves when `holds` does; looks once in each turn of the event loop. */
function untilServer(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => (holds() ? resolve() : void setImmediate(check));
    check();
  });
}

// A huge window, and then nobody reads: 101 → 1,089 MB against bare ssh2.
async function floodUnread({ shell, guard }: Scene): Promise<Socket> {
  const client = await connect(shell.port);
  announce(client, { windowBytes: 0xffff_ffff, packetBytes: 32_768 });
  client.exec("1 . flood", (_error, channel) => channel?.once("data", () => attacker(client)._sock.pause()));
  const socket = guard.sockets[0] as Socket;
  await shell.node.nextThread();
  await untilServer(() => socket.destroyed || socket.writableLength > 500_000);
  return socket;
}

test("a client that announces 4 GiB and stops reading gets no more than the socket's share, and is let go", () =>
  under("guard", {}, async (scene) => {
    const socket = await floodUnread(scene);
    assert.ok(socket.writableLength < 2 << 20, `${socket.writableLength} bytes wait`);
    const over = once(socket, "close");
    scene.clock.advance(120_000);
    await over;
    assert.equal(scene.guard.reasons, ["client takes no output"]);
  }));

test("without the guard it fills the memory", () =>
  under("no guard", {}, async (scene) => {
    const socket = await floodUnread(scene);
    assert.ok(socket.writableLength > 50 << 20, `${socket.writableLength} bytes wait`);
    socket.destroy();
  }));

test("output beyond the backlog is stopped, and its line with it", () =>
  under("guard", {}, async ({ shell }) => {
    const client = await connect(shell.port);
    const { stderr, exitCode } = await exec(client, "flood");
    assert.match(stderr, "! SHELL_OUTPUT_UNREAD: stopped: more than 8 MiB of output wait to be read");
    assert.is(exitCode, 1);
    client.end();
  }));

// Data beyond the window the server gave: 56 → 1,609 MB.
async function overrun({ shell, guard }: Scene): Promise<number> {
  const client = await connect(shell.port);
  const thread = shell.node.nextThread();
  const channel = await new Promise<ClientChannel>((resolve) => client.shell(false, (_error, opened) => resolve(opened)));
  channel.write("loop\n");
  await thread;
  const serverId = (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing.id;
  const chunk = Buffer.alloc(32_000, "x");
  for (let i = 0; i < 400; i++) attacker(client)._protocol.channelData(serverId, chunk);
  const socket = guard.sockets[0] as Socket;
  const held = (): number => {
    const session = guard.clients[0]?._chanMgr.get(0);
    const inside = typeof session === "object" ? (session._channel as unknown as { readonly readableLength: number } | undefined) : undefined;
    return inside?.readableLength ?? 0;
  };
  await untilServer(() => socket.destroyed || held() > 12_000_000);
  const heldBytes = held();
  client.destroy();
  return heldBytes;
}

test("a client that sends more than its window is let go", () =>
  under("guard", {}, async (scene) => {
    await overrun(scene);
    assert.equal(scene.guard.reasons, ["window overrun"]);
  }));

test("without the guard the server holds whatever is sent", () =>
  under("no guard", {}, async (scene) => {
    assert.ok((await overrun(scene)) > 12_000_000);
  }));

// Sockets that say nothing: 1,000 held for ever.
function silentSockets(count: number, port: number): Socket[] {
  return Array.from({ length: count }, () => connectSocket(port, "127.0.0.1").on("error", () => undefined));
}
const greeted = (socket: Socket): Promise<unknown> => Promise.race([once(socket, "data"), once(socket, "close")]);

test("silent sockets are closed when their time is up, and beyond a number not taken at all", () =>
  under("guard", {}, async ({ shell, clock, guard }) => {
    const sockets = silentSockets(150, shell.port);
    const closes = Promise.all(sockets.map((socket) => once(socket, "close")));
    await Promise.all(sockets.map(greeted));
    assert.ok(guard.sockets.length <= 100 && guard.sockets.length >= 20, `${guard.sockets.length} were taken`);
    clock.advance(10_000);
    await closes;
  }));

test("a client that stops after its version line, or before it logs in, is let go", () =>
  under("guard", {}, async ({ shell, clock, guard }) => {
    const [versionOnly] = silentSockets(1, shell.port) as [Socket];
    await once(versionOnly, "data");
    const key = once(versionOnly, "data");
    versionOnly.write("SSH-2.0-slow\r\n");
    await key;
    const neverLogsIn = new ssh2.Client().on("error", () => undefined);
    await new Promise<void>((asked) =>
      neverLogsIn.connect({ host: "127.0.0.1", port: shell.port, username: "x", readyTimeout: 0, authHandler: () => asked() }),
    );
    const ends = Promise.all([once(versionOnly, "close"), closed(neverLogsIn)]);
    clock.advance(60_000);
    await ends;
    assert.equal(guard.reasons, ["key exchange not finished", "no login in time"]);
  }));

test("without the guard silent sockets stay for ever", () =>
  under("no guard", {}, async ({ shell, clock }) => {
    const sockets = silentSockets(150, shell.port);
    await Promise.all(sockets.map((socket) => once(socket, "data")));
    clock.advance(86_400_000);
    const answers = sockets.map((socket) => once(socket, "data")); // the key exchange begins: every one is alive
    for (const socket of sockets) socket.write("SSH-2.0-late\r\n");
    await Promise.all(answers);
    for (const socket of sockets) socket.destroy();
  }));

// Attempts to log in: 5,002 in 0.27 s on one connection.
async function attempts(shell: TestShell, count: number): Promise<number> {
  let made = 0;
  const client = new ssh2.Client().on("error", () => undefined);
  const over = closed(client);
  const authHandler = (): unknown => (made < count ? (made++, { type: "password", username: "root", password: String(made) }) : false);
  const sock = connectSocket({ host: "127.0.0.1", port: shell.port, noDelay: true });
  client.connect({ sock, username: "root", authHandler: authHandler as unknown as [] });
  await over;
  return made;
}

test("attempts to log in are counted", () =>
  under("guard", {}, async ({ shell, guard }) => {
    assert.ok((await attempts(shell, 500)) <= 22);
    assert.equal(guard.reasons, ["too many authentication requests"]);
  }));

test("without the guard they are not", () =>
  under("no guard", {}, async ({ shell }) => {
    assert.is(await attempts(shell, 500), 500);
  }));

// New keys again and again: 731 exchanges a second, half a core.
async function rekeys(shell: TestShell, count: number): Promise<number> {
  const client = await connect(shell.port);
  const over = closed(client);
  let done = 0;
  client.on("handshake", () => {
    if (++done < count) setImmediate(() => attacker(client)._protocol.rekey());
    else client.end();
  });
  attacker(client)._protocol.rekey();
  await over;
  return done;
}

test("key exchanges asked for by a client are limited", () =>
  under("guard", {}, async ({ shell, guard }) => {
    assert.ok((await rekeys(shell, 60)) <= 12);
    assert.equal(guard.reasons, ["too many key exchanges"]);
  }));

test("without the guard they are not", () =>
  under("no guard", {}, async ({ shell }) => {
    assert.is(await rekeys(shell, 60), 60);
  }));

// A key exchange begun and never finished, while a program prints: ssh2 queues all of it.
async function halfRekey({ shell, guard }: Scene): Promise<ClientInternals> {
  const client = await connect(shell.port);
  announce(client, { windowBytes: 0xffff_ffff, packetBytes: 32_768 });
  const thread = shell.node.nextThread();
  client.exec("key flood", () => undefined);
  await (await thread).untilWaiting;
  attacker(client)._protocol.rekey();
  attacker(client)._sock.pause();
  const server = guard.clients[0] as ClientInternals;
  await untilServer(() => server._protocol._kexinit !== undefined);
  (await thread).input(Uint8Array.of(1));
  await (await thread).untilIdle;
  return server;
}

test("a key exchange that is never finished holds nothing back, and ends", () =>
  under("guard", {}, async (scene) => {
    const server = await halfRekey(scene);
    assert.ok((server._protocol._queue?.length ?? 0) < 10);
    const over = once(server._sock, "close");
    scene.clock.advance(60_000);
    await over;
    assert.equal(scene.guard.reasons, ["key exchange not finished"]);
  }));

test("without the guard it holds back all that is printed", () =>
  under("no guard", {}, async (scene) => {
    const server = await halfRekey(scene);
    assert.ok((server._protocol._queue?.length ?? 0) > 1_000);
    server._sock.destroy();
  }));

// Data in packets of one byte, each of which costs some 300 bytes of memory while it is not read.
async function tinyPackets({ shell, guard }: Scene, count: number): Promise<number> {
  const client = await connect(shell.port);
  const thread = shell.node.nextThread();
  const channel = await new Promise<ClientChannel>((resolve) => client.shell(false, (_error, opened) => resolve(opened)));
  channel.write("loop\n");
  await thread;
  for (let i = 0; i < count; i++) attacker(client)._protocol.channelData(0, Buffer.of(120));
  const server = guard.clients[0] as ClientInternals;
  const held = (): number => {
    const session = server._chanMgr.get(0);
    return typeof session === "object" ? (session._channel?._readableState?.buffer.length ?? 0) : 0;
  };
  await untilServer(() => server._sock.destroyed || held() >= count - 10);
  const packets = held();
  client.destroy();
  return packets;
}

test("packets that wait unread are counted", () =>
  under("guard", { unreadPackets: 1_000 }, async (scene) => {
    await tinyPackets(scene, 3_000);
    assert.equal(scene.guard.reasons, ["too many small packets"]);
  }));

test("without the guard they are not", () =>
  under("no guard", {}, async (scene) => assert.ok((await tinyPackets(scene, 3_000)) >= 2_990)));

test("output and errors that both have to wait for the window come whole and in order", () =>
  under("guard", {}, async ({ shell }) => {
    const client = await connect(shell.port);
    announce(client, { windowBytes: 1_000, packetBytes: 1_024 });
    const word = "x".repeat(90);
    let [stdout, stderr] = ["", ""];
    const exitCode = await new Promise<number>((resolve) =>
      client.exec(`${"columns ".repeat(3_000)}${word}`, (_error, channel) => {
        (channel as unknown as { readonly incoming: { window: number } }).incoming.window = 1_000; // as announced
        channel.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
        channel.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
        let code = -1;
        channel.on("exit", (exited: number) => (code = exited)).on("close", () => resolve(code));
      }),
    );
    assert.is(stdout, "80".repeat(3_000));
    assert.match(stderr, /^! LANG_UNKNOWN_WORD[^]*hint: [^]*\n$/);
    assert.is(exitCode, 1);
    client.end();
  }));

// Requests that want a reply, and nobody reads the replies. A corked socket is one whose way out is full: the
// kernel's own buffers, which are megabytes, are so kept out of the test.
interface UnreadReplies {
  readonly socket: Socket;
  readonly client: Client;
  /** Replies the client has got. */
  readonly replies: () => number;
}
async function askUnread({ shell, guard }: Scene, count: number, enough: (socket: Socket) => boolean): Promise<UnreadReplies> {
  const client = await connect(shell.port);
  const socket = guard.sockets[0] as Socket;
  let replies = 0;
  const { _protocol, _callbacks } = client as unknown as { readonly _protocol: { ping(): void }; readonly _callbacks: (() => void)[] };
  socket.cork();
  for (let i = 0; i < count; i++) {
    _callbacks.push(() => void replies++);
    _protocol.ping();
  }
  await untilServer(() => socket.destroyed || enough(socket));
  return { socket, client, replies: () => replies };
}
const REPLY_BYTES = 32;

test("replies that nobody reads stop the reading of requests, until there is room again", () =>
  under("guard", { socketBacklogBytes: 65_536 }, async (scene) => {
    const { socket, client, replies } = await askUnread(scene, 40_000, (one) => one.isPaused());
    assert.ok(socket.writableLength < 40_000 * REPLY_BYTES, `${socket.writableLength} bytes wait`);
    socket.uncork();
    await untilServer(() => replies() === 40_000);
    assert.not(socket.isPaused());
    client.end();
  }));

test("whoever never reads them is let go", () =>
  under("guard", { socketBacklogBytes: 65_536 }, async (scene) => {
    const { socket } = await askUnread(scene, 40_000, (one) => one.isPaused());
    const over = once(socket, "close");
    scene.clock.advance(120_000);
    await over;
    assert.equal(scene.guard.reasons, ["client takes no output"]);
  }));

test("without the guard every request is read and every reply held", () =>
  under("no guard", {}, async (scene) => {
    const { socket } = await askUnread(scene, 40_000, (one) => one.writableLength >= 40_000 * REPLY_BYTES);
    assert.not(socket.isPaused());
    socket.destroy();
  }));

// A line that was cut without a word: the session, its thread and its place stay for ever.
test("a client that is not there any more is asked, and then let go; one that only thinks is not", () =>
  under("guard", {}, async ({ shell, clock, guard }) => {
    const [thinking, gone] = [await connect(shell.port), await connect(shell.port)];
    const [socket, lost] = guard.sockets as [Socket, Socket];
    attacker(gone)._sock.pause();
    const over = once(lost, "close");
    for (let round = 0; round < 5; round++) {
      const heard = socket.bytesRead;
      clock.advance(70_000); // a minute, and the next look
      await untilServer(() => socket.bytesRead > heard);
    }
    await over;
    assert.equal(guard.reasons, ["client does not answer"]);
    assert.is((await exec(thinking, "2 3 + .")).stdout, "5 ");
    thinking.end();
    gone.destroy();
  }));

test("without the guard it stays", () =>
  under("no guard", {}, async ({ shell, clock, guard }) => {
    const gone = await connect(shell.port);
    attacker(gone)._sock.pause();
    clock.advance(86_400_000);
    assert.is((await connect(shell.port).then((client) => exec(client, "1 .").finally(() => client.end()))).stdout, "1 ");
    assert.not(guard.sockets[0]?.destroyed);
    gone.destroy();
  }));

// Channels without number.
async function channels(shell: TestShell, count: number): Promise<number> {
  const client = await connect(shell.port);
  const opened = await Promise.all(
    Array.from({ length: count }, () => new Promise<number>((resolve) => client.exec("loop", (error) => resolve(error === undefined ? 1 : 0)))),
  );
  client.destroy();
  return opened.reduce((sum, one) => sum + one, 0);
}

test("channels of one connection are limited", () =>
  under("guard", {}, async ({ shell }) => assert.is(await channels(shell, 40), 10)));

test("without the guard they are not", () =>
  under("no guard", {}, async ({ shell }) => assert.is(await channels(shell, 40), 40)));

// Channels opened and closed before anything runs in them, which ssh2 never forgets.
async function forgotten({ shell, guard }: Scene): Promise<number> {
  const client = await connect(shell.port);
  for (let id = 0; id < 30; id++) {
    await new Promise<void>((resolve) => client.subsys("nothing", () => resolve()));
    attacker(client)._protocol.channelClose(id); // the server counts its channels from 0
  }
  await exec(client, "1");
  const left = guard.clients[0]?._chanMgr._count ?? -1;
  client.end();
  return left;
}

test("channels closed before use are forgotten", () =>
  under("guard", {}, async (scene) => assert.ok((await forgotten(scene)) <= 1)));

test("without the guard they stay", () =>
  under("no guard", {}, async (scene) => assert.ok((await forgotten(scene)) >= 30)));

// A packet size of one byte multiplies output; of zero, ssh2 loops for ever, so that one only runs with the guard.
async function opens(shell: TestShell, packetBytes: number): Promise<boolean> {
  const client = await connect(shell.port);
  announce(client, { windowBytes: 1 << 20, packetBytes });
  const result = await new Promise<boolean>((resolve) => client.exec("1 .", (error) => resolve(error === undefined)));
  client.destroy();
  return result;
}

test("packet sizes of nothing and next to nothing are refused", () =>
  under("guard", {}, async ({ shell }) => {
    assert.not(await opens(shell, 0));
    assert.not(await opens(shell, 1));
  }));

test("without the guard they are taken", () =>
  under("no guard", {}, async ({ shell }) => assert.ok(await opens(shell, 1))));

// TERM=/dev/zero makes a full-screen library read without end; a screen of 3000×3000 takes 1.46 GB.
const opensTerminal = async (shell: TestShell, term: string): Promise<boolean> => {
  const client = await connect(shell.port);
  const result = await TestTerminal.open(client, { term }).then(() => true, () => false);
  client.destroy();
  return result;
};
const columnsOf = async (shell: TestShell): Promise<string> => {
  const client = await connect(shell.port);
  const { stdout } = await exec(client, "columns", undefined, { pty: { rows: 3_000, cols: 3_000, height: 0, width: 0, term: "xterm" } });
  client.end();
  return stdout;
};

test("a terminal named like a file is refused, and sizes are clamped", () =>
  under("guard", {}, async ({ shell }) => {
    for (const term of ["/dev/zero", "../x", "a b", "x".repeat(65), "%n"]) assert.not(await opensTerminal(shell, term), term);
    for (const term of ["xterm-256color", "screen.xterm", "vt100+", "st-0.8"]) assert.ok(await opensTerminal(shell, term), term);
    assert.is(await columnsOf(shell), "500");
  }));

test("without the guard both pass", () =>
  under("no guard", {}, async ({ shell }) => {
    assert.ok(await opensTerminal(shell, "/dev/zero"));
    assert.is(await columnsOf(shell), "3000");
  }));

test("after all that others are served", () =>
  under("guard", {}, async (scene) => {
    await overrun(scene);
    const refused = await connect(scene.shell.port).then(() => false, () => true);
    assert.ok(refused, "the attacker's address has to wait");
    const client = await connect(scene.shell.port, { localAddress: "127.0.0.2" });
    assert.is((await exec(client, "2 3 + .")).stdout, "5 ");
    client.end();
  }));

test.run();
