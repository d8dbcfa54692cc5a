import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { keccak256, sha256 } from "../../lang/base/hash.ts";
import type { StoreFault } from "../fault.ts";
import { directoryTrieKey, entryTrieKey, splitPath, storedTrieKey, storedTrieKeys } from "./entry-keys.ts";
import { decodeDomain, decodeEntry, decodeStored } from "./records-codec.ts";
import type { DomainRecord, EntryRecord, StoredRecord } from "./records.ts";
import { domainStateKey, entryStateKey, fleetingDomainKey, nodeStateKey } from "./state-keys.ts";
import { EMPTY_ROOT } from "./trie/nodes.ts";
import type { NodeSource } from "./trie/source.ts";
import { Trie } from "./trie/trie.ts";
import type { StateReader } from "./versioned.ts";

/** Which committed state a realm stands on (R9). */
export interface RealmBase {
  readonly height: bigint;
  /** 32 bytes. */
  readonly stateRoot: Uint8Array;
}

/** State before the first block. */
export const EMPTY_BASE: RealmBase = { height: 0n, stateRoot: EMPTY_ROOT };

/** Rules version that this node writes into records (R17). */
const RULES_VERSION = 1;

const STATE_TRIE = new Uint8Array(0);
/** Some 20 MB; a block rarely touches as many. */
const REMEMBERED_DOMAINS = 32_768;

/** What a domain is before anything was written to it. Such a record is never stored. */
export function emptyDomain(): DomainRecord {
  return { format: 1, rulesVersion: RULES_VERSION, balanceUnits: 0n, nonce: 0n, sealingKey: new Uint8Array(0), storageRoot: EMPTY_ROOT };
}

/**
 * Committed state at one height, read-only. What the flat records say is not there is looked up in the
 * trie as well: a byte flipped in a key of the store would otherwise empty an account without a word.
 */
export class BaseState implements RealmBase {
  /** By address in hex; null for a domain that was never written. */
  #domains: Map<string, DomainRecord | null> | undefined;
  readonly reader: StateReader;
  readonly height: bigint;
  readonly stateRoot: Uint8Array;

  constructor(reader: StateReader, { height, stateRoot }: RealmBase) {
    this.reader = reader;
    this.height = height;
    this.stateRoot = stateRoot;
  }

  domainBytes(address: Uint8Array): Uint8Array | undefined {
    const bytes = this.reader.get(fleetingDomainKey(address), this.height);
    if (bytes === undefined && this.#isInTrie(keccak256(address))) this.#lost(`record of domain ${toHex(address)}`);
    return bytes;
  }

  /** Remembered once read: a package asks for its payer a dozen times. `key` is the address in hex, for who has it at hand. */
  domain(address: Uint8Array, key = toHex(address)): DomainRecord | undefined {
    const domains = (this.#domains ??= new Map());
    const known = domains.get(key);
    if (known !== undefined) return known === null ? undefined : known;
    const record = this.readDomain(address, key);
    if (domains.size >= REMEMBERED_DOMAINS) domains.clear();
    domains.set(key, record ?? null);
    return record;
  }

  /** `key` as of `domain`. */
  protected readDomain(address: Uint8Array, _key: string): DomainRecord | undefined {
    const bytes = this.domainBytes(address);
    return bytes === undefined ? undefined : decodeDomain(bytes);
  }

  entryBytes(address: Uint8Array, path: string): Uint8Array | undefined {
    const { directory, name } = splitPath(path);
    return this.underTrieKey(address, entryTrieKey(directory, name), path);
  }

  /** The record at a place in the trie of a domain; `what` names it should it be lost. */
  protected underTrieKey(address: Uint8Array, trieKey: Uint8Array, what: string): Uint8Array | undefined {
    const bytes = this.reader.get(entryStateKey(address, trieKey), this.height);
    if (bytes === undefined && this.storageTrie(address).get(trieKey) !== undefined) this.#lost(`entry ${what} of domain ${toHex(address)}`);
    return bytes;
  }

  /** The record that a program keeps under a key; `program` is the path of its file within the domain. */
  storedBytes(address: Uint8Array, program: string, key: string): Uint8Array | undefined {
    return this.underTrieKey(address, storedTrieKey(program, key), `${program} ${key}`);
  }

  /** What a program keeps under a key. */
  stored(address: Uint8Array, program: string, key: string): Uint8Array | undefined {
    const bytes = this.storedBytes(address, program, key);
    return bytes === undefined ? undefined : decodeStored(bytes).value;
  }

  /** All that a program keeps, in no order that means anything. */
  *listStored(address: Uint8Array, program: string): Iterable<StoredRecord> {
    for (const [, value] of this.storageTrie(address).entries(storedTrieKeys(program))) yield decodeStored(value);
  }

  entry(address: Uint8Array, path: string): EntryRecord | undefined {
    const bytes = this.entryBytes(address, path);
    return bytes === undefined ? undefined : decodeEntry(bytes);
  }

  /** Entries of a directory one by one, in no order that means anything. */
  *list(address: Uint8Array, directory: string): Iterable<EntryRecord> {
    for (const [, value] of this.storageTrie(address).entries(directoryTrieKey(directory))) yield decodeEntry(value);
  }

  /** Content of a file; checked against its hash, for a damaged store must not pass for a file. Faults: STORE_DAMAGED. */
  content(hash: Uint8Array): Uint8Array {
    const stored = this.reader.content(hash);
    if (stored !== undefined && equalBytes(sha256(stored), hash)) return stored;
    throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.reader.folder, what: `content ${toHex(hash)}` });
  }

  #lost(what: string): never {
    throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.reader.folder, what });
  }

  #isInTrie(key: Uint8Array): boolean {
    const known = this.reader.knownTrie(this);
    return (known === undefined ? this.stateTrie().get(key) : known.get(key, this.stateNodes())) !== undefined;
  }

  stateTrie(): Trie {
    return Trie.at(this.stateNodes(), this.stateRoot);
  }

  /** Nodes of the state trie. */
  stateNodes(): NodeSource {
    return this.nodes(STATE_TRIE);
  }

  storageTrie(address: Uint8Array): Trie {
    return Trie.at(this.nodes(address), this.domain(address)?.storageRoot ?? EMPTY_ROOT);
  }

  /** The value of a leaf is the flat record of that name: in the state trie the address of a domain, else the key itself. */
  #leaf(trieName: Uint8Array, name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined {
    const isState = trieName.length === 0;
    const value = this.reader.get(isState ? domainStateKey(name) : entryStateKey(trieName, name), this.height);
    return value === undefined ? undefined : { key: isState ? keccak256(name) : name, value };
  }

  /** Nodes of the trie of a domain, or of the state trie when `trieName` is empty. */
  nodes(trieName: Uint8Array): NodeSource {
    return {
      get: (path) => this.reader.record(nodeStateKey(trieName, path), this.height),
      leaf: (name) => this.#leaf(trieName, name),
      damaged: (path) => {
        const trie = trieName.length === 0 ? "the state" : `domain ${toHex(trieName)}`;
        throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.reader.folder, what: `trie node of ${trie} at ${toHex(path)}` });
      },
    };
  }
}
