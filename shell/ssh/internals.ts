import type { Socket } from "node:net";
import type { Connection, ServerChannel } from "ssh2";
import { assert } from "../../lang/base/assert.ts";

/**
 * The private parts of ssh2 1.17 that the guard and the agent need, in one place. ssh2 has no public way to
 * bound windows, packets and channels, or to open an agent channel as a server; all of its messages pass
 * through `_protocol._handlers`, which is read anew for every message, so a handler can be wrapped.
 */
export interface ClientInternals {
  readonly _sock: Socket;
  readonly _protocol: ProtocolInternals;
  readonly _chanMgr: ChannelTable;
}
export interface ProtocolInternals {
  readonly _handlers: Record<string, MessageHandler | undefined>;
  /** Present from the first KEXINIT of an exchange to its NEWKEYS. */
  readonly _kexinit: unknown;
  /** Packets held back during an exchange. */
  readonly _queue: readonly unknown[] | undefined;
  channelOpenFail(recipient: number, reason: number, description: string): void;
  channelClose(recipient: number): void;
  /** keepalive@openssh.com: every client answers, if only with a refusal. */
  ping(): void;
  openssh_authAgent(localChannel: number, windowBytes: number, packetBytes: number): void;
}
export type MessageHandler = (protocol: unknown, ...args: readonly never[]) => void;
export interface ChannelTable {
  readonly _count: number;
  /** Takes an id for a channel; a function waits for the confirmation of one we open. -1 when there is none. */
  add(value?: OpenedChannel): number;
  get(id: number): ChannelInternals | OpenedChannel | true | undefined;
  remove(id: number): void;
}
export type OpenedChannel = ((error: Error | undefined, channel: ServerChannel) => void) & { type?: string };

/** A channel, or the session that will become one (`_channel`). */
export interface ChannelInternals {
  readonly server: true;
  readonly _channel?: ChannelInternals | undefined;
  readonly _chanInfo?: { readonly outgoing: FlowState };
  readonly incoming?: FlowState;
  readonly outgoing?: FlowState;
  readonly _readableState?: { readonly buffer: { readonly length: number } };
}
export interface FlowState {
  readonly id: number;
  readonly window: number;
  readonly packetSize: number;
  readonly state: "open" | "eof" | "closing" | "closed";
}

/** Reason codes of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, section 5.1). */
export const OPEN_FAILURE = { prohibited: 1, shortage: 4 } as const;

/** Looks behind ssh2's public face; stops if another version looks different. */
export function internalsOf(client: Connection): ClientInternals {
  const internals = client as unknown as ClientInternals;
  assert(typeof internals._sock?.writableLength === "number", "ssh2: the client's socket");
  assert(typeof internals._protocol?._handlers?.["CHANNEL_DATA"] === "function", "ssh2: the message handlers");
  assert(typeof internals._chanMgr?._count === "number", "ssh2: the table of channels");
  return internals;
}

/** Bytes the client still allows on a channel, and whether it may be written to. */
export function outgoingFlow(channel: ServerChannel): FlowState {
  const flow = (channel as unknown as ChannelInternals).outgoing;
  assert(flow !== undefined && typeof flow.window === "number", "ssh2: the window of a channel");
  return flow;
}
