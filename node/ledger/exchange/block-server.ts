import { equalBytes } from "../../../lang/base/bytes.ts";
import { Allowance } from "../../allowance.ts";
import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";

export interface BlockServerOptions {
  readonly clock: Clock;
  /** The block as it travels; undefined for one that is not here. */
  readonly read: (id: Uint8Array) => Uint8Array | undefined;
  /** Resolves when there is room for the next. */
  readonly send: (peer: string, block: Uint8Array) => Promise<void>;
  /** The store failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Blocks that one peer may wait for; what it asks for beyond that is not answered. Four pieces of a path. */
const MOST_WAITING = 64;
/** Questions for the way to our head: each looks at some hundred blocks, and an honest peer asks one for 256 of them. */
const LOCATES = { most: 16, perSecond: 16 };
const REMEMBERED_PEERS = 64;

interface Client {
  readonly locates: Allowance;
  readonly waiting: Uint8Array[];
  /** On its way. */
  sending: Uint8Array | undefined;
  isServed: boolean;
}

/** Answers peers that ask for blocks: to each one block after another, as fast as it takes them. */
export class BlockServer {
  readonly #options: BlockServerOptions;
  readonly #clients = new Newest<Client>(REMEMBERED_PEERS);
  #stopped = false;

  constructor(options: BlockServerOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  ask(peer: string, ids: readonly Uint8Array[]): void {
    const client = this.#client(peer);
    // On a slow link a peer asks again for what is still on its way.
    const isDue = (id: Uint8Array): boolean => [client.sending, ...client.waiting].some((due) => due !== undefined && equalBytes(due, id));
    client.waiting.push(...ids.filter((id) => !isDue(id)).slice(0, MOST_WAITING - client.waiting.length));
    if (!client.isServed) void this.#serve(peer, client);
  }

  /** Whether the peer may ask once more for the way to our head. */
  mayLocate(peer: string): boolean {
    return this.#client(peer).locates.take();
  }

  async #serve(peer: string, client: Client): Promise<void> {
    client.isServed = true;
    try {
      for (let id = client.waiting.shift(); id !== undefined && !this.#stopped; id = client.waiting.shift()) {
        client.sending = id;
        const block = this.#options.read(id);
        if (block !== undefined) await this.#options.send(peer, block);
      }
    } catch (error) {
      if (!this.#stopped) this.#options.onFailure(error);
    }
    client.sending = undefined;
    client.isServed = false;
  }

  #client(peer: string): Client {
    const client = this.#clients.get(peer) ?? { locates: new Allowance(this.#options.clock, LOCATES), waiting: [], sending: undefined, isServed: false };
    this.#clients.set(peer, client);
    return client;
  }
}
