import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { messageToSign, SSHSIG_NAMESPACE, type Draft, type DraftTerms, type IntentOffer, type PackageFault, type Receipt, type SignatureAnswer, type ThreadFault, type ThreadStatus } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { draftText } from "../render/draft.ts";
import { intentText } from "../render/intent.ts";
import { movedText } from "../render/moved.ts";
import { receiptText } from "../render/receipt.ts";
import { renderFault } from "../render/report.ts";
import type { SigningAgent } from "../session-io.ts";
import type { Command, CommandContext, Flight } from "./command.ts";
import { pastedSignature, pasteText, readPublicKey } from "./paste.ts";

type Options = Parameters<Command["run"]>[0]["options"];

/**
 * Commits: learns who will sign (R5), makes the package for that domain, shows what it does and costs, asks for
 * the signature and waits for the receipt. Ctrl-C at any point leaves the recording as it was.
 */
export const ct: Command = {
  word: "ct",
  params: [],
  options: [
    { flag: "--qr", name: "qr", help: "ask a signer by QR code and text, even with a forwarded agent" },
    { flag: "--plain", name: "plain", help: "as --qr, the code drawn with # only, for terminals without colours" },
    { flag: "--key", name: "key", value: "text", help: "who will sign, if this node cannot know: 'ssh-ed25519 AAAA…', a line of a .pub file" },
    { flag: "--paste", name: "paste", help: "take a signature that ssh-keygen -Y sign made, pasted or piped in" },
    { flag: "--newest", name: "newest", help: "somebody changed what it touches: commit on the newest state, as ct showed" },
    { flag: "--loose", name: "loose", help: "let it run on whatever it finds, instead of failing when the state has moved" },
    { flag: "--raw-agent", name: "rawAgent", help: "outside devnet: let a forwarded plain agent sign, which would sign anything" },
  ],
  help: "Commits what was recorded: one package, one signature, one receipt.",
  example: "bt mkdir docs  rt ct",
  run: async ({ options }, context) => {
    if (context.memory.flight !== undefined) return finish(context.memory.flight, context);
    // What is wrong is said here, before anybody is asked for a key or a signature.
    const lock = context.node.threadsOf(context.thread).lockCommit();
    try {
      await finish(await signed(options, context), context);
    } finally {
      lock.release();
    }
  },
};

/** Makes the package, shows it and has it signed. */
async function signed(options: Options, context: CommandContext): Promise<Flight> {
  const named = typeof options["key"] === "string" ? readPublicKey(options["key"]) : undefined;
  const agent = ["qr", "plain", "paste"].some((name) => options[name] === true) ? undefined : context.agent;
  const agentKey = agent === undefined ? undefined : await chooseKey(agent, named, context);
  const publicKey = named ?? agentKey ?? provedKey(context);
  const draft = publicKey === undefined ? undefined : await context.node.draft(context.thread, { publicKey, ...domainOf(context, publicKey) }, termsOf(options));
  if (draft !== undefined) await requireSeen(draft, options, context);
  context.console.say(draft === undefined ? openText(context) : draftText(draft));
  const task = publicKey === undefined || draft === undefined ? undefined : { publicKey, draft, options };
  const canAsk = agent !== undefined && agentKey !== undefined && task !== undefined;
  const byAgent = canAsk ? await signByAgent(agent, task, context) : undefined;
  const packageId = byAgent ?? (options["paste"] === true ? await signByPaste(task, context) : await signByIntent(draft, options, context));
  return { packageId, draft, pendingLines: context.thread.status().pendingLines };
}

function termsOf(options: Options): DraftTerms {
  return { mode: options["loose"] === true ? "loose" : "strict", onto: options["newest"] === true ? "newest" : "seen" };
}

/**
 * What the user did not see is not signed: the versions are shown. Edits that do not overlap are together in the package
 * already; about the others he is asked at a terminal, and elsewhere says beforehand, by --newest, that he agrees (G23).
 */
async function requireSeen({ moved }: Draft, options: Options, { console, terminal, readLine }: CommandContext): Promise<void> {
  if (moved.length === 0) return;
  console.say(movedText(moved));
  const open = moved.filter(({ merged }) => merged === undefined);
  if (open.length === 0 || options["newest"] === true) return;
  const answer = terminal === undefined ? undefined : await readLine("commit it as it becomes? [y/N] ");
  if (answer === undefined || !/^y(es)?$/i.test(answer.trim())) throw new FaultError<PackageFault>({ code: "PACKAGE_STATE_MOVED", paths: open.map(({ place }) => place) });
}

/** The named key if the agent has it; else the one that proved the login, else the agent's first Ed25519 key. */
async function chooseKey(agent: SigningAgent, named: Uint8Array | undefined, context: CommandContext): Promise<Uint8Array | undefined> {
  const keys = await agent.keys(context.signal);
  const wanted = named ?? provedKey(context);
  const found = keys.find((key) => wanted !== undefined && equalBytes(key.publicKey, wanted));
  if (named !== undefined) return found?.publicKey;
  const chosen = found ?? keys[0];
  if (chosen === undefined) context.console.say("The forwarded agent has no Ed25519 key.\n");
  return chosen?.publicKey;
}

function provedKey({ identity }: CommandContext): Uint8Array | undefined {
  return identity.level === "proved" ? identity.key.ed25519 : undefined;
}

