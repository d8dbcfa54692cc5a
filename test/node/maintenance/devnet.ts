import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Identity, ReceiptStage } from "../../../node/api.ts";
import { ed25519PublicKey, signEd25519 } from "../../../node/crypto/ed25519.ts";
import { startNode, type NodeOptions, type RunningNode } from "../../../node/node.ts";
import type { Clock } from "../../../node/ports.ts";
import { messageToSign } from "../../../node/package/signing.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { systemClock, systemRandom } from "../../../src/system-ports.ts";

const SEED = new Uint8Array(32).fill(7);
export const ALICE_KEY = ed25519PublicKey(SEED);
const ALICE: Identity = { level: "proved", sshUser: "alice", sourceAddress: "127.0.0.1", key: { algorithm: "ssh-ed25519", fingerprint: "SHA256:alice", ed25519: ALICE_KEY } };
const never = new AbortController().signal;

/** A folder in which nothing is yet. */
export function newFolder(): string {
  return join(mkdtempSync(join(tmpdir(), "grid-maintenance-")), "data");
}

/** A clock that goes `times` as fast as the system's, so that key blocks come in fractions of a second; it begins a day ago. */
export function quickClock(times: number): Clock {
  const startMs = systemClock.nowMs();
  return { nowMs: () => Math.floor(startMs - 86_400_000 + (systemClock.nowMs() - startMs) * times), after: (delayMs, run) => systemClock.after(delayMs / times, run) };
}

/** A real node of its own devnet. */
export async function startDevnet(folder: string, options: Partial<NodeOptions> = {}, clock: Clock = systemClock): Promise<RunningNode> {
  const log = { info: () => undefined, warn: () => undefined, error: (message: string, fields?: Record<string, unknown>) => assert.unreachable(`${message} ${JSON.stringify(fields)}`) };
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const node = await startNode({ folder, outsideWords: ["ct"].map((word) => ({ word, params: [], help: "", example: "" })), miningPercent: 50, ...options }, { clock, random: systemRandom, log, onFailure });
  node.announce("127.0.0.1:2222");
  return node;
}

/** Has the faucet pay Alice, unless she is funded, who then commits each text of source as a package. Resolves when all are in blocks, or final. */
export async function commitAll(node: RunningNode, sources: readonly string[], { stage = "included", funded = false }: { readonly stage?: ReceiptStage; readonly funded?: boolean } = {}): Promise<void> {
  const thread = await node.api.openThread(ALICE);
  if (!funded) await node.api.faucet(domainOfKey(ALICE_KEY), never);
  await thread.sync();
  for (const source of sources) {
    const outcome = await thread.run(`bt\n${source}\nrt ct`, { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false });
    assert.is(outcome.kind, "outside", JSON.stringify(outcome));
    const draft = await node.api.draft(thread, { publicKey: ALICE_KEY });
    const { intentId } = node.api.offerIntent(thread, draft);
    const signature = signEd25519(SEED, messageToSign("raw", draft.bodyBytes));
    const { packageId } = await node.api.answerIntent(intentId, { packageId: draft.packageId, publicKey: ALICE_KEY, scheme: "raw", signature });
    const receipt = await node.api.untilReceipt(packageId, "included", never);
    assert.is(receipt.outcome.kind, "done", source);
    await thread.committed();
    if (stage !== "included") await node.api.untilReceipt(packageId, stage, never);
  }
  thread.close();
}
