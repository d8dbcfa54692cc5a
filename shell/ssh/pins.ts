/**
 * Host keys of nodes that `grid` has met, in the manner of OpenSSH's known_hosts: one line for each address,
 * `host:port ssh-ed25519 BASE64`. The first key seen is kept, another one later is refused.
 */
export type PinVerdict = "known" | "new" | "changed";

/** Compares a host key (its public blob) with the text of a pin file. */
export function checkPin(pins: string, address: string, publicBlob: Uint8Array): PinVerdict {
  const lines = pins.split("\n").filter((line) => line.startsWith(`${address} `));
  if (lines.length === 0) return "new";
  return lines.includes(pinLine(address, publicBlob)) ? "known" : "changed";
}

/** The text of the pin file with one more node. */
export function addPin(pins: string, address: string, publicBlob: Uint8Array): string {
  const start = pins === "" || pins.endsWith("\n") ? pins : `${pins}\n`;
  return `${start}${pinLine(address, publicBlob)}\n`;
}

function pinLine(address: string, publicBlob: Uint8Array): string {
  return `${address} ssh-ed25519 ${Buffer.from(publicBlob).toString("base64")}`;
}
