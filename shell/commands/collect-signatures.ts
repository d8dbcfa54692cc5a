import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { domainOfKey, messageToSign, SSHSIG_NAMESPACE, type Draft, type DraftTerms, type IntentOffer, type IntentProgress, type PackageFault, type SignatureAnswer } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { intentText } from "../render/intent.ts";
import { renderFault } from "../render/report.ts";
import type { SigningAgent } from "../session-io.ts";
import type { CommandCall, CommandContext } from "./command.ts";
import { pastedSignature, pasteText } from "./paste.ts";

/** What is to be signed, and who was found to sign it. */
export interface SignTask {
  /** Undefined while nobody said whose domain it is: then whoever answers the intent decides. */
  readonly draft: Draft | undefined;
  readonly publicKey: Uint8Array | undefined;
  readonly agent: SigningAgent | undefined;
  readonly terms: DraftTerms;
  readonly options: CommandCall["options"];
}
type KnownTask = SignTask & { readonly draft: Draft; readonly publicKey: Uint8Array };

/**
 * Has a package signed by as many keys as it needs: those in the forwarded agent first, in one go, then whoever answers
 * the intent. Gives the id of the package that was submitted.
 */
export async function collectSignatures(task: SignTask, context: CommandContext): Promise<Uint8Array> {
  const isPasted = task.options["paste"] === true;
  if (!isKnown(task)) return isPasted ? noKey() : signByIntent(offered(task, context), task, context);
  const byAgent = task.agent === undefined ? undefined : await signByAgent(task.agent, task, context);
  return byAgent ?? (isPasted ? signByPaste(task, context) : signByIntent(offered(task, context), task, context));
}

function isKnown(task: SignTask): task is KnownTask {
  return task.draft !== undefined && task.publicKey !== undefined;
}

function noKey(): never {
  throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: undefined });
}

function offered({ draft, terms }: SignTask, { node, thread }: CommandContext): IntentOffer {
  return node.offerIntent(thread, draft, terms);
}

/** Undefined if the agent did not sign and another signer may be asked. */
async function signByAgent(agent: SigningAgent, task: KnownTask, context: CommandContext): Promise<Uint8Array | undefined> {
  const { console } = context;
  const offer = offered(task, context);
  try {
    const progress = await signByKeys(agent, offer, task, context);
    if (progress === undefined) return void offer.withdraw();
    if (progress.missing === 0) return progress.packageId;
    console.say(`${progress.missing} more ${progress.missing === 1 ? "signature is" : "signatures are"} needed, of other keys.\n`);
    return await signByIntent(offer, task, context);
  } catch (error) {
    offer.withdraw();
    if (!isFaultError(error) || error.fault.code !== "SIGN_REFUSED" || context.terminal === undefined) throw error;
    console.complain(renderFault({ fault: error.fault, trace: [] }));
    console.say("Another signer is asked. (Keys confined to one host, ssh-add -h, refuse by design.)\n");
    return undefined;
  }
}

/** One key after another, until there are enough signatures or no more keys. Undefined if the agent must not be asked. */
async function signByKeys(agent: SigningAgent, offer: IntentOffer, task: KnownTask, context: CommandContext): Promise<IntentProgress | undefined> {
  let progress: IntentProgress | undefined;
  for (const publicKey of await agentKeys(agent, task, context)) {
    const signed = await askAgent(agent, { ...task, publicKey }, context);
    if (signed === undefined) return progress;
    progress = await context.node.answerIntent(offer.intentId, { packageId: task.draft.packageId, publicKey, ...signed });
    if (progress.missing === 0) return progress;
  }
  return progress;
}

/** The agent's keys that the package asks for, the chosen one first. */
async function agentKeys(agent: SigningAgent, { draft, publicKey }: KnownTask, { signal }: CommandContext): Promise<readonly Uint8Array[]> {
  const { signers, payer } = draft.body;
  const asked = [...signers.keys, ...(payer?.signers.keys ?? [])];
  const needsOne = signers.needed === 1 && payer === undefined;
  const held = needsOne ? [publicKey] : [publicKey, ...(await agent.keys(signal)).map((key) => key.publicKey).filter((key) => !equalBytes(key, publicKey))];
  return held.filter((key) => asked.some((id) => equalBytes(id, domainOfKey(key))));
}

/** A grid agent is given the package; a plain one signs whatever a node asks of it, so it is asked only where R2 allows. */
async function askAgent(agent: SigningAgent, { publicKey, draft, options }: KnownTask, { node, console, signal }: CommandContext): Promise<Pick<SignatureAnswer, "scheme" | "signature"> | undefined> {
  const answer = await agent.signPackage({ publicKey, bodyBytes: draft.bodyBytes, effectBytes: draft.effectBytes, excerptBytes: draft.excerptBytes }, signal);
  if (answer !== undefined) return answer;
  if (node.chain.preset !== "devnet") {
    if (options["rawAgent"] !== true) {
      console.say("The forwarded agent is not asked: outside devnet it would sign whatever a node wants. grid agent shows and asks first.\n");
      return undefined;
    }
    console.complain("warning: a forwarded agent signs unseen; you trust this node with all its keys\n");
  }
  return { scheme: "sshsig", signature: await agent.sign(publicKey, messageToSign("sshsig", draft.bodyBytes), signal) };
}

/** Prints what to run where the key is, and takes the signature from the input; further ones come by the intent. */
async function signByPaste(task: KnownTask, context: CommandContext): Promise<Uint8Array> {
  const { node, console } = context;
  const { draft, publicKey } = task;
  const offer = offered(task, context);
  try {
    console.say(pasteText(draft.bodyBytes, SSHSIG_NAMESPACE));
    const pasted = await pastedSignature(context, SSHSIG_NAMESPACE);
    if (!equalBytes(pasted.publicKey, publicKey)) throw new FaultError<PackageFault>({ code: "PACKAGE_WRONG_KEY" });
    const progress = await node.answerIntent(offer.intentId, { packageId: draft.packageId, publicKey, scheme: "sshsig", signature: pasted.signature });
    return progress.missing === 0 ? progress.packageId : await signByIntent(offer, task, context);
  } finally {
    offer.withdraw();
  }
}

/** Shows the request as QR and text, and waits for `grid sign` or a device, as often as it takes. */
async function signByIntent(offer: IntentOffer, { options }: SignTask, { console, terminal, signal }: CommandContext): Promise<Uint8Array> {
  console.say(intentText(offer.text, terminal, options["plain"] === true ? "plain" : "colour"));
  return (await answerOrAbort(offer, signal)).packageId;
}

function answerOrAbort(offer: IntentOffer, signal: AbortSignal): Promise<{ readonly packageId: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      offer.withdraw();
      reject(new FaultError<ShellFault>({ code: "SHELL_INTERRUPTED" }));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    offer.answered.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
