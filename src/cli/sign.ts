import { FaultError } from "../../lang/base/fault.ts";
import { signEd25519 } from "../../node/crypto/ed25519.ts";
import type { UnlockedKey } from "../../node/keys/key-envelope.ts";
import { checkIntentTime, decodeIntent, intentBytes } from "../../node/package/intent.ts";
import type { Intent } from "../../node/package/intent.ts";
import { loginMessage } from "../../node/package/login.ts";
import type { Review } from "../../node/package/review.ts";
import { messageToSign } from "../../node/package/signing.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { ed25519Blob, fingerprintOf } from "../../shell/ssh/host-key.ts";
import { connectRpc } from "../../shell/ssh/rpc-client.ts";
import type { RpcClient } from "../../shell/ssh/rpc-client.ts";
import { readEndpoint } from "../config.ts";
import { systemClock } from "../system-ports.ts";
import { agrees } from "./agree.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { expectHostKey } from "./known-nodes.ts";
import { nodePlace, placeText } from "./node-place.ts";
import type { NodePlace } from "./node-place.ts";
import { reviewed, reviewJson, reviewText } from "./review-text.ts";
import { ownDomains } from "./own-domains.ts";
import { signFile } from "./sign-file.ts";
import { openSigningKey } from "./signing-key.ts";

const LOGIN_LIMIT_MS = 10_000;

/** `grid sign INTENT`, or FILE: fetch, decode here, show, ask, sign, hand over. The node is believed in nothing but bytes. */
export async function runSign(call: CommandCall): Promise<number> {
  if (!isIntent(call.params[0] ?? "")) return signFile(call);
  const intent = decodeIntent(call.params[0] ?? "");
  refuseUnsignable(intent);
  const key = await openSigningKey(call);
  const place = placeOf(intent, call);
  if (intent.kind === "login") return signLogin(call, { intent, key, place });
  const client = await connect(intent, place);
  try {
    const draft = await client.ask({ kind: "fetchIntent", intentId: intent.intentId, publicKey: key.publicKey });
    const review = reviewed({
      bodyBytes: draft.bodyBytes,
      effectBytes: draft.effectBytes,
      excerptBytes: draft.excerptBytes,
      claimedErg: draft.ergUsed,
      ...(intent.kind === "package" ? { expectedPackageId: intent.packageId } : {}),
      expected: { chainId: intent.chainIdPrefix, domains: ownDomains(call, key.publicKey), publicKey: key.publicKey, mode: call.flags["loose"] === undefined ? "strict" : "any" },
    });
    show(call, review);
    if (!(await agrees(call, key.label))) throw new CommandError("Nothing was signed.", "The request stays open until it expires; `ct` waits for it.");
    const signature = signEd25519(key.seed, messageToSign("raw", draft.bodyBytes));
    const answer = { packageId: review.packageId, publicKey: key.publicKey, scheme: "raw", signature } as const;
    const { missing } = await client.ask({ kind: "answerIntent", intentId: intent.intentId, answer });
    if (call.flags["json"] === undefined) call.io.out(`signed as ${key.label}, handed to ${placeText(place)}\n${missing === 0 ? "" : `${missing} more to sign; the same request is good for them\n`}`);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** Proves the key to the node that the intent names, and to no other: its host key is part of what is signed. */
async function signLogin(call: CommandCall, { intent, key, place }: { readonly intent: Intent; readonly key: UnlockedKey; readonly place: NodePlace }): Promise<number> {
  const { io, flags } = call;
  const facts = { login: true, node: placeText(place), hostKey: fingerprintOf(ed25519Blob(intent.hostKey)), expires: new Date(intent.expirySeconds * 1_000).toISOString() };
  io.out(flags["json"] === undefined ? `log in at ${facts.node}, host key ${facts.hostKey}\nas ${encodeAddress(domainOfKey(key.publicKey))}\nIs that the node where you typed logmein? Whoever shows you another node's request speaks there as you.\n` : `${JSON.stringify(facts)}\n`);
  if (!(await agrees(call, key.label))) throw new CommandError("Nothing was signed.", "The request stays open until it expires; `logmein` waits for it.");
  const client = await connect(intent, place);
  try {
    const signature = signEd25519(key.seed, loginMessage("raw", intentBytes(intent)));
    await client.ask({ kind: "answerLogin", intentId: intent.intentId, answer: { publicKey: key.publicKey, scheme: "raw", signature } });
    if (flags["json"] === undefined) io.out(`signed as ${key.label}, handed to ${placeText(place)}\n`);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** Intents begin with GS:, in any wrapping; all else names a file. */
function isIntent(text: string): boolean {
  return text.trimStart().startsWith("GS:");
}

function refuseUnsignable(intent: Intent): void {
  const fault = checkIntentTime(intent, systemClock.nowMs());
  if (fault !== undefined) throw new FaultError(fault);
}

/** The intent says where its node is; `--node` is for a node behind another address. */
function placeOf(intent: Intent, call: CommandCall): NodePlace {
  if (call.flags["node"] !== undefined) return nodePlace(call);
  return readEndpoint(intent.address, new CommandError(`The intent names "${intent.address}".`, "Name the node with --node HOST:PORT."));
}

async function connect(intent: Intent, place: NodePlace): Promise<RpcClient> {
  const judge = expectHostKey(placeText(place), fingerprintOf(ed25519Blob(intent.hostKey)));
  try {
    return await connectRpc({ ...place, user: "signer", isHostKey: judge.accepts, timeoutMs: LOGIN_LIMIT_MS });
  } catch (error) {
    throw judge.explain(error);
  }
}

function show({ flags, io }: CommandCall, review: Review): void {
  io.out(flags["json"] === undefined ? reviewText(review) : `${JSON.stringify(reviewJson(review))}\n`);
}
