// time-out: 120 s
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { loginMessage, messageToSign, signEd25519, verifyEd25519, type Intent } from "../../node/api.ts";
import { intentBytes } from "../../node/package/intent.ts";
import { ed25519PublicKey } from "../../node/crypto/ed25519.ts";
import { Conversation, type AgentUser, type PackageQuestion } from "../../shell/agent/conversation.ts";
import { AgentFrames } from "../../shell/agent/frames.ts";
import { decodePackageAnswer, encodeLoginRequest, encodePackageRequest, LOGIN_EXTENSION, MESSAGE } from "../../shell/agent/messages.ts";
import { startGridAgent } from "../../shell/agent/server.ts";
import { ownSigner, upstreamSigners } from "../../shell/agent/signers.ts";
import { packageText, terminalUser } from "../../shell/agent/terminal-user.ts";
import { ed25519Blob, fingerprintOf } from "../../shell/ssh/host-key.ts";
import { WireReader } from "../../shell/ssh/wire.ts";
import { haveClients } from "../support/clients.ts";
import { encodeAddress } from "../../node/api.ts";
import { idOf, keyNamed, seedNamed } from "../node/package/package-samples.ts";
import { addressOf, printed, World } from "../node/package/world.ts";
import { withRealNode } from "./real-node.ts";
import { sshString, sshUint32 } from "../../node/crypto/ssh-wire.ts";

const never = new AbortController().signal;
const nowMs = (): number => 1_700_000_000_000;
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const keyOf = (byte: number, label = `key ${byte}`) => ({ seed: seedOf(byte), publicKey: ed25519PublicKey(seedOf(byte)), label });
const host = keyOf(40);
const sessionId = new Uint8Array(32).fill(41);

interface ScriptedUser extends AgentUser {
  readonly questions: PackageQuestion[];
  readonly logins: string[];
  readonly notes: string[];
}
/** Answers every question the same way, and remembers what it was asked. */
function scriptedUser(answer: boolean): ScriptedUser {
  const [questions, logins, notes]: [PackageQuestion[], string[], string[]] = [[], [], []];
  return {
    questions, logins, notes,
    approve: async (question) => (questions.push(question), answer),
    allowsLogin: async ({ hostFingerprint, user, keyLabel }) => (logins.push(`${user} ${keyLabel} ${hostFingerprint}`), answer),
    note: (text) => void notes.push(text),
  };
}
const conversation = (user: AgentUser): Conversation => new Conversation({ user, nowMs, signers: async () => [ownSigner(keyOf(1))] });

function bindMessage({ isForwarded = false, key = host, session = sessionId } = {}): Uint8Array {
  const signature = concatBytes(sshString("ssh-ed25519"), sshString(signEd25519(key.seed, session)));
  return concatBytes(Uint8Array.of(MESSAGE.extension), sshString("session-bind@openssh.com"), sshString(ed25519Blob(host.publicKey)), sshString(session), sshString(signature), Uint8Array.of(isForwarded ? 1 : 0));
}
function loginData({ session = sessionId, service = "ssh-connection", hostKey = host.publicKey, end = new Uint8Array(0) } = {}): Uint8Array {
  return concatBytes(
    sshString(session), Uint8Array.of(50), sshString("alice"), sshString(service), sshString("publickey-hostbound-v00@openssh.com"), Uint8Array.of(1),
    sshString("ssh-ed25519"), sshString(ed25519Blob(keyOf(1).publicKey)), sshString(ed25519Blob(hostKey)), end,
  );
}
const signMessage = (data: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(MESSAGE.signRequest), sshString(ed25519Blob(keyOf(1).publicKey)), sshString(data), sshUint32(0));

test("the user's own ssh logs in to a host that proved itself, once the user allows it", async () => {
  const user = scriptedUser(true);
  const agent = conversation(user);
  assert.equal(await agent.answer(bindMessage(), never), Uint8Array.of(MESSAGE.success));
  const answer = new WireReader(await agent.answer(signMessage(loginData()), never));
  assert.is(answer.byte(), MESSAGE.signature);
  const blob = concatBytes(sshString("ssh-ed25519"), sshString(signEd25519(seedOf(1), loginData())));
  assert.equal(answer.string(), blob);
  assert.equal(user.logins, [`alice key 1 ${fingerprintOf(ed25519Blob(host.publicKey))}`]);
});

