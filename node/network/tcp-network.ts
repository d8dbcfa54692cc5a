import type { AddressInfo, Server, Socket } from "node:net";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { Allowance } from "../allowance.ts";
import type { NetworkFault } from "../fault.ts";
import { Newest } from "../newest.ts";
import type { Clock, Network, Random } from "../ports.ts";
import { Dialer } from "./dialer.ts";
import { endpointText, isLoopback, requireLoopback, type Endpoint } from "./endpoint.ts";
import type { Hello } from "./hello.ts";
import { Link, type Direction, type LinkEnd } from "./link.ts";
import { LINK_LIMITS, type LinkLimits } from "./limits.ts";
import { listenOn } from "./listen.ts";

/**
 * Nodes of a private network on one machine, each linked to those it was told of and to those that dial it, by plain
 * TCP. Stands in until libp2p comes with encryption, authentication and ways to find each other.
 */
export interface TcpNetworkOptions {
  /** Absent: nobody can dial this node. */
  readonly listen?: Endpoint | undefined;
  readonly peers: readonly Endpoint[];
  /** 32 bytes. */
  readonly chainId: Uint8Array;
  readonly rulesVersion: number;
  /** The greatest message of any topic: a full block. */
  readonly mostMessageBytes: number;
  readonly limits?: LinkLimits;
}
export interface TcpNetworkPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: { info(message: string, fields?: Record<string, unknown>): void; warn(message: string, fields?: Record<string, unknown>): void };
  /** A node that can never be a peer of ours: of another chain, of another protocol. Told once for each of them. */
  readonly onRefused?: (address: string, fault: NetworkFault) => void;
}

/** One link, for people. */
export interface PeerView {
  /** Name of the peer: 32 hex digits, another one at each of its starts. */
  readonly peer: string;
  readonly address: string;
  readonly direction: Direction;
  readonly sinceMs: number;
}

type Receive = (message: Uint8Array, peer: string) => void | Promise<void>;
/** Refusals that were told, and nodes that are barred. */
const REMEMBERED = 64;

/** Opens the listening port, if any, and begins to dial. Faults: NET_NOT_LOOPBACK, NET_PORT_TAKEN, NET_CANNOT_LISTEN. */
export async function startTcpNetwork(options: TcpNetworkOptions, ports: TcpNetworkPorts): Promise<TcpNetwork> {
  for (const endpoint of [...options.peers, ...(options.listen === undefined ? [] : [options.listen])]) requireLoopback(endpoint);
  const network = new TcpNetwork(options, ports);
  await network.open();
  return network;
}

/** Use `startTcpNetwork`. */
export class TcpNetwork implements Network {
  readonly #options: TcpNetworkOptions;
  readonly #ports: TcpNetworkPorts;
  readonly #limits: LinkLimits;
  readonly #hello: Hello;
  readonly #name: string;
  /** All connections, and those that have greeted by the peer's name. */
  readonly #links = new Set<Link>();
  readonly #open = new Map<string, Link>();
  readonly #receivers = new Map<string, Receive>();
  readonly #offences = new Newest<Allowance>(REMEMBERED);
  readonly #barredUntilMs = new Newest<number>(REMEMBERED);
  readonly #told = new Set<string>();
  readonly #joined = new Set<(peer: string) => void>();
  #dialers: readonly Dialer[] = [];
  #server: Server | undefined;
  #stopped = false;

  constructor(options: TcpNetworkOptions, ports: TcpNetworkPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#limits = options.limits ?? LINK_LIMITS;
    const { chainId, rulesVersion } = options;
    this.#hello = { chainId, rulesVersion, nodeId: ports.random.bytes(16) };
    this.#name = toHex(this.#hello.nodeId);
  }

