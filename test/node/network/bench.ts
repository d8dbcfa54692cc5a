import type { Random } from "../../../node/ports.ts";
import { LINK_LIMITS, type LinkLimits } from "../../../node/network/limits.ts";
import { startTcpNetwork, type TcpNetwork, type TcpNetworkOptions, type TcpNetworkPorts } from "../../../node/network/tcp-network.ts";
import { systemClock, systemRandom } from "../../../src/system-ports.ts";

/** Networks of real sockets for the tests. */

export const CHAIN = new Uint8Array(32).fill(1);
/** Redials at once, so that no test waits for it. */
export const QUICK: LinkLimits = { ...LINK_LIMITS, redialMs: { least: 5, most: 40 } };
const LOOPBACK = { host: "127.0.0.1", port: 0 } as const;

export interface TestNode {
  readonly network: TcpNetwork;
  readonly port: number;
  /** What it logged, as "message" and fields. */
  readonly log: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
  /** Resolves when so many peers are linked at this moment. */
  linked(count: number): Promise<void>;
  /** Resolves with the fields when the log has such a message. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
}

export interface TestNodeOptions extends Partial<TcpNetworkOptions> {
  readonly random?: Random;
  readonly clock?: TcpNetworkPorts["clock"];
}

export async function startTestNode({ random = systemRandom, clock = systemClock, ...options }: TestNodeOptions = {}): Promise<TestNode> {
  const log: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  let wake: () => void = () => undefined;
  let changed = new Promise<void>((resolve) => (wake = resolve));
  const note = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    log.push({ message, fields });
    wake();
    changed = new Promise<void>((resolve) => (wake = resolve));
  };
  const network = await startTcpNetwork(
    { listen: LOOPBACK, peers: [], chainId: CHAIN, rulesVersion: 1, mostMessageBytes: 2 << 20, limits: QUICK, ...options },
    { clock, random, log: { info: note, warn: note } },
  );
  return {
    network, log, port: network.address()?.port ?? 0,
    async linked(count) {
      while (network.peers().length !== count) await changed;
    },
    async logged(message) {
      for (;;) {
        const found = log.find((line) => line.message === message);
        if (found !== undefined) return found.fields;
        await changed;
      }
    },
  };
}

export function at({ port }: TestNode): { readonly host: string; readonly port: number } {
  return { host: "127.0.0.1", port };
}

/** So many nodes, each linked to each. */
export async function startMesh(count: number): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (let index = 0; index < count; index++) nodes.push(await startTestNode({ peers: nodes.map(at) }));
  await Promise.all(nodes.map((node) => node.linked(count - 1)));
  return nodes;
}

export async function stopAll(nodes: readonly TestNode[]): Promise<void> {
  await Promise.all(nodes.map(({ network }) => network.stop()));
}
