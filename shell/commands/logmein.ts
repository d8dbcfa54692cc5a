import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { LOGIN_NAMESPACE, loginMessage, type Identity, type LoginAnswer, type LoginOffer } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { loginText } from "../render/intent.ts";
import type { Command, CommandCall, CommandContext } from "./command.ts";
import { pastedSignature, pasteText, readPublicKey } from "./paste.ts";
import { SIGNING_OPTIONS } from "./signing-options.ts";

type Proved = Identity & { readonly level: "proved" };

/** Proves a key to this node and to no other (R1, G34): the session becomes that key's. Nothing global changes. */
export const logmein: Command = {
  word: "logmein",
  params: [],
  options: [
    ...SIGNING_OPTIONS,
    { flag: "--key", name: "key", value: "text", help: "which key of the forwarded agent: 'ssh-ed25519 AAAA…', a line of a .pub file" },
  ],
  help: "Proves a key of yours to this node, for this session only: your history, threads and free computing are then that key's.",
  example: "logmein",
  run: async ({ options }, context) => {
    const offer = context.node.offerLogin(context.thread);
    try {
      const answer = await answerTo(offer, options, context);
      if (answer !== undefined) await context.node.answerLogin(offer.intentId, answer);
      else context.console.say(loginText(offer.text, context.terminal, options["plain"] === true ? "plain" : "colour"));
      const identity = await answered(offer, context.signal);
      context.become(identity);
      context.console.say(`This node knows you as ${identity.key.fingerprint} now.\n`);
    } finally {
      offer.withdraw();
    }
  },
};

type Offer = LoginOffer<Proved>;

/** The signature of whoever is at hand; undefined when a signer elsewhere is to be asked. */
async function answerTo(offer: Offer, options: CommandCall["options"], context: CommandContext): Promise<LoginAnswer | undefined> {
  if (options["paste"] === true) {
    context.console.say(pasteText(offer.challenge, LOGIN_NAMESPACE));
    return { scheme: "sshsig", ...(await pastedSignature(context, LOGIN_NAMESPACE)) };
  }
  return options["qr"] === true || options["plain"] === true || context.agent === undefined ? undefined : byAgent(offer, options, context);
}

/** A grid agent checks that the login is for the node at its other end; a plain one signs anything, and is asked only where R2 allows. */
async function byAgent({ challenge }: Offer, options: CommandCall["options"], { agent, node, console, signal }: CommandContext): Promise<LoginAnswer | undefined> {
  const named = typeof options["key"] === "string" ? readPublicKey(options["key"], "logmein") : undefined;
  const keys = (await agent?.keys(signal)) ?? [];
  const publicKey = keys.find((key) => named === undefined || equalBytes(key.publicKey, named))?.publicKey;
  if (agent === undefined || publicKey === undefined) throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: undefined });
  const signed = await agent.signLogin({ publicKey, challenge }, signal);
  if (signed !== undefined) return { publicKey, ...signed };
  if (node.chain.preset !== "devnet" && options["rawAgent"] !== true) {
    console.say("The forwarded agent is not asked: outside devnet it would sign whatever a node wants. grid agent checks which node asks.\n");
    return undefined;
  }
  return { publicKey, scheme: "sshsig", signature: await agent.sign(publicKey, loginMessage("sshsig", challenge), signal) };
}

function answered(offer: Offer, signal: AbortSignal): Promise<Proved> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    offer.answered.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
