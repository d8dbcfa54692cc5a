import { bigEndian, concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { NetworkFault } from "../fault.ts";
import type { ByteQueue } from "./byte-queue.ts";

/**
 * The first bytes of both sides of a link, sent without waiting for the other's: 14 bytes name, 1 byte version of
 * what follows, 32 bytes chain id, 2 bytes version of the rules that the program knows, 16 bytes node id. One form
 * for each greeting, so there is nothing to be lenient about.
 */
export interface Hello {
  /** Hash of the genesis, 32 bytes: nodes of another one are refused (S18). */
  readonly chainId: Uint8Array;
  readonly rulesVersion: number;
  /** 16 bytes, random at each start. It finds links to oneself and second links to one node; it proves nothing. */
  readonly nodeId: Uint8Array;
}

const NAME = utf8("gridshell-link");
const VERSION = 1;
const HELLO_BYTES = NAME.length + 1 + 32 + 2 + 16;

export function encodeHello({ chainId, rulesVersion, nodeId }: Hello): Uint8Array {
  return concatBytes(NAME, Uint8Array.of(VERSION), chainId, bigEndian(BigInt(rulesVersion), 2), nodeId);
}

/** Removes the greeting from what came; undefined until it is whole. Faults: NET_OTHER_PROTOCOL, at the first byte that shows it. */
export function takeHello(bytes: ByteQueue): Hello | undefined {
  const begin = bytes.peek(NAME.length + 1);
  if (!equalBytes(begin.subarray(0, NAME.length), NAME.subarray(0, begin.length))) throw otherProtocol();
  const version = begin[NAME.length];
  if (version !== undefined && version !== VERSION) throw otherProtocol(version);
  if (bytes.sizeBytes < HELLO_BYTES) return undefined;
  const hello = bytes.take(HELLO_BYTES).subarray(begin.length);
  return { chainId: hello.slice(0, 32), rulesVersion: ((hello[32] as number) << 8) | (hello[33] as number), nodeId: hello.slice(34) };
}

function otherProtocol(version?: number): FaultError<NetworkFault> {
  return new FaultError({ code: "NET_OTHER_PROTOCOL", known: VERSION, ...(version === undefined ? {} : { found: version }) });
}