test("nothing but a login of that very connection is signed, and each attempt is told", async () => {
  const sshsig = messageToSign("sshsig", utf8("a body"));
  const attempts: readonly (readonly [string, readonly Uint8Array[], Uint8Array, RegExp])[] = [
    ["an SSHSIG over a package", [bindMessage()], sshsig, /neither a login nor a package/],
    ["a raw package hash", [bindMessage()], messageToSign("raw", utf8("a body")), /neither a login nor a package/],
    ["a login without a bound connection", [], loginData(), /did not prove who it is/],
    ["a login of another session", [bindMessage()], loginData({ session: new Uint8Array(32) }), /for another connection/],
    ["a login to another host", [bindMessage()], loginData({ hostKey: keyOf(9).publicKey }), /for another connection/],
    ["another service", [bindMessage()], loginData({ service: "ssh-userauth" }), /neither a login nor a package/],
    ["a login with something behind it", [bindMessage()], loginData({ end: Uint8Array.of(0) }), /neither a login nor a package/],
    ["a login over a forwarded connection", [bindMessage({ isForwarded: true })], loginData(), /forwarded connection/],
    ["the same after a second binding", [bindMessage({ isForwarded: true }), bindMessage()], loginData(), /forwarded connection/],
    ["a binding that the host did not sign", [bindMessage({ key: keyOf(2) })], loginData(), /did not prove who it is/],
  ];
  for (const [what, before, data, told] of attempts) {
    const user = scriptedUser(true);
    const agent = conversation(user);
    for (const message of before) await agent.answer(message, never);
    assert.equal(await agent.answer(signMessage(data), never), Uint8Array.of(MESSAGE.failure), what);
    assert.match(user.notes[0] ?? "", told, what);
  }
});

test("a host that the user does not allow gets no login", async () => {
  const user = scriptedUser(false);
  const agent = conversation(user);
  await agent.answer(bindMessage(), never);
  assert.equal(await agent.answer(signMessage(loginData()), never), Uint8Array.of(MESSAGE.failure));
});

test("a package that is none, or for a key that is not here, is refused with the reason and no question", async () => {
  const user = scriptedUser(true);
  const ask = async (byte: number, bodyBytes: Uint8Array) =>
    decodePackageAnswer(new WireReader(await conversation(user).answer(encodePackageRequest({ publicKey: keyOf(byte).publicKey, bodyBytes, effectBytes: new Uint8Array(0), excerptBytes: new Uint8Array(0) }), never)));
  const malformed = await ask(1, utf8("not a body"));
  assert.ok(typeof malformed === "object" && malformed.kind === "refused" && malformed.reason.startsWith("the package is not well-formed"), JSON.stringify(malformed));
  assert.equal(await ask(2, utf8("x")), { kind: "refused", reason: "this agent does not have the key" });
  assert.is(user.questions.length, 0);
});

test("a package of a domain that is not the key's own is signed only if the user said that it is his", async () => {
  const world = await World.with("alice");
  const owner = await world.open("alice");
  await printed(owner, `bt\naddkey ${encodeAddress(idOf("bob"))}\nrt`);
  await world.commit({ bodyBytes: (await world.draft(owner, "alice")).bodyBytes, by: "alice" });
  const thread = await world.open("bob", "both", addressOf("alice"));
  await printed(thread, "bt\nmkdir for-alice\nrt");
  const { bodyBytes, effectBytes, excerptBytes } = await world.draft(thread, "bob", "strict", { domain: addressOf("alice") });
  const ask = async (domains: readonly Uint8Array[]) => {
    const user = scriptedUser(true);
    const agent = new Conversation({ user, nowMs, domains, signers: async () => [ownSigner({ seed: seedNamed("bob"), publicKey: keyNamed("bob"), label: "bob" })] });
    const request = encodePackageRequest({ publicKey: keyNamed("bob"), bodyBytes, effectBytes, excerptBytes });
    return { answer: decodePackageAnswer(new WireReader(await agent.answer(request, never))), asked: user.questions.map(({ review }) => review.sentences) };
  };
  const refused = await ask([]);
  assert.ok(typeof refused.answer === "object" && refused.answer.kind === "refused" && refused.answer.reason.startsWith("the package acts for the domain grid1"), JSON.stringify(refused.answer));
  assert.equal(refused.asked, []);
  const agreed = await ask([addressOf("alice")]);
  assert.ok(typeof agreed.answer === "object" && agreed.answer.kind === "signed");
  assert.equal(agreed.asked, [["makes the directory ~/for-alice"]]);
});

