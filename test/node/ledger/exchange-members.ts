import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { EvidenceBook } from "../../../node/ledger/evidence-book.ts";
import { startExchange, type Exchange } from "../../../node/ledger/exchange/exchange.ts";
import type { OrphanLimits } from "../../../node/ledger/exchange/orphans.ts";
import { decodeMessage, topicOf, type LedgerMessage } from "../../../node/ledger/exchange/messages.ts";
import { chainIdOf } from "../../../node/ledger/genesis.ts";
import type { LedgerParams } from "../../../node/ledger/params.ts";
import type { Network } from "../../../node/ports.ts";
import type { SimClock } from "../../sim/clock.ts";
import { SIM_GENESIS, SimNode, type Remains } from "../../sim/node.ts";

// Nodes with an exchange each, on links that a test makes one by one.

export const TOPIC = topicOf(chainIdOf(SIM_GENESIS));

export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly message: LedgerMessage;
}

/** Links that a test makes one by one; everything arrives, in order. */
export class Wires {
  readonly sent: Sent[] = [];
  readonly #clock: SimClock;
  readonly #linkMs: number;
  readonly #links = new Map<string, Set<string>>();
  readonly #receivers = new Map<string, (message: Uint8Array, peer: string) => unknown>();

  constructor(clock: SimClock, linkMs = 5) {
    this.#clock = clock;
    this.#linkMs = linkMs;
  }

  link(one: string, other: string): void {
    for (const [from, to] of [[one, other], [other, one]] as const) this.#links.set(from, (this.#links.get(from) ?? new Set()).add(to));
  }

  port(name: string): Network {
    return {
      broadcast: (topic, message) => {
        for (const peer of this.#links.get(name) ?? []) this.#post(name, peer, topic, message);
      },
      send: async (peer, topic, message) => this.#post(name, peer, topic, message),
      onMessage: (topic, receive) => {
        assert.is(topic, TOPIC);
        this.#receivers.set(name, receive);
        return () => this.#receivers.delete(name);
      },
    };
  }

  /** Messages of one kind. */
  of<K extends LedgerMessage["kind"]>(kind: K): Sent[] {
    return this.sent.filter(({ message }) => message.kind === kind);
  }

  #post(from: string, to: string, topic: string, message: Uint8Array): void {
    assert.is(topic, TOPIC);
    if (this.#links.get(from)?.has(to) !== true) return;
    this.sent.push({ from, to, message: decodeMessage(message) });
    this.#clock.after(this.#linkMs, () => void this.#receivers.get(to)?.(message, from));
  }
}

/** A node and its exchange; `blamed` are peers with what they did. */
export interface Member {
  readonly name: string;
  readonly node: SimNode;
  readonly exchange: Exchange;
  readonly blamed: string[];
}

/** Where a member gets its links from. */
export interface Joinable {
  port(name: string): Network;
}

export interface JoinOptions {
  readonly mines: boolean;
  readonly remains?: Remains;
  readonly params?: LedgerParams;
  readonly orphanLimits?: OrphanLimits;
}

/** Starts a node and its exchange. */
export async function join(wires: Joinable, clock: SimClock, name: string, { orphanLimits, ...options }: JoinOptions): Promise<Member> {
  const ready = Promise.withResolvers<Exchange>();
  const node = await SimNode.start({ clock, name, ...options, onOwnBlock: (block) => void ready.promise.then((exchange) => exchange.announce(block)) });
  const blamed: string[] = [];
  const onFailure = (error: unknown): void => void node.failures.push(error);
  const exchange = startExchange({
    chain: node.chain, pool: node.feed.pool, evidence: await EvidenceBook.open(node.chain, node.checked, onFailure), network: wires.port(name), clock, onFailure, ...(orphanLimits !== undefined && { orphanLimits }),
    onMisbehaviour: (peer, { code }) => void blamed.push(`${peer} ${code}`),
  });
  ready.resolve(exchange);
  return { name, node, exchange, blamed };
}

/** Stops them and expects that nothing went wrong that the test did not take away. */
export async function stop(...members: readonly Member[]): Promise<void> {
  for (const { exchange, node, blamed } of members) {
    await exchange.stop();
    await node.stop();
    assert.equal([blamed, node.failures, node.refused], [[], [], []]);
  }
}

export const headOf = ({ node }: Member): string => toHex(node.chain.head().id);
