import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { Draft, Identity, LineOutcome, ThreadApi } from "../../node/api.ts";
import { ed25519PublicKey, signEd25519 } from "../../node/crypto/ed25519.ts";
import { startNode, type RunningNode } from "../../node/node.ts";
import { decodeIntent } from "../../node/package/intent.ts";
import { messageToSign } from "../../node/package/signing.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { systemClock, systemRandom } from "../../src/system-ports.ts";

const never = new AbortController().signal;
const seed = new Uint8Array(32).fill(7);
const publicKey = ed25519PublicKey(seed);
const alice: Identity = {
  level: "proved", sshUser: "alice", sourceAddress: "127.0.0.1",
  key: { algorithm: "ssh-ed25519", fingerprint: "SHA256:alice", ed25519: publicKey },
};

let folder = "";
let node: RunningNode;

async function start(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: (message: string, fields?: Record<string, unknown>) => assert.unreachable(`${message} ${JSON.stringify(fields)}`) };
  node = await startNode({ folder, outsideWords: ["ct", "sync", "undo"].map((word) => ({ word, params: [], help: "", example: "" })), miningPercent: 50 }, { clock: systemClock, random: systemRandom, log, onFailure: (error) => { throw error; } });
  node.announce("127.0.0.1:2222");
}

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "grid-node-"));
  await start();
});
test.after(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

async function run(thread: ThreadApi, source: string): Promise<{ readonly outcome: LineOutcome; readonly printed: string }> {
  let printed = "";
  const outcome = await thread.run(source, { mode: "shell", sourceName: "prompt", write: (bytes) => (printed += Buffer.from(bytes).toString()), columns: 80, interactive: false });
  return { outcome, printed };
}

async function printed(thread: ThreadApi, source: string): Promise<string> {
  const result = await run(thread, source);
  assert.is(result.outcome.kind, "done", JSON.stringify(result.outcome));
  return result.printed;
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
  return "none";
}

function answer(draft: Draft): { packageId: Uint8Array; publicKey: Uint8Array; scheme: "raw"; signature: Uint8Array } {
  return { packageId: draft.packageId, publicKey, scheme: "raw", signature: signEd25519(seed, messageToSign("raw", draft.bodyBytes)) };
}

test("the faucet pays, and a thread that syncs sees the coins", async () => {
  const thread = await node.api.openThread(alice);
  assert.is(await printed(thread, "balance ."), "0 ");
  const { receipt } = await node.api.faucet(domainOfKey(publicKey), never);
  assert.is(receipt.outcome.kind, "done");
  await thread.sync();
  assert.is(await printed(thread, "balance ."), "100 ");
  thread.close();
});

test("what pending says a thread costs is what the draft says and the receipt charges", async () => {
  const thread = await node.api.openThread(alice);
  await node.api.faucet(domainOfKey(publicKey), never);
  await printed(thread, "bt\nmkdir counted\necho hello > counted/note\nrt");
  const [work, ...others] = await node.api.pending(thread);
  assert.is(others.length, 0);
  assert.ok(work?.work.kind === "runs" && work.name === "main" && work.lines === 2);
  const draft = await node.api.draft(thread, { publicKey });
  assert.equal(work.work.sentences, draft.sentences);
  assert.is(work.work.ergUsed, draft.ergUsed);
  const offer = node.api.offerIntent(thread, draft);
  const { packageId } = await node.api.answerIntent(offer.intentId, answer(draft));
  assert.is((await node.api.untilReceipt(packageId, "included", never)).ergUsed, work.work.ergUsed);
  await thread.committed();
  thread.close();
});

test("a package that no block may hold is refused when it is drafted", async () => {
  const thread = await node.api.openThread(alice);
  await node.api.faucet(domainOfKey(publicKey), never);
  const writes = (name: string, count: number): string => Array.from({ length: count }, (_, index) => `'${"x".repeat(4_000)}' '${name}${index}' writeEx`).join("\n");
  await printed(thread, `bt\n${writes("a", 70)}\nrt`);
  assert.is(await faultOf(node.api.draft(thread, { publicKey })), "PACKAGE_TOO_LARGE", "one thread");
  await printed(thread, `at\nbt\n${writes("a", 50)}\nrt`);
  for (const name of ["b", "c"]) {
    await node.api.threadsOf(thread).start({ name });
    await printed(thread, `bt\n${writes(name, 50)}\nrt`);
  }
  assert.is(await faultOf(node.api.draft(thread, { publicKey })), "PACKAGE_TOO_LARGE", "three together");
  thread.close();
});

test("a thread with nothing pending stands on the newest block without being asked, and height says so", async () => {
  const thread = await node.api.openThread(alice);
  await printed(thread, "height drop");
  const { receipt } = await node.api.faucet(domainOfKey(publicKey), never);
  assert.not.ok(thread.status().behind);
  const [root = "", height = ""] = (await printed(thread, "perspective height .")).split("\n");
  assert.ok(BigInt(height.trim()) >= receipt.height);
  if (BigInt(height.trim()) === receipt.height) assert.is(root, toHex(receipt.stateRoot));
  thread.close();
});

test("what a thread recorded is committed with one signature, and its root is the block's", async () => {
  const thread = await node.api.openThread(alice);
  const { outcome } = await run(thread, "bt\nmkdir docs\necho hi > docs/note\nrt ct");
  assert.is(outcome.kind, "outside", JSON.stringify(outcome));
  const draft = await node.api.draft(thread, { publicKey });
  assert.is(draft.sentences.length, 2);
  const offer = node.api.offerIntent(thread, draft);
  assert.is(toHex(decodeIntent(offer.text).intentId), toHex(offer.intentId));
  const { packageId } = await node.api.answerIntent(offer.intentId, answer(draft));
  const receipt = await node.api.untilReceipt(packageId, "included", never);
  assert.equal(receipt.outcome, { kind: "done" });
  assert.ok(receipt.ergUsed <= draft.body.ergLimit);
  assert.ok(equalBytes(receipt.stateRoot, node.api.head().stateRoot));
  await thread.committed();
  assert.is(await printed(thread, "cat docs/note"), "hi\n");
  assert.is(await printed(thread, "perspective"), `${toHex(node.api.head().stateRoot)}\n`);
  thread.close();
});

test("an intent gathers the signatures of several keys, refuses wrong ones, and submits with the last", async () => {
  const [first, second] = [8, 9].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];
  const keys = [first, second].map((one) => ed25519PublicKey(one)) as [Uint8Array, Uint8Array];
  const domain = domainOfKey(keys[0]);
  const signedWith = (draft: Draft, seedOf: Uint8Array) => ({ packageId: draft.packageId, publicKey: ed25519PublicKey(seedOf), scheme: "raw" as const, signature: signEd25519(seedOf, messageToSign("raw", draft.bodyBytes)) });
  await node.api.faucet(domain, never);
  const thread = await node.api.openThread({ ...alice, key: { algorithm: "ssh-ed25519", fingerprint: "SHA256:several", ed25519: keys[0] }, domain } as Identity);
  await printed(thread, `bt\naddkey ${encodeAddress(domainOfKey(keys[1]))} owner\nsetthreshold owner 2\nsetthreshold active 2\nrt`);
  const share = await node.api.draft(thread, { publicKey: keys[0] });
  const shared = await node.api.answerIntent(node.api.offerIntent(thread, share).intentId, signedWith(share, first));
  await node.api.untilReceipt(shared.packageId, "included", never);
  await thread.committed();
  assert.ok(node.api.isKeyOf(domain, keys[1]) && !node.api.isKeyOf(domain, publicKey));

  await printed(thread, "bt\nmkdir both\nrt");
  const draft = await node.api.draft(thread, { publicKey: keys[1], domain });
  const offer = node.api.offerIntent(thread, draft);
  const answers = (given: ReturnType<typeof signedWith>) => node.api.answerIntent(offer.intentId, given);
  assert.is(await faultOf(answers(signedWith(draft, seed))), "PACKAGE_WRONG_KEY");
  assert.is(await faultOf(answers({ ...signedWith(draft, second), publicKey: keys[0] })), "PACKAGE_BAD_SIGNATURE");
  assert.is((await answers(signedWith(draft, second))).missing, 1);
  assert.is(await faultOf(answers(signedWith(draft, second))), "SIGN_TWICE");
  const { packageId, missing } = await answers(signedWith(draft, first));
  assert.is(missing, 0);
  assert.equal((await node.api.untilReceipt(packageId, "included", never)).outcome, { kind: "done" });
  assert.equal(await offer.answered, { packageId, missing: 0 });
  thread.close();
});

