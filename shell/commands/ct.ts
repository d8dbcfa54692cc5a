import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { encodePackageFile, type Draft, type DraftTerms, type PackageFault, type Receipt } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { draftText } from "../render/draft.ts";
import { movedText } from "../render/moved.ts";
import { receiptText } from "../render/receipt.ts";
import type { SigningAgent } from "../session-io.ts";
import { collectSignatures } from "./collect-signatures.ts";
import type { Command, CommandContext, Flight } from "./command.ts";
import { readPublicKey } from "./paste.ts";
import { SIGNING_OPTIONS } from "./signing-options.ts";

type Options = Parameters<Command["run"]>[0]["options"];

/**
 * Commits: learns who will sign (R5), makes the package for that domain, shows what it does and costs, asks for
 * the signature and waits for the receipt. Ctrl-C at any point leaves the recording as it was.
 */
export const ct: Command = {
  word: "ct",
  params: [],
  options: [
    ...SIGNING_OPTIONS,
    { flag: "--key", name: "key", value: "text", help: "who will sign, if this node cannot know: 'ssh-ed25519 AAAA…', a line of a .pub file, or the hex that grid key show prints" },
    { flag: "--payer", name: "payer", value: "text", help: "another domain pays the fee: its address, a contact or a @nick; it signs too" },
    { flag: "--file", name: "file", help: "print the package as text for signers elsewhere: grid sign FILE, grid send FILE" },
    { flag: "--only", name: "only", value: "text", help: "commit this thread alone; the others that are ready wait" },
    { flag: "--newest", name: "newest", help: "somebody changed what it touches: commit on the newest state, as ct showed" },
    { flag: "--loose", name: "loose", help: "let it run on whatever it finds, instead of failing when the state has moved" },
  ],
  help: "Commits what was recorded: one package, one signature, one receipt.",
  example: "bt mkdir docs  rt ct",
  run: async ({ options }, context) => {
    if (context.memory.flight !== undefined) return finish(context.memory.flight, context);
    // What is wrong is said here, before anybody is asked for a key or a signature.
    const lock = context.node.threadsOf(context.thread).lockCommit(undefined, termsOf(options).only);
    try {
      if (options["file"] === true) return await writeOut(options, context);
      await finish(await signed(options, context), context);
    } finally {
      lock.release();
    }
  },
};

/** The package as text, unsigned: whoever may sign it adds his signature where his key is. */
async function writeOut(options: Options, context: CommandContext): Promise<void> {
  const { publicKey } = await chosenSigner(options, context);
  if (publicKey === undefined) throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: undefined });
  const draft = await drafted(publicKey, options, context);
  context.console.say(`${draftText(draft)}${encodePackageFile({ ...draft, signatures: [] })}Keep these lines in a file: grid sign FILE adds a signature, grid send FILE sends it.\nWhat you recorded stays; once it is sent, at drops it.\n`);
}

/** Makes the package, shows it and has it signed. */
async function signed(options: Options, context: CommandContext): Promise<Flight> {
  const { publicKey, agent } = await chosenSigner(options, context);
  const draft = publicKey === undefined ? undefined : await drafted(publicKey, options, context);
  context.console.say(draft === undefined ? openText(context) : draftText(draft));
  const packageId = await collectSignatures({ draft, publicKey, agent, terms: termsOf(options), options }, context);
  return { packageId, draft, pendingLines: context.thread.status().pendingLines };
}

async function drafted(publicKey: Uint8Array, options: Options, context: CommandContext): Promise<Draft> {
  const { payer } = termsOf(options);
  const draft = await context.node.draft(context.thread, { publicKey, ...domainOf(context, publicKey), ...(payer === undefined ? {} : { payer }) }, termsOf(options));
  await requireSeen(draft, options, context);
  return draft;
}

interface Chosen {
  /** Whose domain the package is for; undefined while nobody said. */
  readonly publicKey: Uint8Array | undefined;
  /** To be asked for signatures; undefined if it has not the key, or another way was asked for. */
  readonly agent: SigningAgent | undefined;
}

async function chosenSigner(options: Options, context: CommandContext): Promise<Chosen> {
  const named = typeof options["key"] === "string" ? readPublicKey(options["key"], "ct") : undefined;
  const agent = ["qr", "plain", "paste"].some((name) => options[name] === true) ? undefined : context.agent;
  const agentKey = agent === undefined ? undefined : await chooseKey(agent, named, context);
  return { publicKey: named ?? agentKey ?? provedKey(context), agent: agentKey === undefined ? undefined : agent };
}

function termsOf(options: Options): DraftTerms {
  const { payer, only } = options;
  return {
    mode: options["loose"] === true ? "loose" : "strict", onto: options["newest"] === true ? "newest" : "seen",
    ...(typeof payer === "string" ? { payer } : {}), ...(typeof only === "string" ? { only } : {}),
  };
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

/** Waits for the receipt. Interrupted, the signed package stays on its way, and the next `ct` waits on. */
async function finish(flight: Flight, context: CommandContext): Promise<void> {
  const { memory, console, thread } = context;
  if (memory.flight !== undefined) console.say(`waiting for the package signed before, ${toHex(flight.packageId)}\n`);
  memory.flight = flight;
  const receipt = await untilIncluded(flight, context);
  memory.flight = undefined;
  console.say(receiptText(receipt, "included"));
  memory.committed.note(receipt);
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