  async open(): Promise<void> {
    const { listen, peers } = this.#options;
    if (listen !== undefined) this.#server = await listenOn(listen, (socket) => this.#accept(socket));
    const { clock, random } = this.#ports;
    this.#dialers = peers.map((endpoint) => new Dialer({
      endpoint, clock, random, limits: this.#limits,
      use: (socket) => this.#use(socket, "out", endpointText(endpoint)),
      isLinked: (peer) => this.#open.has(peer),
    }));
  }

  /** Where others dial this node; undefined when it does not listen. */
  address(): Endpoint | undefined {
    const bound = this.#server?.address() as AddressInfo | null | undefined;
    return bound === null || bound === undefined ? undefined : { host: bound.address, port: bound.port };
  }

  peers(): PeerView[] {
    return [...this.#open.values()].map(({ peer, sinceMs, options: { address, direction } }) => ({ peer, address, direction, sinceMs }));
  }

  /** Calls back for each peer from the moment that it can be sent to. */
  onJoined(listener: (peer: string) => void): void {
    this.#joined.add(listener);
  }

  broadcast(topic: string, message: Uint8Array): void {
    for (const link of this.#open.values()) void link.send(topic, message);
  }

  send(peer: string, topic: string, message: Uint8Array): Promise<void> {
    return this.#open.get(peer)?.send(topic, message) ?? Promise.resolve();
  }

  onMessage(topic: string, receive: Receive): () => void {
    this.#receivers.set(topic, receive);
    return () => this.#receivers.delete(topic);
  }

  /** The peer sent what no honest node sends. Once may be a mistake; too often ends the link, for a while. */
  blame(peer: string, reason: string): void {
    const link = this.#open.get(peer);
    if (link === undefined) return;
    const { clock, log } = this.#ports;
    const offences = this.#offences.get(peer) ?? new Allowance(clock, this.#limits.offences);
    this.#offences.set(peer, offences);
    log.info("peer blamed", { peer: link.options.address, reason });
    if (offences.take()) return;
    this.#barredUntilMs.set(peer, clock.nowMs() + this.#limits.barMs);
    link.close({ kind: "closed", reason: `too many offences, the last: ${reason}` });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const dialer of this.#dialers) dialer.stop();
    for (const link of this.#links) link.close({ kind: "closed", reason: "this node is stopping" });
    const server = this.#server;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #accept(socket: Socket): void {
    const incoming = [...this.#links].filter(({ options }) => options.direction === "in").length;
    if (this.#stopped || !isLoopback(socket.remoteAddress) || incoming >= this.#limits.links) return void socket.destroy();
    void this.#use(socket, "in", endpointText({ host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 }));
  }

  async #use(socket: Socket, direction: Direction, address: string): Promise<LinkEnd> {
    const { clock, log } = this.#ports;
    const link = new Link(socket, {
      direction, address, hello: this.#hello, clock, limits: this.#limits, mostMessageBytes: this.#options.mostMessageBytes,
      onHello: (from, hello) => this.#admit(from, hello),
      onMessage: (from, topic, message) => this.#receivers.get(topic)?.(message, from.peer),
    });
    this.#links.add(link);
    const end = await link.run();
    this.#links.delete(link);
    if (end.kind === "refused") this.#tellRefused(address, end.fault);
    if (link.peer === "" || this.#open.get(link.peer) !== link) return end;
    this.#open.delete(link.peer);
    log.info("peer gone", { peer: address, nodeId: link.peer, reason: end.kind === "closed" ? end.reason : end.kind });
    return end;
  }

  /** Undefined opens the link. */
  #admit(link: Link, hello: Hello): LinkEnd | undefined {
    const { chainId, nodeId } = this.#hello;
    const peer = toHex(hello.nodeId);
    if (equalBytes(hello.nodeId, nodeId)) return { kind: "self" };
    if (!equalBytes(hello.chainId, chainId)) return { kind: "refused", fault: { code: "NET_OTHER_CHAIN", ours: toHex(chainId), theirs: toHex(hello.chainId) } };
    if ((this.#barredUntilMs.get(peer) ?? 0) > this.#ports.clock.nowMs()) return { kind: "closed", reason: "it was sent away" };
    const before = this.#open.get(peer);
    if (before !== undefined && !this.#isBetter(link, before, peer)) return { kind: "double", peer };
    this.#open.set(peer, link);
    before?.close({ kind: "double", peer });
    this.#welcome(link, hello, peer);
    return undefined;
  }

  /** Of two links between two nodes both keep the one that the lower name dialled; of two that one side dialled, the older. */
  #isBetter({ options: { direction } }: Link, before: Link, peer: string): boolean {
    return direction !== before.options.direction && (direction === "out") === this.#name < peer;
  }

  #welcome({ options: { address, direction } }: Link, { rulesVersion }: Hello, peer: string): void {
    const { log } = this.#ports;
    log.info("peer linked", { peer: address, nodeId: peer, direction });
    if (rulesVersion > this.#options.rulesVersion) log.warn("a peer knows newer rules: update this node before they hold", { peer: address, rulesVersion });
    // Not before the link knows its own name, by which it is found again.
    queueMicrotask(() => {
      for (const listener of this.#joined) listener(peer);
    });
  }

  #tellRefused(address: string, fault: NetworkFault): void {
    const key = fault.code === "NET_OTHER_CHAIN" ? fault.theirs : `${address.replace(/:\d+$/, "")} ${fault.code}`;
    if (this.#told.has(key) || this.#told.size >= REMEMBERED) return;
    this.#told.add(key);
    this.#ports.log.warn("peer refused", { peer: address, fault });
    this.#ports.onRefused?.(address, fault);
  }
}
