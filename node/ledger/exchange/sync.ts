import { toHex } from "../../../lang/base/bytes.ts";
import type { ChainEntry } from "../chain-view.ts";
import type { ChainStore } from "../chain-store.ts";
import { MAX_GET, MAX_LOCATOR, MAX_PATH } from "./messages.ts";

/**
 * Ids of the main chain from the head back, at distances 0, 1, 2, 4, 8 …, the genesis last. First `after`, where there is
 * one: how far the peer has told its way already, be it ever so long and none of it on our main chain.
 */
export function locatorOf(head: ChainEntry, store: ChainStore, after?: Uint8Array): Uint8Array[] {
  const ids: Uint8Array[] = after === undefined ? [] : [after];
  let step = 1n;
  for (let height = head.height; height > 0n && ids.length < MAX_LOCATOR - 1; height -= step) {
    const id = store.idAt(height);
    if (id !== undefined) ids.push(id);
    if (ids.length > 8) step *= 2n;
  }
  const genesis = store.idAt(0n);
  return genesis === undefined ? ids : [...ids, genesis];
}

/** What follows the newest id of the locator that is on the own main chain; nothing where not all of that is kept here. */
export function pathAfter(locator: readonly Uint8Array[], head: ChainEntry, store: ChainStore): Uint8Array[] {
  const shared = locator.map((id) => store.entry(id)).find((entry) => entry !== undefined && store.isOnMainChain(entry));
  if (shared === undefined || shared.height + 1n < store.keptFrom()) return [];
  const ids: Uint8Array[] = [];
  for (let height = shared.height + 1n; height <= head.height && ids.length < MAX_PATH; height++) {
    const id = store.idAt(height);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** What is being fetched from one peer: a path of blocks, asked for in pieces. */
export class Fetch {
  #wanted: Uint8Array[] = [];
  readonly #open = new Map<string, Uint8Array>();
  /** The peer's path was cut at its greatest length: there is more behind it. */
  #more = false;
  #last: Uint8Array | undefined;

  begin(path: readonly Uint8Array[], known: (id: Uint8Array) => boolean): void {
    this.#wanted = path.filter((id) => !known(id));
    this.#open.clear();
    this.#more = path.length === MAX_PATH;
    this.#last = path.at(-1);
  }

  /** Where the path ends. */
  get last(): Uint8Array | undefined {
    return this.#last;
  }

  /**
   * Notes that a block came. True when it is time for the next piece: when no more than one is left, so that the peer
   * always has something to send; but while one block is missing no more are brought that would have to wait for it.
   */
  arrived(id: Uint8Array): boolean {
    const [oldest] = this.#open.keys();
    return this.#open.delete(toHex(id)) && oldest === toHex(id) && this.#open.size <= MAX_GET;
  }

  /** The next piece to ask for. */
  next(): Uint8Array[] {
    return this.#take(MAX_GET);
  }

  /** Everything that was asked for came. */
  get isAnswered(): boolean {
    return this.#open.size === 0;
  }

  /** What of the oldest piece has not come from anywhere, and `more` of the path behind it, so that one lost block holds back no others. */
  again(known: (id: Uint8Array) => boolean): { readonly ids: readonly Uint8Array[]; readonly more: number } {
    for (const [key, id] of this.#open) if (known(id)) this.#open.delete(key);
    const more = this.#take(Math.max(0, MAX_GET - this.#open.size)).length;
    return { ids: [...this.#open.values()].slice(0, MAX_GET), more };
  }

  #take(most: number): Uint8Array[] {
    const piece = this.#wanted.splice(0, most);
    for (const id of piece) this.#open.set(toHex(id), id);
    return piece;
  }

  /** Whether to ask for a further path now that nothing is left of this one. */
  get wantsMore(): boolean {
    return this.#more && this.#wanted.length === 0 && this.#open.size === 0;
  }
}
