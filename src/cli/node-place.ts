import { readEndpoint } from "../config.ts";
import { UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** Where a node's SSH server listens. */
export interface NodePlace {
  readonly host: string;
  readonly port: number;
}

/** `--node`, GRID_NODE, or the devnet that `npm start` runs. */
export function nodePlace({ flags, io }: CommandCall): NodePlace {
  const text = flags["node"] ?? io.env["GRID_NODE"] ?? "127.0.0.1:2222";
  return readEndpoint(text, new UsageError(`"${text}" is no address of a node.`, "--node HOST:PORT, such as --node 127.0.0.1:2222"));
}

/** "127.0.0.1:2222", IPv6 in brackets. */
export function placeText({ host, port }: NodePlace): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
