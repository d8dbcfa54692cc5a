import { FaultError } from "../../lang/base/fault.ts";
import { coinsText, decodeAddress, domainOfKey, encodeAddress } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import type { Command, CommandContext } from "./command.ts";

/** Pays some coins to begin with (R13): a package signed by the faucet's key; never recorded. */
export const faucet: Command = {
  word: "faucet",
  params: [{ name: "address", type: "text", optional: true }],
  help: "Devnet and testnet: pays some coins into your domain, or the one you name, and waits for the receipt.",
  example: "faucet",
  run: async ({ args: [address] }, context) => {
    const { node, thread, console, signal } = context;
    const domain = address === undefined || address === "~" ? domainOfKey(await ownKey(context)) : decodeAddress(address);
    const { amountUnits, receipt } = await node.faucet(domain, signal);
    await thread.sync();
    console.say(`${coinsText(amountUnits)} for ${encodeAddress(domain)} in block ${receipt.height}\n`);
  },
};

/** The key that proved the login, else the first one of the forwarded agent. Fault: SHELL_NO_KEY. */
async function ownKey({ identity, agent, signal }: CommandContext): Promise<Uint8Array> {
  const proved = identity.level === "proved" ? identity.key : undefined;
  if (proved?.ed25519 !== undefined) return proved.ed25519;
  const [first] = agent === undefined ? [] : await agent.keys(signal);
  if (first !== undefined) return first.publicKey;
  throw new FaultError<ShellFault>({ code: "SHELL_NO_KEY", algorithm: proved?.algorithm });
}
