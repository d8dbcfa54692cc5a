import { isIPv4 } from "node:net";
import { FaultError } from "../../lang/base/fault.ts";
import type { NetworkFault } from "../fault.ts";

/** Where a node listens for others, or is found. */
export interface Endpoint {
  /** An address or a name, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:7300", "[::1]:7300". */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Links are neither encrypted nor authenticated: blocks and packages prove themselves, but whoever sits in between
 * could see who sends what, cut links and hold blocks back. So they stay on one machine. Faults: NET_NOT_LOOPBACK.
 */
export function requireLoopback(endpoint: Endpoint): void {
  if (endpoint.host !== "localhost" && !isLoopback(endpoint.host)) throw new FaultError<NetworkFault>({ code: "NET_NOT_LOOPBACK", address: endpointText(endpoint) });
}

/** Of an address as sockets tell it; undefined once the socket is closed. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.toLowerCase().replace(/^::ffff:/, "") ?? "";
  return plain === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}
