import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { LineOutcome, ReceiptStage } from "../../node/api.ts";
import { signEd25519 } from "../../node/crypto/ed25519.ts";
import type { UnlockedKey } from "../../node/keys/key-envelope.ts";
import type { Receipt } from "../../node/ledger/block.ts";
import { encodeSignedPackage } from "../../node/package/body-codec.ts";
import { messageToSign } from "../../node/package/signing.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { receiptText } from "../../shell/render/receipt.ts";
import { connectRpc } from "../../shell/ssh/rpc-client.ts";
import type { RpcClient } from "../../shell/ssh/rpc-client.ts";
import { EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { reportText } from "./fault-line.ts";
import { InputBytes } from "./input-bytes.ts";
import { judgeHostKey } from "./known-nodes.ts";
import { nodePlace, placeText } from "./node-place.ts";
import { reviewed, reviewJson, reviewText } from "./review-text.ts";
import type { Io } from "./io.ts";
import { readScript } from "./source.ts";
import type { ScriptSource } from "./source.ts";
import { openSigningKey } from "./signing-key.ts";

const LOGIN_LIMIT_MS = 10_000;
/** A piece of standard input for a script that waits; well below the size of a frame. */
const INPUT_PIECE_BYTES = 64 * 1024;
const STAGES: readonly ReceiptStage[] = ["included", "settled", "final"];

/** `grid exec`: records the script in a thread of the node, signs what it would do, and waits for the receipt. */
export async function runExec(call: CommandCall): Promise<number> {
  const stage = stageOf(call.flags["until"] ?? "included");
  const script = await readScript(call.io, call.params[0] ?? "-", "shell");
  const key = await openSigningKey(call);
  const client = await connect(call, key);
  try {
    if (call.flags["faucet"] !== undefined) await client.ask({ kind: "faucet" });
    const failed = await record(client, script, call);
    if (failed !== undefined) return failed;
    return await commit(client, key, stage, call);
  } finally {
    client.close();
  }
}

function stageOf(text: string): ReceiptStage {
  const stage = STAGES.find((each) => each === text);
  if (stage === undefined) throw new UsageError(`--until is "${text}".`, `one of ${STAGES.join(", ")}`);
  return stage;
}

async function connect(call: CommandCall, key: UnlockedKey): Promise<RpcClient> {
  const place = nodePlace(call);
  const judge = judgeHostKey(call, placeText(place));
  try {
    const client = await connectRpc({ ...place, user: key.label, isHostKey: judge.accepts, keySeed: key.seed, timeoutMs: LOGIN_LIMIT_MS });
    judge.remember();
    return client;
  } catch (error) {
    throw judge.explain(error);
  }
}

/** Runs the script between `bt` and `rt`. Undefined when it is ready to commit, else the exit code. */
async function record(client: RpcClient, script: ScriptSource, { io, params, flags }: CommandCall): Promise<number | undefined> {
  const pieces = [{ source: "bt", sourceName: "exec", mode: "shell" } as const, { source: script.text, sourceName: script.name, mode: script.mode }, { source: "rt", sourceName: "exec", mode: "shell" } as const];
  // With --json standard output is one object, so what the script prints goes to standard error.
  const write = (bytes: Uint8Array): void => (flags["json"] === undefined ? io.out(bytes) : io.err(Buffer.from(bytes).toString()));
  const input = new InputBytes(params[0] === "-" ? undefined : io.stdin);
  try {
    for (const piece of pieces) {
      const code = exitCode(await client.run(piece, { write, onWaiting: () => void feed(client, input) }), io);
      if (code !== undefined) return code;
    }
    return undefined;
  } finally {
    input.close();
  }
}

/** The next piece of standard input for a script that waits; nothing at its end, which `key` answers with -1. */
async function feed(client: RpcClient, input: InputBytes): Promise<void> {
  try {
    const bytes = await input.take(INPUT_PIECE_BYTES);
    await client.ask({ kind: "input", bytes: bytes ?? new Uint8Array() });
  } catch (error) {
    if (!isFaultError(error)) throw error; // a lost connection is told by the run that waits
  }
}

function exitCode(outcome: LineOutcome, io: Io): number | undefined {
  if (outcome.kind === "done" || (outcome.kind === "exit" && outcome.code === 0)) return undefined;
  if (outcome.kind === "exit") return outcome.code;
  if (outcome.kind === "fault") io.err(reportText(outcome.report));
  else io.err(`grid: ${outcome.word} is for sessions; grid exec commits by itself when the script is done.\n`);
  return EXIT.failed;
}

async function commit(client: RpcClient, key: UnlockedKey, stage: ReceiptStage, { flags, io }: CommandCall): Promise<number> {
  const { publicKey, seed } = key;
  const { chainId } = await client.ask({ kind: "status" });
  const { bodyBytes, effectBytes, witnessBytes, ergUsed } = await client.ask({ kind: "draft", signer: { publicKey } });
  const review = reviewed({ bodyBytes, effectBytes, witnessBytes, claimedErg: ergUsed, expected: { chainId, domains: [domainOfKey(publicKey)], publicKey } });
  const json = flags["json"] !== undefined;
  if (!json) io.out(reviewText(review));
  const signature = signEd25519(seed, messageToSign("raw", bodyBytes));
  const signatures = [{ role: "signer", publicKey, scheme: "raw", signature }] as const;
  const { packageId } = await client.ask({ kind: "submit", signedPackage: encodeSignedPackage({ body: review.body, signatures }) });
  const receipt = await client.ask({ kind: "untilReceipt", packageId, stage });
  io.out(json ? `${JSON.stringify({ ...reviewJson(review), ...receiptJson(receipt), stage })}\n` : receiptText(receipt, stage));
  return receipt.outcome.kind === "done" ? EXIT.ok : EXIT.failed;
}

function receiptJson(receipt: Receipt) {
  const { outcome } = receipt;
  return {
    outcome: outcome.kind,
    ...("faultCode" in outcome ? { faultCode: outcome.faultCode } : {}),
    height: receipt.height.toString(),
    blockId: toHex(receipt.blockId),
    perspective: toHex(receipt.stateRoot),
    ergUsed: receipt.ergUsed.toString(),
    feeUnits: receipt.feeUnits.toString(),
    ...(receipt.events === undefined ? {} : { events: receipt.events.map(({ domain, path, topic, data }) => ({ program: `/${encodeAddress(domain)}${path}`, topic, data: Buffer.from(data).toString("utf8") })) }),
  };
}