const loginIntent: Intent = { version: 1, kind: "login", chainIdPrefix: new Uint8Array(8), packageId: new Uint8Array(0), intentId: new Uint8Array(16), expirySeconds: nowMs() / 1_000 + 60, hostKey: host.publicKey, address: "127.0.0.1:2222" };

test("a login by logmein is signed for the node at the other end, before it expires, and for nobody else", async () => {
  const attempts: readonly (readonly [string, readonly Uint8Array[], Partial<Intent>, boolean, RegExp])[] = [
    ["the node itself", [bindMessage({ isForwarded: true })], {}, true, /^$/],
    ["another node's challenge, passed on", [bindMessage({ isForwarded: true })], { hostKey: keyOf(9).publicKey }, true, /another node than the one that asks/],
    ["a connection that says of no host", [], {}, true, /did not prove who it is/],
    ["an old one", [bindMessage({ isForwarded: true })], { expirySeconds: 1_600_000_000 }, true, /has expired/],
    ["the intent of a package", [bindMessage({ isForwarded: true })], { kind: "package", packageId: new Uint8Array(32) }, true, /intent of a package/],
    ["a user who says no", [bindMessage({ isForwarded: true })], {}, false, /its user said no/],
  ];
  for (const [what, before, change, agrees, refusal] of attempts) {
    const user = scriptedUser(agrees);
    const agent = conversation(user);
    for (const message of before) await agent.answer(message, never);
    const challenge = intentBytes({ ...loginIntent, ...change });
    const answer = decodePackageAnswer(new WireReader(await agent.answer(encodeLoginRequest(keyOf(1).publicKey, challenge), never)), LOGIN_EXTENSION);
    assert.ok(typeof answer === "object", what);
    assert.match(answer.kind === "refused" ? answer.reason : "", refusal, what);
    if (answer.kind === "signed") assert.ok(verifyEd25519(keyOf(1).publicKey, loginMessage(answer.scheme, challenge), answer.signature));
    else assert.match(user.notes.at(-1) ?? "", /^refused a login: /, what);
  }
});

test("damaged and unknown messages are answered with a failure", async () => {
  const agent = conversation(scriptedUser(true));
  const whole = [bindMessage(), signMessage(loginData()), encodePackageRequest({ publicKey: seedOf(1), bodyBytes: utf8("b"), effectBytes: utf8("e"), excerptBytes: utf8("w") }), encodeLoginRequest(keyOf(1).publicKey, intentBytes(loginIntent))];
  for (const message of [new Uint8Array(0), Uint8Array.of(99), ...whole.flatMap((one) => [1, 5, 9, one.length - 3].map((end) => one.slice(0, end)))]) {
    const [kind] = await agent.answer(message, never);
    assert.ok(kind === MESSAGE.failure || kind === MESSAGE.extensionResponse, `${message.length}: ${kind}`);
  }
});

test("frames are put together from any pieces, and too long ones end the connection", () => {
  const frames = new AgentFrames(100);
  const bytes = concatBytes(sshString("ab"), sshString(""), sshString("cde"));
  const found = Array.from(bytes, (byte) => frames.push(Uint8Array.of(byte)) ?? []).flat();
  assert.equal(found.map((message) => Buffer.from(message).toString()), ["ab", "", "cde"]);
  assert.is(frames.push(sshUint32(101)), undefined);
});

test("questions come one at a time, end with their connection, and the terminal's answer must be yes", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const user = terminalUser({ input, output, allowedHosts: ["SHA256:known"] });
  assert.ok(await user.allowsLogin({ hostFingerprint: "SHA256:known", user: "a", keyLabel: "k" }, never));
  for (const [typed, agreed] of [["y", true], ["YES", true], ["", false], ["no", false], ["yy", false]] as const) {
    const answer = user.allowsLogin({ hostFingerprint: `SHA256:${typed}${agreed}`, user: "a", keyLabel: "k" }, never);
    input.write(`${typed}\n`);
    assert.is(await answer, agreed, typed);
  }
  const gone = new AbortController();
  const unanswered = user.allowsLogin({ hostFingerprint: "SHA256:new", user: "a", keyLabel: "k" }, gone.signal);
  gone.abort();
  assert.not(await unanswered);
  assert.match(String(output.read()), "withdrawn");
});

