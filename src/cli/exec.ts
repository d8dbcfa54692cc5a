import { isFaultError } from "../../lang/base/fault.ts";
import type { LineOutcome, ReceiptStage } from "../../node/api.ts";
import { signEd25519 } from "../../node/crypto/ed25519.ts";
import type { UnlockedKey } from "../../node/keys/key-envelope.ts";
import { encodeSignedPackage } from "../../node/package/body-codec.ts";
import { addSignature, missingSignatures } from "../../node/package/gather.ts";
import type { PackageFile } from "../../node/package/package-file.ts";
import { messageToSign } from "../../node/package/signing.ts";
import { domainOfKey } from "../../node/state/address.ts";
import { receiptText } from "../../shell/render/receipt.ts";
import { connectRpc } from "../../shell/ssh/rpc-client.ts";
import type { RpcClient } from "../../shell/ssh/rpc-client.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { reportText } from "./fault-line.ts";
import { InputBytes } from "./input-bytes.ts";
import { judgeHostKey } from "./known-nodes.ts";
import { nodePlace, placeText } from "./node-place.ts";
import { namedDomains } from "./own-domains.ts";
import { fileJson, reviewedFile, writePackageFile } from "./package-file.ts";
import { receiptJson, stageOf } from "./receipt-json.ts";
import { reviewed, reviewJson, reviewText } from "./review-text.ts";
import type { Io } from "./io.ts";
import { readScript } from "./source.ts";
import type { ScriptSource } from "./source.ts";
import { openSigningKey } from "./signing-key.ts";

const LOGIN_LIMIT_MS = 10_000;
/** A piece of standard input for a script that waits; well below the size of a frame. */
const INPUT_PIECE_BYTES = 64 * 1024;

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

async function connect(call: CommandCall, key: UnlockedKey): Promise<RpcClient> {
  const place = nodePlace(call);
  const judge = judgeHostKey(call, placeText(place));
  try {
    const client = await connectRpc({ ...place, user: call.flags["domain"] ?? key.label, isHostKey: judge.accepts, keySeed: key.seed, timeoutMs: LOGIN_LIMIT_MS });
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

async function commit(client: RpcClient, key: UnlockedKey, stage: ReceiptStage, call: CommandCall): Promise<number> {
  const { flags, io } = call;
  const { publicKey } = key;
  const [domain] = namedDomains(call);
  const { chainId } = await client.ask({ kind: "status" });
  const signer = { publicKey, ...(domain === undefined ? {} : { domain }), ...(flags["payer"] === undefined ? {} : { payer: flags["payer"] }) };
  const draft = await client.ask({ kind: "draft", signer });
  const { bodyBytes, effectBytes, excerptBytes, ergUsed } = draft;
  const review = reviewed({ bodyBytes, effectBytes, excerptBytes, claimedErg: ergUsed, expected: { chainId, domains: domain === undefined ? [domainOfKey(publicKey)] : [domain], publicKey } });
  const json = flags["json"] !== undefined;
  if (!json) io.out(reviewText(review));
  const signatures = addSignature({ body: review.body, bodyBytes, signatures: [] }, { publicKey, scheme: "raw", signature: signEd25519(key.seed, messageToSign("raw", bodyBytes)) });
  if (flags["file"] !== undefined) return writeOut(call, flags["file"], { ...draft, body: review.body, signatures });
  const missing = missingSignatures(review.body, signatures);
  if (missing > 0) throw new CommandError(`The package needs ${missing} more ${missing === 1 ? "signature" : "signatures"}.`, "With --file OUT it is written for the others, who run grid sign OUT.");
  const { packageId } = await client.ask({ kind: "submit", signedPackage: encodeSignedPackage({ body: review.body, signatures }) });
  const receipt = await client.ask({ kind: "untilReceipt", packageId, stage });
  io.out(json ? `${JSON.stringify({ ...reviewJson(review), ...receiptJson(receipt), stage })}\n` : receiptText(receipt, stage));
  return receipt.outcome.kind === "done" ? EXIT.ok : EXIT.failed;
}

/** The package with this key's signature, for others to sign and anybody to send. */
async function writeOut(call: CommandCall, path: string, file: PackageFile): Promise<number> {
  await writePackageFile(call, path, file);
  if (call.flags["json"] === undefined) call.io.out(`written to ${path}: grid sign ${path} adds a signature, grid send ${path} sends it\n`);
  else call.io.out(`${JSON.stringify(fileJson(file, reviewedFile(file, { mode: "any" })))}\n`);
  return EXIT.ok;
}