test("nobody else sees what a thread did before it is committed", async () => {
  const [one, other] = [await node.api.openThread(alice), await node.api.openThread(alice)];
  await printed(one, "mkdir secret");
  assert.is(await printed(one, "'~/secret' existsEx ."), "-1 ");
  assert.is(await printed(other, "'~/secret' existsEx ."), "0 ");
  one.close();
  other.close();
});

test("a line that fails changes nothing, and undo takes back a good one", async () => {
  const thread = await node.api.openThread(alice);
  await printed(thread, "1 2");
  const { outcome } = await run(thread, "mkdir gone 3 + +  nonsense");
  assert.is(outcome.kind, "fault");
  assert.is(await printed(thread, "depth . over . dup ."), "2 1 2 ");
  assert.is(await printed(thread, "'gone' existsEx ."), "0 ");
  await printed(thread, "+");
  assert.ok(await thread.undo());
  assert.is(await printed(thread, "depth ."), "2 ");
  thread.close();
});

test("undo as a word looks back past itself; bt and other outside words are the end of the past", async () => {
  const thread = await node.api.openThread(alice);
  await printed(thread, "1");
  await printed(thread, "2");
  assert.is((await run(thread, "undo")).outcome.kind, "outside");
  assert.is(await thread.undo(), "2");
  await run(thread, "3\n4 undo\n");
  assert.is(await thread.undo(), "3\n4", "a pasted piece is one step, also with undo at its end");
  assert.is((await run(thread, "5\nnonsense")).outcome.kind, "fault");
  assert.is(await thread.undo(), "5", "the good lines of a piece that failed");
  assert.is(await thread.undo(), "1");
  assert.is(await thread.undo(), undefined);
  await printed(thread, ": twice");
  await printed(thread, "2 *");
  assert.ok(thread.status().unfinished);
  assert.is(await thread.undo(), ": twice\n2 *", "a definition over several lines is one step");
  assert.not(thread.status().unfinished);
  for (const barrier of ["bt", "sync", "at"]) {
    await run(thread, "7");
    await run(thread, barrier);
    assert.is(await thread.undo(), undefined, barrier);
  }
  thread.close();
});

