// time-out: 120 s
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import type { Identity, Receipt, ThreadApi } from "../../../node/api.ts";
import { ed25519PublicKey, signEd25519 } from "../../../node/crypto/ed25519.ts";
import { isReceiptProof, verifyReceiptProof } from "../../../node/explorer/receipt-proof.ts";
import { startNode, type RunningNode } from "../../../node/node.ts";
import { messageToSign } from "../../../node/package/signing.ts";
import { domainOfKey, encodeAddress } from "../../../node/state/address.ts";
import { systemClock, systemRandom } from "../../../src/system-ports.ts";
import { told } from "../../support/hooks.ts";

// Real packages on a real node: replay, why, and the proof of a receipt.

const never = new AbortController().signal;
const seed = new Uint8Array(32).fill(0x5e);
const publicKey = ed25519PublicKey(seed);
const domain = domainOfKey(publicKey);
const identity: Identity = { level: "proved", sshUser: "eve", sourceAddress: "127.0.0.1", key: { algorithm: "ssh-ed25519", fingerprint: "SHA256:eve", ed25519: publicKey } };

let folder = "";
let node: RunningNode;
let thread: ThreadApi;

test.before(told(async () => {
  folder = mkdtempSync(join(tmpdir(), "grid-explorer-"));
  const log = { info: () => undefined, warn: () => undefined, error: (message: string, fields?: Record<string, unknown>) => assert.unreachable(`${message} ${JSON.stringify(fields)}`) };
  node = await startNode({ folder, outsideWords: [], miningPercent: 50 }, { clock: systemClock, random: systemRandom, log, onFailure: (error) => { throw error; } });
  node.announce("127.0.0.1:2222");
  thread = await node.api.openThread(identity);
  await node.api.faucet(domain, never);
  await thread.sync();
}));
test.after(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

async function commit(source: string, mode: "strict" | "loose" = "strict"): Promise<Receipt> {
  const outcome = await thread.run(`bt\n${source}\nrt`, { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false });
  assert.is(outcome.kind, "done", JSON.stringify(outcome));
  const draft = await node.api.draft(thread, { publicKey }, { mode });
  const offer = node.api.offerIntent(thread, draft);
  const signature = signEd25519(seed, messageToSign("raw", draft.bodyBytes));
  await node.api.answerIntent(offer.intentId, { packageId: draft.packageId, publicKey, scheme: "raw", signature });
  const receipt = await node.api.untilReceipt(draft.packageId, "included", never);
  await thread.committed();
  return receipt;
}

test("a replayed package does what its receipt says, line by line, and only what each line did", async () => {
  const receipt = await commit(": twice 2 * ;\nmkdir a\n21 twice\necho one > a/f\necho two > a/f");
  const view = await node.api.explorer.replay(receipt.packageId);
  assert.ok(view.agrees, JSON.stringify([view.outcome, view.receipt.outcome, String(view.ergUsed), String(view.receipt.ergUsed)]));
  assert.is(view.ergUsed, receipt.ergUsed);
  assert.is(view.intrinsicErg + (view.steps.at(-1)?.ergUsed ?? 0n), receipt.ergUsed);
  const deeds = view.steps.map(({ changes }) => changes.join("; ").replace(/\/grid1\w+/, "~")).filter((text) => text !== "");
  assert.equal(deeds, ["makes the directory ~/a", "makes the file ~/a/f (4 bytes)", "writes ~/a/f (4 bytes → 4 bytes)"]);
  assert.ok(view.steps.some(({ source }) => source.startsWith(": twice")));
  assert.equal((await node.api.explorer.replay(receipt.packageId)).steps, view.steps);
});

test("a replay tells burns and nicks of the line that did them", async () => {
  const { packageId } = await commit("burn 1\nnick eve\nburn 2");
  const { steps, agrees } = await node.api.explorer.replay(packageId);
  assert.ok(agrees);
  const who = encodeAddress(domain);
  assert.equal(steps.map(({ changes }) => changes), [
    [`burns 1 coin of ${who} for ever: nobody gets them`, `takes 1 coin from ${who}`], [`gives ${who} the nick @eve for 1 coin of its burnt weight`],
    [`burns 2 coins of ${who} for ever: nobody gets them`, `takes 2 coins from ${who}`],
  ]);
});

test("asked for, a replay tells each word as well, and comes to the same end", async () => {
  const receipt = await commit(": half 2 / ;\n: quarter half half ;\n100 quarter");
  const view = await node.api.explorer.replay(receipt.packageId, "words");
  assert.ok(view.agrees);
  assert.equal(view.steps.map(({ words, ...step }) => step), (await node.api.explorer.replay(receipt.packageId)).steps);
  const told = view.steps.flatMap(({ words = [] }) => words.map(({ word, depth, stack }) => `${depth} ${word} ${stack.join(" ")}`));
  assert.equal(told, ["1 half 100", "2 / 50", "1 half 50", "2 / 25"]);
});

test("an old package is replayed on the state it found, whatever came later", async () => {
  const first = await commit("mkdir old");
  await commit("echo new > old/file");
  await commit("rm -r old");
  const view = await node.api.explorer.replay(first.packageId);
  assert.ok(view.agrees, JSON.stringify([view.outcome, view.receipt.outcome, String(view.ergUsed), String(view.receipt.ergUsed)]));
  assert.is(view.baseHeight, first.height - 1n);
});

test("why names who last wrote a path: made, written, or removed", async () => {
  const made = await commit("mkdir w\necho 1 > w/x");
  const { explorer } = node.api;
  assert.is(toHex((await explorer.why(thread, "w/x")).row.packageId), toHex(made.packageId));
  const written = await commit("echo 2 > w/x");
  assert.is(toHex((await explorer.why(thread, "~/w/x")).row.packageId), toHex(written.packageId));
  assert.is(toHex((await explorer.why(thread, "w")).row.packageId), toHex(made.packageId));
  const right = await commit("chmod o+w w/x");
  assert.is(toHex((await explorer.why(thread, "w/x")).row.packageId), toHex(right.packageId));
  const removed = await commit("rm w/x");
  const why = await explorer.why(thread, "w/x");
  assert.equal([toHex(why.row.packageId), why.stands], [toHex(removed.packageId), "nothing"]);
  assert.is(await explorer.why(thread, "w/never").then(() => "", (error: { fault: { code: string } }) => error.fault.code), "EXPLORER_NEVER_WRITTEN");
});

test("a receipt's proof holds without the node, is valid only against what the reader trusts, and no byte of it can change", async () => {
  const receipt = await commit("mkdir proved");
  const proof = node.api.explorer.proveReceipt(receipt.packageId);
  assert.ok(isReceiptProof(proof));
  assert.is(verifyReceiptProof(proof, {}).kind, "unanchored");
  assert.is(verifyReceiptProof(proof, { minWork: 1n << 200n }).kind, "unanchored");
  const trusted = verifyReceiptProof(proof, { checkpoint: receipt.blockId });
  assert.ok(trusted.kind === "valid");
  const { result, height, index, body } = trusted.proof;
  assert.equal([toHex(result.packageId), result.outcome, result.ergUsed, height, index, toHex(body.domain)], [toHex(receipt.packageId), receipt.outcome, receipt.ergUsed, receipt.height, receipt.index, toHex(domain)]);
  for (let at = 0; at < proof.length; at += 3) {
    const changed = proof.slice();
    changed[at] = (changed[at] as number) ^ 1;
    assert.is.not(verifyReceiptProof(changed, { checkpoint: receipt.blockId }).kind, "valid", `byte ${at}`);
  }
});

test.run();