/** Who logged in under the address of a domain commits for it, with the key that proved it. */
function domainOf({ identity }: CommandContext, publicKey: Uint8Array): { readonly domain?: Uint8Array } {
  if (identity.level !== "proved" || identity.domain === undefined || identity.key.ed25519 === undefined) return {};
  return equalBytes(identity.key.ed25519, publicKey) ? { domain: identity.domain } : {};
}

/** Nobody known here can sign: why, and who can. */
function openText({ identity }: CommandContext): string {
  const why = identity.level === "proved" ? `Your ${identity.key.algorithm} key can log in but not sign packages; Ed25519 keys can.\n` : "";
  return `${why}Whoever signs decides the domain; the signer shows what the package does.\nNo key yet? On your machine: grid key new NAME, then here: faucet ADDRESS\n`;
}

/** What somebody is asked to sign, and with which key. */
interface SignTask {
  readonly publicKey: Uint8Array;
  readonly draft: Draft;
  readonly options: Options;
}

/** Undefined if the agent did not sign and another signer may be asked. */
async function signByAgent(agent: SigningAgent, task: SignTask, context: CommandContext): Promise<Uint8Array | undefined> {
  const { node, thread, console } = context;
  const offer = node.offerIntent(thread, task.draft);
  try {
    const signed = await askAgent(agent, task, context);
    if (signed === undefined) return void offer.withdraw();
    const answer = { packageId: task.draft.packageId, publicKey: task.publicKey, ...signed };
    return (await node.answerIntent(offer.intentId, answer)).packageId;
  } catch (error) {
    offer.withdraw();
    if (!isFaultError(error) || error.fault.code !== "SIGN_REFUSED" || context.terminal === undefined) throw error;
    console.complain(renderFault({ fault: error.fault, trace: [] }));
    console.say("Another signer is asked. (Keys confined to one host, ssh-add -h, refuse by design.)\n");
    return undefined;
  }
}

/** A grid agent is given the package; a plain one signs whatever a node asks of it, so it is asked only where R2 allows. */
async function askAgent(agent: SigningAgent, { publicKey, draft, options }: SignTask, { node, console, signal }: CommandContext): Promise<Pick<SignatureAnswer, "scheme" | "signature"> | undefined> {
  const answer = await agent.signPackage({ publicKey, bodyBytes: draft.bodyBytes, effectBytes: draft.effectBytes, witnessBytes: draft.witnessBytes }, signal);
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

/** Prints what to run where the key is, and takes the signature from the input. Fault: SHELL_NO_KEY while nobody said who signs. */
async function signByPaste(task: SignTask | undefined, context: CommandContext): Promise<Uint8Array> {
  if (task === undefined) throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: undefined });
  const { node, thread, console } = context;
  const { draft, publicKey } = task;
  const offer = node.offerIntent(thread, draft);
  try {
    console.say(pasteText(draft.bodyBytes, SSHSIG_NAMESPACE));
    const pasted = await pastedSignature(context, SSHSIG_NAMESPACE);
    if (!equalBytes(pasted.publicKey, publicKey)) throw new FaultError<PackageFault>({ code: "PACKAGE_WRONG_KEY" });
    return (await node.answerIntent(offer.intentId, { packageId: draft.packageId, publicKey, scheme: "sshsig", signature: pasted.signature })).packageId;
  } finally {
    offer.withdraw();
  }
}

/** Shows the request as QR and text, and waits for `grid sign` or a device. */
async function signByIntent(draft: Draft | undefined, options: Options, context: CommandContext): Promise<Uint8Array> {
  const { node, thread, console, terminal, signal } = context;
  const offer = node.offerIntent(thread, draft, termsOf(options));
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

/** Waits for the receipt. Interrupted, the signed package stays on its way, and the next `ct` waits on. */
async function finish(flight: Flight, context: CommandContext): Promise<void> {
  const { memory, console, thread } = context;
  if (memory.flight !== undefined) console.say(`waiting for the package signed before, ${toHex(flight.packageId)}\n`);
  memory.flight = flight;
  const receipt = await untilIncluded(flight, context);
  memory.flight = undefined;
  console.say(receiptText(receipt, "included"));
  const { outcome } = receipt;
  if (outcome.kind === "state-moved") throw new FaultError<PackageFault>({ code: "PACKAGE_STATE_MOVED", paths: flight.draft?.effect.paths.map(({ path }) => path) ?? [] });
  if (outcome.kind !== "done") throw new FaultError<ShellFault>({ code: "SHELL_PACKAGE_FAILED", outcome: outcome.kind, faultCode: "faultCode" in outcome ? outcome.faultCode : "" });
  if (thread.status().pendingLines === flight.pendingLines) return thread.committed();
  console.complain("You recorded more since you signed. The signed part is committed; vt shows all of it, at drops it.\n");
}

async function untilIncluded({ packageId }: Flight, { node, memory, console, signal }: CommandContext): Promise<Receipt> {
  try {
    return await node.untilReceipt(packageId, "included", signal);
  } catch (error) {
    if (signal.aborted) console.complain(`The package is signed and on its way; ct waits for it again.\n`);
    else memory.flight = undefined; // it left the pool: the next `ct` makes a new one
    throw error;
  }
}
