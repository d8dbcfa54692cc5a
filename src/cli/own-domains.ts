import { decodeAddress, domainOfKey } from "../../node/state/address.ts";
import type { CommandCall } from "./command.ts";

/** The domains for which the user says a key of his may sign: the key's own, and those of `--domain A,B`. Fault: STATE_BAD_ADDRESS. */
export function ownDomains(call: Pick<CommandCall, "flags">, publicKey: Uint8Array): readonly Uint8Array[] {
  return [domainOfKey(publicKey), ...namedDomains(call)];
}

/** Those of `--domain` alone. */
export function namedDomains({ flags }: Pick<CommandCall, "flags">): readonly Uint8Array[] {
  return (flags["domain"] ?? "").split(",").filter((text) => text !== "").map(decodeAddress);
}