test("undo in a recording takes the line out of what is committed", async () => {
  const thread = await node.api.openThread(alice);
  await run(thread, "bt mkdir kept");
  await run(thread, "mkdir dropped");
  assert.is(await thread.undo(), "mkdir dropped");
  await run(thread, "rt");
  assert.equal((await node.api.draft(thread, { publicKey })).sentences, ["makes the directory ~/kept"]);
  thread.close();
});

test("an endless loop ends by ERG, and another thread answers meanwhile", async () => {
  const [busy, other] = [await node.api.openThread(alice), await node.api.openThread({ ...alice, key: { ...alice.key, fingerprint: "SHA256:bob" } } as Identity)];
  const loop = run(busy, ": forever begin again ; forever");
  assert.is(await printed(other, "1 1 + ."), "2 ");
  busy.interrupt();
  const { outcome } = await loop;
  assert.is(outcome.kind, "fault");
  assert.is(await printed(busy, "depth ."), "0 ");
  busy.close();
  other.close();
});

test("a package whose effect would differ changes nothing and says state-moved", async () => {
  const [first, second] = [await node.api.openThread(alice), await node.api.openThread(alice)];
  await run(first, "bt\necho one > race\nrt ct");
  await run(second, "bt\necho two > race\nrt ct");
  const [a, b] = [await node.api.draft(first, { publicKey }), await node.api.draft(second, { publicKey })];
  assert.is(await faultOf(Promise.resolve(a)), "none");
  const offers = [node.api.offerIntent(first, a), node.api.offerIntent(second, b)] as const;
  const done = await node.api.answerIntent(offers[0].intentId, answer(a));
  await node.api.untilReceipt(done.packageId, "included", never);
  assert.is(await faultOf(node.api.answerIntent(offers[1].intentId, answer(b))), "PACKAGE_NONCE");
  first.close();
  second.close();
});

test("an endless loop in one thread of a session never delays another", async () => {
  const session = await node.api.openThread(alice);
  const threads = node.api.threadsOf(session);
  await threads.start({ name: "busy" });
  threads.use("main");
  await printed(session, "1 drop"); // the pool's workers are up
  threads.background("busy", ": forever begin again ; forever", { mode: "shell", columns: 80 });
  const start = performance.now();
  assert.is(await printed(session, "1 1 + ."), "2 ");
  assert.ok(performance.now() - start < 1_000, "a line waited for the loop");
  assert.is(threads.list().find(({ name }) => name === "busy")?.state, "running");
  threads.pause("busy");
  session.close();
});

test("ready threads of a session take one signature, and the root is the one the draft foretold", async () => {
  const session = await node.api.openThread(alice);
  const threads = node.api.threadsOf(session);
  await printed(session, "bt\nmkdir one\nrt");
  await threads.start({ name: "two" });
  await printed(session, "bt\nmkdir two\nrt");
  const lock = threads.lockCommit();
  const draft = await node.api.draft(session, { publicKey });
  assert.is(draft.body.sections.length, 2);
  const { packageId } = await node.api.answerIntent(node.api.offerIntent(session, draft).intentId, answer(draft));
  const receipt = await node.api.untilReceipt(packageId, "included", never);
  assert.equal(receipt.outcome, { kind: "done" });
  assert.equal(receipt.stateRoot, draft.stateRoot);
  await session.committed();
  lock.release();
  assert.equal(threads.list().map(({ recording }) => recording), ["off", "off"]);
  session.close();
});

test("a thread without a recording cannot be committed", async () => {
  const thread = await node.api.openThread(alice);
  assert.is(await faultOf(node.api.draft(thread, { publicKey })), "THREAD_NOT_RECORDING");
  await run(thread, "bt mkdir x");
  assert.is(await faultOf(node.api.draft(thread, { publicKey })), "THREAD_NOT_READY");
  thread.close();
});

test("a stopped node goes on with the same chain and the same files", async () => {
  const before = node.api.head();
  await node.stop();
  await start();
  assert.not.ok(node.isNewChain);
  assert.ok(node.api.head().height >= before.height);
  const thread = await node.api.openThread(alice);
  assert.is(await printed(thread, "cat docs/note"), "hi\n");
  thread.close();
});

test.run();
