import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { messageToSign, type Draft, type IntentOffer, type PackageFault } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { draftText } from "../render/draft.ts";
import { intentText } from "../render/intent.ts";
import { receiptText } from "../render/receipt.ts";
import { renderFault } from "../render/report.ts";
import type { SigningAgent } from "../session-io.ts";
import type { Command, CommandContext } from "./command.ts";

/**
 * Commits: learns who will sign (R5), makes the package for that domain, shows what it does and costs, asks for
 * the signature and waits for the receipt. Ctrl-C at any point leaves the recording as it was.
 */
export const ct: Command = {
  word: "ct",
  params: [],
  options: [
    { flag: "--qr", name: "qr", help: "ask a signer by QR code and text, even with a forwarded agent" },
    { flag: "--raw-agent", name: "rawAgent", help: "outside devnet: let a forwarded plain agent sign, which would sign anything" },
  ],
  help: "Commits what was recorded: one package, one signature, one receipt.",
  example: "bt mkdir docs  rt ct",
  run: async ({ options }, context) => {
    const { node, thread, console, signal } = context;
    const agent = options["qr"] === true ? undefined : usableAgent(context, options["rawAgent"] === true);
    const agentKey = agent === undefined ? undefined : await chooseKey(agent, context);
    const publicKey = agentKey ?? provedKey(context);
    const draft = publicKey === undefined ? undefined : await node.draft(thread, { publicKey });
    if (draft === undefined) console.say("Whoever signs decides the domain; the signer shows what the package does.\n");
    else console.say(draftText(draft));
    const byAgent = agent !== undefined && agentKey !== undefined && draft !== undefined ? await signByAgent(agent, agentKey, draft, context) : undefined;
    const packageId = byAgent ?? (await signByIntent(draft, context));
    await finish(packageId, draft, context, signal);
  },
};

/** The forwarded agent, where it may be asked (R2): a plain agent signs whatever a node asks of it. */
function usableAgent({ agent, node, console }: CommandContext, rawAgent: boolean): SigningAgent | undefined {
  if (agent === undefined || node.chain.preset === "devnet") return agent;
  if (!rawAgent) {
    console.say("The forwarded agent is not asked: outside devnet it would sign whatever a node wants. ct --raw-agent asks it all the same.\n");
    return undefined;
  }
  console.complain("warning: a forwarded agent signs unseen; you trust this node with all its keys\n");
  return agent;
}

/** The key that proved the login if the agent has it, else the agent's first Ed25519 key. */
async function chooseKey(agent: SigningAgent, context: CommandContext): Promise<Uint8Array | undefined> {
  const keys = await agent.keys(context.signal);
  const proved = provedKey(context);
  const chosen = keys.find((key) => proved !== undefined && equalBytes(key.publicKey, proved)) ?? keys[0];
  if (chosen === undefined) context.console.say("The forwarded agent has no Ed25519 key.\n");
  return chosen?.publicKey;
}

function provedKey({ identity }: CommandContext): Uint8Array | undefined {
  return identity.level === "proved" ? identity.key.ed25519 : undefined;
}

/** Undefined if the agent refused: then another signer is asked. */
async function signByAgent(agent: SigningAgent, publicKey: Uint8Array, draft: Draft, context: CommandContext): Promise<Uint8Array | undefined> {
  const { node, thread, console, signal } = context;
  const offer = node.offerIntent(thread, draft);
  try {
    const signature = await agent.sign(publicKey, messageToSign("sshsig", draft.bodyBytes), signal);
    const answer = { packageId: draft.packageId, publicKey, scheme: "sshsig", signature } as const;
    return (await node.answerIntent(offer.intentId, answer)).packageId;
  } catch (error) {
    offer.withdraw();
    if (!isFaultError(error) || error.fault.code !== "SIGN_REFUSED" || context.terminal === undefined) throw error;
    console.complain(renderFault({ fault: error.fault, trace: [] }));
    console.say("Keys that are confined to one host (ssh-add -h) refuse this by design; another signer is asked.\n");
    return undefined;
  }
}

/** Shows the request as QR and text, and waits for `grid sign` or a device. */
async function signByIntent(draft: Draft | undefined, context: CommandContext): Promise<Uint8Array> {
  const { node, thread, console, terminal, signal } = context;
  const offer = node.offerIntent(thread, draft);
  console.say(intentText(offer.text, terminal));
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

async function finish(packageId: Uint8Array, draft: Draft | undefined, context: CommandContext, signal: AbortSignal): Promise<void> {
  const receipt = await context.node.untilReceipt(packageId, "included", signal);
  context.console.say(receiptText(receipt, "included"));
  const { outcome } = receipt;
  if (outcome.kind === "done") return context.thread.committed();
  if (outcome.kind === "state-moved") throw new FaultError<PackageFault>({ code: "PACKAGE_STATE_MOVED", paths: draft?.effect.paths.map(({ path }) => path) ?? [] });
  throw new FaultError<ShellFault>({ code: "SHELL_PACKAGE_FAILED", outcome: outcome.kind, faultCode: "faultCode" in outcome ? outcome.faultCode : "" });
}

