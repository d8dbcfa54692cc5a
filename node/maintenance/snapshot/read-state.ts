import { compareBytes, equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { keccak256, sha256 } from "../../../lang/base/hash.ts";
import { bytesField, listField } from "../../../lang/base/rlp-fields.ts";
import { decodeRlp } from "../../../lang/base/rlp.ts";
import type { Disk, KeyValueOperation } from "../../ports.ts";
import { encodeAddress } from "../../state/address.ts";
import { BaseState } from "../../state/base-state.ts";
import { contentHashOf, decodeDomain } from "../../state/records-codec.ts";
import { sacrificeOf } from "../../state/sacrifice.ts";
import { contentKey, domainStateKey, entryStateKey, nodeStateKey } from "../../state/state-keys.ts";
import { EMPTY_ROOT } from "../../state/trie/nodes.ts";
import type { TrieChange } from "../../state/trie/changes.ts";
import { Trie } from "../../state/trie/trie.ts";
import { encodeVersioned } from "../../state/versioned-record.ts";
import type { StateReader } from "../../state/versioned.ts";
import { ITEMS } from "./format.ts";

/**
 * Takes the state of a snapshot into an empty store. Tries are built from the records, not taken from the writer, a
 * thousand records at a time; the roots then say whether anything was added, left out or changed.
 */
export interface StateParts {
  readonly disk: Disk;
  readonly reader: StateReader;
  readonly height: bigint;
  /** Of the last header. */
  readonly stateRoot: Uint8Array;
  readonly refuse: (reason: string) => never;
}

/** A domain's record is some hundred bytes, or some thousand with many keys; that of a trie at most about ten thousand. */
const RECORD_LIMIT = 1 << 16;
const STATE_TRIE = new Uint8Array(0);

/** Takes the state record by record, and refuses at the first that the root does not prove. */
export class StateTaker {
  readonly #parts: StateParts;
  #root: Uint8Array = EMPTY_ROOT;
  #lastDomain: Uint8Array = new Uint8Array(0);
  #lastEntry: Uint8Array = new Uint8Array(0);
  /** The domain whose trie is being built. */
  #open: { readonly address: Uint8Array; readonly root: Uint8Array } | undefined;
  /** Domains that have a trie and domains whose trie came. */
  #tries = { promised: 0, built: 0 };
  /** Contents that the entries of the record before name and that have not come. */
  readonly #named = new Set<string>();
  balanceUnits = 0n;
  burntUnits = 0n;

  constructor(parts: StateParts) {
    this.#parts = parts;
  }

  async takeDomains(record: Uint8Array): Promise<void> {
    const operations: KeyValueOperation[] = [];
    const changes: TrieChange[] = [];
    for (const item of this.#items(record)) {
      const [address, value] = pair(listField(item, "domain", 2));
      if (compareBytes(address, this.#lastDomain) <= 0) this.#parts.refuse("domains are not in order");
      this.#lastDomain = address;
      const domain = decodeDomain(value);
      this.balanceUnits += domain.balanceUnits;
      this.burntUnits += sacrificeOf(domain).burntUnits;
      if (!equalBytes(domain.storageRoot, EMPTY_ROOT)) this.#tries.promised++;
      operations.push(this.#put(domainStateKey(address), value));
      changes.push({ key: keccak256(address), value, name: address });
    }
    this.#root = await this.#grow(STATE_TRIE, this.#root, changes, operations);
  }

  /** No more domains come: their trie is that of the header, or something in it is a lie. */
  finishDomains(): void {
    if (!equalBytes(this.#root, this.#parts.stateRoot)) this.#parts.refuse(`the domains have the root ${toHex(this.#root)}, the header says ${toHex(this.#parts.stateRoot)}`);
  }

  async takeEntries(record: Uint8Array): Promise<void> {
    this.#refuseMissingContent();
    let address: Uint8Array | undefined;
    let operations: KeyValueOperation[] = [];
    let changes: TrieChange[] = [];
    const flush = async (): Promise<void> => {
      if (address === undefined) return;
      const root = this.#open !== undefined && equalBytes(this.#open.address, address) ? this.#open.root : EMPTY_ROOT;
      this.#open = { address, root: await this.#grow(address, root, changes, operations) };
      [operations, changes] = [[], []];
    };
    for (const item of this.#items(record)) {
      const [owner, trieKey, value] = triple(listField(item, "entry", 3));
      const place = Buffer.concat([owner, trieKey]);
      if (compareBytes(place, this.#lastEntry) <= 0) this.#parts.refuse("entries are not in order");
      this.#lastEntry = place;
      if (address !== undefined && !equalBytes(address, owner)) await flush();
      if (this.#open !== undefined && !equalBytes(this.#open.address, owner)) this.#closeTrie();
      address = owner;
      const hash = contentHashOf(value);
      if (hash !== undefined) this.#named.add(toHex(hash));
      operations.push(this.#put(entryStateKey(owner, trieKey), value));
      changes.push({ key: trieKey, value, name: trieKey });
    }
    await flush();
  }

  async takeContent(bytes: Uint8Array): Promise<void> {
    const hash = sha256(bytes);
    if (!this.#named.delete(toHex(hash))) this.#parts.refuse("it brings content that no file has");
    await this.#parts.disk.batch([{ type: "put", key: contentKey(hash), value: bytes }], { sync: false });
  }

  finish(): void {
    this.#closeTrie();
    this.#refuseMissingContent();
    if (this.#tries.built !== this.#tries.promised) this.#parts.refuse("the files of a domain are missing");
  }

  #closeTrie(): void {
    if (this.#open === undefined) return;
    const { address, root } = this.#open;
    const record = this.#parts.reader.get(domainStateKey(address), this.#parts.height);
    const said = record === undefined ? EMPTY_ROOT : decodeDomain(record).storageRoot;
    if (!equalBytes(root, said)) this.#parts.refuse(`what is in domain ${encodeAddress(address)} has another root than its record says`);
    this.#open = undefined;
    this.#tries.built++;
  }

  #refuseMissingContent(): void {
    if (this.#named.size > 0) this.#parts.refuse("the content of a file is missing");
  }

  /** Puts changes into a trie and everything into the store; the new root. */
  async #grow(trieName: Uint8Array, root: Uint8Array, changes: readonly TrieChange[], operations: KeyValueOperation[]): Promise<Uint8Array> {
    const { disk, reader, height, stateRoot } = this.#parts;
    const trie = Trie.at(new BaseState(reader, { height, stateRoot }).nodes(trieName), root).update(changes);
    const { puts, deletes } = trie.writes();
    await disk.batch([
      ...operations,
      ...deletes.map((path): KeyValueOperation => ({ type: "del", key: nodeStateKey(trieName, path) })),
      ...puts.map(({ path, encoded }) => this.#put(nodeStateKey(trieName, path), encoded)),
    ], { sync: false });
    reader.forget();
    return trie.root();
  }

  #put(key: Uint8Array, value: Uint8Array): KeyValueOperation {
    return { type: "put", key, value: encodeVersioned({ height: this.#parts.height, value }) };
  }

  #items(record: Uint8Array): ReturnType<typeof listField> {
    const items = listField(decodeRlp(record, ITEMS * 4 + 1), "records");
    if (items.length === 0 || items.length > ITEMS) this.#parts.refuse("a record holds nothing or too much");
    return items;
  }
}

function pair([address, value]: ReturnType<typeof listField>): [Uint8Array, Uint8Array] {
  return [bytesField(address, "address", [20]), bytesField(value, "record", [], RECORD_LIMIT)];
}

function triple([address, trieKey, value]: ReturnType<typeof listField>): [Uint8Array, Uint8Array, Uint8Array] {
  return [bytesField(address, "address", [20]), bytesField(trieKey, "place", [64]), bytesField(value, "record", [], RECORD_LIMIT)];
}
