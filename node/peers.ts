import { fromHex } from "../lang/base/bytes.ts";
import type { PeersView } from "./explorer/views.ts";
import type { NodeFault } from "./fault.ts";
import type { Block } from "./ledger/block.ts";
import type { Chain } from "./ledger/chain.ts";
import type { EvidenceBook } from "./ledger/evidence-book.ts";
import { startExchange, type Exchange } from "./ledger/exchange/exchange.ts";
import { greatestMessageBytes } from "./ledger/exchange/messages.ts";
import { KNOWN_RULES } from "./ledger/params.ts";
import type { Pool } from "./ledger/pool.ts";
import type { RealmState } from "./ledger/realm-states.ts";
import { endpointText, type Endpoint } from "./network/endpoint.ts";
import { startTcpNetwork, type TcpNetwork, type TcpNetworkPorts } from "./network/tcp-network.ts";

/** Where this node is found and whom it dials; without either it talks to nobody. */
export interface PeerPlaces {
  readonly listen?: Endpoint | undefined;
  readonly peers: readonly Endpoint[];
}

export interface PeersOptions {
  readonly places: PeerPlaces;
  readonly chain: Chain<RealmState>;
  readonly pool: Pool;
  readonly evidence: EvidenceBook<RealmState>;
}
export interface PeersPorts extends TcpNetworkPorts {
  readonly onFailure: (error: unknown) => void;
}

/** The other nodes, as the rest of this one sees them. */
export interface Peers {
  view(): PeersView;
  announce(block: Block): void;
  /** Resolves when this node may mine: it is where its peers are, or nobody answers; also when it stops. */
  inStep(): Promise<void>;
  stop(): Promise<void>;
}

/** Whom we dial should answer within this time, pauses between attempts included. */
const DIAL_PATIENCE_MS = 15_000;
/** A node that only listens waits for those who knew it before it was stopped. */
const LISTEN_PATIENCE_MS = 3_000;

/** Links this node to others and keeps chain and pool in step with theirs. Faults: NET_*. */
export async function startPeers({ places, chain, pool, evidence }: PeersOptions, ports: PeersPorts): Promise<Peers> {
  const { chainId, params } = chain.machine;
  const network = await startTcpNetwork({ ...places, chainId, rulesVersion: KNOWN_RULES, mostMessageBytes: greatestMessageBytes(params) }, ports);
  const onMisbehaviour = (peer: string, { code }: NodeFault | { readonly code: "CODEC_MALFORMED" }): void => network.blame(peer, code);
  const exchange = startExchange({ chain, pool, evidence, network, clock: ports.clock, onMisbehaviour, onFailure: ports.onFailure });
  network.onJoined((peer) => exchange.greet(peer));
  return {
    view: () => viewOf(network, exchange),
    announce: (block) => exchange.announce(block),
    inStep: () => exchange.inStep(places.peers.length > 0 ? DIAL_PATIENCE_MS : LISTEN_PATIENCE_MS),
    async stop() {
      await network.stop();
      await exchange.stop();
    },
  };
}

function viewOf(network: TcpNetwork, exchange: Exchange): PeersView {
  const listens = network.address();
  const rows = network.peers().map(({ peer, address, direction, sinceMs }) => {
    const height = exchange.heightOf(peer);
    return { address, direction, nodeId: fromHex(peer) ?? new Uint8Array(16), ...(height !== undefined && { height }), sinceMs: BigInt(sinceMs) };
  });
  return { ...(listens !== undefined && { listens: endpointText(listens) }), rows };
}