/** The whole way: OpenSSH logs in and commits with nothing but a grid agent at SSH_AUTH_SOCK. */
async function commitsThroughAgent(source: "own" | "upstream"): Promise<void> {
  if (!haveClients(`ssh -A with grid agent, ${source} key`, "ssh", "ssh-agent", "ssh-add", "ssh-keygen")) return;
  await withRealNode(async ({ ssh, place, folder, hostFingerprint, complaints }) => {
    const upstream = await ssh.startAgent(ssh.makeKey("alice"));
    const user = scriptedUser(true);
    const signers = source === "own" ? async () => [ownSigner(keyOf(1, "alice"))] : (signal: AbortSignal) => upstreamSigners(upstream.socket, signal);
    const agent = await startGridAgent(join(folder, "agent"), { user, nowMs, signers });
    try {
      const input = "logmein\nfaucet\nbt\nmkdir docs\nrt\nct\n";
      const { stdout, stderr, code } = await ssh.run(place, ["-A", "-o", "IdentitiesOnly=no", "alice@127.0.0.1"], { input, env: { SSH_AUTH_SOCK: agent.socketPath } });
      assert.equal([stderr, code], ["", 0]);
      assert.match(stdout, /^This node knows you as SHA256:\S+ now\.\n[^]*receipt [0-9a-f]{64}: done, included/);
      assert.equal(user.logins, [`alice alice ${hostFingerprint}`, `you alice ${hostFingerprint}`]);
      assert.is(user.questions.length, 1);
      const [question] = user.questions;
      assert.match(packageText(question as PackageQuestion), /^package [0-9a-f]{64}\n {2}for grid1\w+ on chain \w+\n {2}asked by the node SHA256:\S+\n {2}- makes the directory ~\/docs\n {2}fee at most /);
      assert.is(question?.hostFingerprint, hostFingerprint);
      assert.equal(user.notes, []);
      assert.equal(complaints, []);
    } finally {
      await agent.stop();
      await upstream.stop();
    }
  });
}

test("ssh -A with a grid agent that holds the key logs in and commits with one question each", () => commitsThroughAgent("own"));
test("ssh -A with a grid agent before the user's own ssh-agent does as well", () => commitsThroughAgent("upstream"));

test("a user who says no is heard: nothing is committed, and the session is told", async () => {
  if (!haveClients("ssh -A with grid agent, refused", "ssh")) return;
  await withRealNode(async ({ ssh, place, folder }) => {
    const user = { ...scriptedUser(true), approve: async () => false };
    const agent = await startGridAgent(join(folder, "agent"), { user, nowMs, signers: async () => [ownSigner(keyOf(1, "alice"))] });
    try {
      const options = { input: "faucet\nbt\nmkdir docs\nrt\nct\n", env: { SSH_AUTH_SOCK: agent.socketPath } };
      const { stdout, stderr, code } = await ssh.run(place, ["-A", "-o", "IdentitiesOnly=no", "alice@127.0.0.1"], options);
      assert.is(code, 1);
      assert.match(stderr, "! SIGN_REFUSED: no signature: the agent says: its user said no");
      assert.not.match(stdout, "receipt");
    } finally {
      await agent.stop();
    }
  });
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "grid-agent-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => "none", (error: unknown) => (isFaultError(error) ? error.fault.code : String(error)));
}

test("a socket is only its owner's; a dead one is replaced, a living one and other files are left alone", async () => {
  await withFolder(async (folder) => {
    const parts = { user: scriptedUser(true), nowMs, signers: async () => [] };
    const path = join(folder, "agent");
    const agent = await startGridAgent(path, parts);
    assert.is(execFileSync("stat", ["-c", "%a", path]).toString().trim(), "600");
    assert.is(await codeOf(startGridAgent(path, parts)), "SHELL_AGENT_SOCKET");
    await agent.stop();
    writeFileSync(path, "a file");
    assert.is(await codeOf(startGridAgent(path, parts)), "SHELL_AGENT_SOCKET");
    assert.ok(existsSync(path));
  });
});

test("a client that sends no agent messages is let go", async () => {
  await withFolder(async (folder) => {
    const agent = await startGridAgent(join(folder, "agent"), { user: scriptedUser(true), nowMs, signers: async () => [] });
    const socket = connect(agent.socketPath);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await closed;
    await agent.stop();
  });
});

test.run();
