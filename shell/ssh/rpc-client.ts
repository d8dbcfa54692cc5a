import { connect as connectSocket } from "node:net";
import ssh2, { type ClientChannel } from "ssh2";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { LineOutcome, SignFault } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { ALGORITHMS } from "./algorithms.ts";
import { hostKeyFromSeed } from "./host-key.ts";
import { FrameReader, frame, RPC_SUBSYSTEM } from "./rpc-frames.ts";
import { decodeAnswer, decodeReply, encodeRequest, type RpcKind, type RpcReplies, type RpcRequest } from "./rpc-messages.ts";

export interface RpcClientOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Judges the node's host key (its public blob): against an intent, or a file of pins. */
  readonly isHostKey: (publicBlob: Uint8Array) => boolean;
  /** 32-byte Ed25519 seed of the key to log in with; without one the login is only claimed. */
  readonly keySeed?: Uint8Array;
  /** Until the node has answered the login. */
  readonly timeoutMs: number;
}

/** Where a remote run prints, and who answers it. */
export interface RemoteConsole {
  readonly write: (bytes: Uint8Array) => void;
  /** Called each time the program waits: give it bytes with `ask({ kind: "input" })`, none at the end of input. */
  readonly onWaiting: () => void;
}

export interface RpcClient {
  /** One request and its reply. Faults of the node arrive as FaultError with their code and fields. */
  ask<K extends RpcKind>(request: RpcRequest & { readonly kind: K }): Promise<RpcReplies[K]>;
  /** Runs source in this connection's thread; output arrives before the outcome. */
  run(request: Omit<RpcRequest & { readonly kind: "run" }, "kind">, console: RemoteConsole): Promise<LineOutcome>;
  close(): void;
}

/** Speaks with a node through its SSH server. Faults: SIGN_UNREACHABLE, SIGN_HOST_KEY, SHELL_NO_SUCH_SUBSYSTEM. */
export async function connectRpc(options: RpcClientOptions): Promise<RpcClient> {
  const client = new ssh2.Client();
  await login(client, options);
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.subsys(RPC_SUBSYSTEM, (error, opened) => (error === undefined ? resolve(opened) : reject(error))),
  ).catch(() => {
    client.end();
    throw new FaultError<ShellFault>({ code: "SHELL_NO_SUCH_SUBSYSTEM", name: RPC_SUBSYSTEM });
  });
  return new ChannelRpcClient(client, channel, `${options.host}:${options.port}`);
}

function login(client: ssh2.Client, options: RpcClientOptions): Promise<void> {
  const { host, port, user, isHostKey, keySeed, timeoutMs } = options;
  let fault: SignFault = { code: "SIGN_UNREACHABLE", address: `${host}:${port}` };
  return new Promise((resolve, reject) => {
    client.on("ready", () => resolve());
    client.on("error", () => reject(new FaultError(fault)));
    client.on("close", () => reject(new FaultError(fault)));
    client.on("keyboard-interactive", (_name, _text, _language, _prompts, finish) => finish([]));
    const hostVerifier = (blob: Buffer): boolean => {
      const holds = isHostKey(new Uint8Array(blob));
      if (!holds) fault = { code: "SIGN_HOST_KEY" };
      return holds;
    };
    client.connect({
      sock: connectSocket({ host, port, noDelay: true }), // ssh2 leaves Nagle's algorithm on: 40 ms at every turn
      username: user,
      hostVerifier,
      algorithms: { ...ALGORITHMS, compress: ["none"] },
      readyTimeout: timeoutMs,
      ...(keySeed === undefined ? { tryKeyboard: true } : { privateKey: hostKeyFromSeed(keySeed).privateFile }),
    });
  });
}

interface Pending {
  readonly kind: RpcKind;
  readonly console: RemoteConsole;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

const SILENT: RemoteConsole = { write: () => undefined, onWaiting: () => undefined };

class ChannelRpcClient implements RpcClient {
  private readonly client: ssh2.Client;
  private readonly channel: ClientChannel;
  private readonly address: string;
  private readonly frames = new FrameReader();
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  /** Why nothing more can be asked. */
  private end: FaultError | undefined;

  constructor(client: ssh2.Client, channel: ClientChannel, address: string) {
    this.client = client;
    this.channel = channel;
    this.address = address;
    channel.on("data", (bytes: Buffer) => this.receive(bytes));
    channel.on("close", () => this.lost());
    client.on("error", () => this.lost());
  }

  ask<K extends RpcKind>(request: RpcRequest & { readonly kind: K }): Promise<RpcReplies[K]> {
    return this.send(request, SILENT) as Promise<RpcReplies[K]>;
  }

  run(request: Omit<RpcRequest & { readonly kind: "run" }, "kind">, console: RemoteConsole): Promise<LineOutcome> {
    return this.send({ kind: "run", ...request }, console);
  }

  close(): void {
    this.client.end();
  }

  private send(request: RpcRequest, console: RemoteConsole): Promise<never> {
    return new Promise((resolve, reject) => {
      if (this.end !== undefined) return reject(this.end);
      const id = ++this.lastId;
      this.pending.set(id, { kind: request.kind, console, resolve, reject });
      this.channel.write(frame(encodeRequest(id, request)));
    });
  }

  private receive(bytes: Uint8Array): void {
    try {
      for (const message of this.frames.push(bytes)) this.take(message);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      this.fail(error);
      this.close();
    }
  }

  private take(message: Uint8Array): void {
    const { id, answer } = decodeAnswer(message);
    if (id === 0 && answer.kind === "fault") throw new FaultError(answer.fault);
    const pending = this.pending.get(id);
    if (pending === undefined) throw new FaultError<ShellFault>({ code: "RPC_BAD_MESSAGE", reason: "an answer to no question" });
    if (answer.kind === "output") return pending.console.write(answer.bytes);
    if (answer.kind === "waiting") return pending.console.onWaiting();
    this.pending.delete(id);
    if (answer.kind === "fault") return pending.reject(new FaultError(answer.fault));
    pending.resolve(decodeReply(pending.kind, answer.fields) as never);
  }

  private lost(): void {
    this.fail(this.end ?? new FaultError<SignFault>({ code: "SIGN_UNREACHABLE", address: this.address }));
  }

  private fail(error: FaultError): void {
    this.end ??= error;
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }
}
