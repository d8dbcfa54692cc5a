import { equalBytes, fromHex, toHex } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import type { StateFault } from "../fault.ts";
import type { KeyValueOperation } from "../ports.ts";
import { unpackOperations } from "../store/packed-operations.ts";
import { emptyDomain, type BaseState } from "./base-state.ts";
import { BlockWrites } from "./block-writes.ts";
import { childPath, entryTrieKey, fromDirectoryText, storedTrieKey } from "./entry-keys.ts";
import type { DomainPatch, Layer } from "./layers.ts";
import { encodeDomain, encodeEntry, encodeStored } from "./records-codec.ts";
import type { DomainRecord, EntryRecord } from "./records.ts";
import type { Realm } from "./realm.ts";
import { contentKey, domainStateKey, entryStateKey, nodeStateKey } from "./state-keys.ts";
import { ChangeRow } from "./trie/change-row.ts";
import type { TrieChange } from "./trie/changes.ts";
import type { StoredImage } from "./trie/nodes.ts";
import type { Trie } from "./trie/trie.ts";
import { NEVER_WRITTEN, type VersionedRecord } from "./versioned-record.ts";
import type { StateWrite } from "./versioned.ts";

/** Hears of what a realm's pending writes change, one after another. */
interface ChangeSink {
  /** The record of a domain; no value for one that is as if it had never been. `isPlaced` if it was there before. */
  domain(address: Uint8Array, value: Uint8Array | undefined, isPlaced: boolean): void;
  /** What the trie of a domain has become. */
  storage(address: Uint8Array, trie: Trie): void;
  /** Something that stands in the trie of a domain. */
  record(write: StateWrite): void;
  /** Content that an entry names for the first time. */
  content(hash: Uint8Array, bytes: Uint8Array): void;
}

/** Root of the state as the realm sees it, 32 bytes: what a block holding just these changes would have. */
export function perspective(realm: Realm): Uint8Array {
  if (realm.isClean) return realm.base.stateRoot;
  const changes: TrieChange[] = [];
  tellChanges(realm, {
    domain: (address, value, isPlaced) => void changes.push({ key: keccak256(address), value, name: address, isPlaced }),
    storage: () => {},
    record: () => {},
    content: () => {},
  });
  return realm.base.stateTrie().update(changes).root();
}

/**
 * What a block at `height` writes so that the realm's pending changes are the state: one list for one
 * atomic batch. The store holds the state of the realm's base as its newest.
 */
export function applyToState(realm: Realm, height: bigint): StateUpdate {
  const out = new BlockWrites(realm.base.reader, height);
  const root = writeState(realm, height, out);
  return { root, operations: unpackOperations(out.finish()) };
}

/** What a block makes of the state. */
export interface StateUpdate {
  readonly root: Uint8Array;
  readonly operations: KeyValueOperation[];
}

/** As applyToState, into the packed writes of a block; `noteWrite` hears of each domain once. The new root. */
export function writeState(realm: Realm, height: bigint, out: BlockWrites, noteWrite: (write: DomainWrite) => void = () => {}): Uint8Array {
  const changes = new ChangeRow();
  tellChanges(realm, {
    domain(address, value, isPlaced) {
      const key = domainStateKey(address);
      const before = height === 0n ? NEVER_WRITTEN : realm.base.reader.record(key, height - 1n);
      out.write(key, value, before);
      noteWrite({ address, before: before.value === undefined ? undefined : before.height, isGone: value === undefined });
      changes.add({ key: keccak256(address), value, name: address, isPlaced });
    },
    storage: (address, trie) => writeNodes(address, trie, out),
    record: ({ key, value }) => out.write(key, value),
    content: (hash, bytes) => out.add([{ type: "put", key: contentKey(hash), value: bytes }]),
  });
  const trie = realm.base.reader.blockTrie(realm.base);
  trie.update({ height, changes, source: realm.base.stateNodes(), sink: (write) => out.node(write) });
  return trie.root();
}

/** That a block wrote the record of a domain. */
export interface DomainWrite {
  readonly address: Uint8Array;
  /** Height of the block that wrote it before; undefined if it was not there. */
  readonly before: bigint | undefined;
  readonly isGone: boolean;
}

function writeNodes(trieName: Uint8Array, trie: Trie, out: BlockWrites): void {
  const { puts, deletes } = trie.writes();
  for (const { path, encoded, before } of puts) out.write(nodeStateKey(trieName, path), encoded, recordOf(before));
  for (const path of deletes) out.write(nodeStateKey(trieName, path), undefined);
}

function recordOf(before: StoredImage | undefined): VersionedRecord | undefined {
  return before?.image === undefined ? undefined : { height: before.height, value: before.image };
}

/** Faults: STATE_INSUFFICIENT, STATE_BURN_USED. */
function tellChanges(realm: Realm, sink: ChangeSink): void {
  const pending = realm.pending();
  const { base } = realm;
  const within = withinDomains(pending);
  const tell = (text: string, writes: DomainWrites | undefined): void => {
    const address = fromHex(text);
    assert(address !== undefined, "addresses are kept in hex");
    const trie = writes === undefined ? undefined : nextStorage(base, address, writes, pending, sink);
    if (trie !== undefined) sink.storage(address, trie);
    const value = domainValue(realm, pending, { address, text }, trie?.root());
    const before = base.domain(address, text);
    if (!isPaidOrUsed(before, pending.domains.get(text)) && same(value, base.domainBytes(address))) return;
    sink.domain(address, value, before !== undefined);
  };
  for (const text of pending.domains.keys()) tell(text, within.get(text));
  for (const [text, writes] of within) if (!pending.domains.has(text)) tell(text, writes);
}

/** The trie of a domain with what is pending in it; undefined if nothing changes there. */
function nextStorage(base: BaseState, address: Uint8Array, writes: DomainWrites, pending: Layer, sink: ChangeSink): Trie | undefined {
  const changes = [...entryChanges(base, address, writes.directories, pending, sink), ...storedChanges(base, address, writes.stored, sink)];
  return changes.length === 0 ? undefined : base.storageTrie(address).update(changes);
}

type Names = ReadonlyMap<string, EntryRecord | undefined>;

type Values = ReadonlyMap<string, Uint8Array | undefined>;

interface DomainWrites {
  readonly directories: { readonly directory: string; readonly names: Names }[];
  readonly stored: { readonly program: string; readonly values: Values }[];
}

/** What is pending in the tries of domains, of each that has anything pending there. */
function withinDomains(pending: Layer): Map<string, DomainWrites> {
  const domains = new Map<string, DomainWrites>();
  const writesOf = (text: string): DomainWrites => {
    const address = text.slice(0, 40);
    const known = domains.get(address) ?? { directories: [], stored: [] };
    domains.set(address, known);
    return known;
  };
  for (const [text, names] of pending.directories) writesOf(text).directories.push({ directory: fromDirectoryText(text).directory, names });
  for (const [text, values] of pending.stored) writesOf(text).stored.push({ program: fromDirectoryText(text).directory, values });
  return domains;
}

/** The changes of a domain's files; `sink` hears of what they need beside the trie. */
function entryChanges(
  base: BaseState,
  address: Uint8Array,
  directories: readonly { readonly directory: string; readonly names: Names }[],
  pending: Layer,
  sink: ChangeSink,
): TrieChange[] {
  const changes: TrieChange[] = [];
  for (const { directory, names } of directories) {
    for (const [name, record] of names) {
      const value = record === undefined ? undefined : encodeEntry(record);
      const before = base.entryBytes(address, childPath(directory, name));
      if (same(value, before)) continue;
      const key = entryTrieKey(directory, name);
      changes.push({ key, value, name: key, isPlaced: before !== undefined });
      sink.record({ key: entryStateKey(address, key), value });
      const bytes = record === undefined ? undefined : pending.contents.get(toHex(record.contentHash));
      if (record !== undefined && bytes !== undefined) sink.content(record.contentHash, bytes);
    }
  }
  return changes;
}

/** The changes of what a domain's programs keep. */
function storedChanges(base: BaseState, address: Uint8Array, stored: DomainWrites["stored"], sink: ChangeSink): TrieChange[] {
  const changes: TrieChange[] = [];
  for (const { program, values } of stored) {
    for (const [key, kept] of values) {
      const value = kept === undefined ? undefined : encodeStored({ format: 1, key, value: kept });
      const before = base.storedBytes(address, program, key);
      if (same(value, before)) continue;
      const trieKey = storedTrieKey(program, key);
      changes.push({ key: trieKey, value, name: trieKey, isPlaced: before !== undefined });
      sink.record({ key: entryStateKey(address, trieKey), value });
    }
  }
  return changes;
}

/** The record to store, or nothing for a domain that is as if it had never been. `storageRoot` is the new one, where there is one. */
function domainValue(realm: Realm, pending: Layer, { address, text }: { readonly address: Uint8Array; readonly text: string }, storageRoot: Uint8Array | undefined): Uint8Array | undefined {
  const standing = realm.domain(address, text);
  const record = storageRoot === undefined ? standing : { ...standing, storageRoot };
  if (record.balanceUnits < 0n) {
    const spent = pending.domains.get(text)?.deltaUnits ?? 0n;
    throw new FaultError<StateFault>({ code: "STATE_INSUFFICIENT", haveUnits: record.balanceUnits - spent, needUnits: -spent });
  }
  const { sacrifice } = record;
  if (sacrifice !== undefined && sacrifice.usedUnits > sacrifice.burntUnits) {
    const usedNow = pending.domains.get(text)?.sacrifice?.usedUnits ?? 0n;
    throw new FaultError<StateFault>({ code: "STATE_BURN_USED", leftUnits: sacrifice.burntUnits - sacrifice.usedUnits + usedNow, needUnits: usedNow });
  }
  const bytes = encodeDomain(record);
  return equalBytes(bytes, EMPTY_DOMAIN) ? undefined : bytes;
}

/** Its balance or nonce differs for sure, so the stored bytes need not be compared. */
function isPaidOrUsed(before: DomainRecord | undefined, patch: DomainPatch | undefined): boolean {
  return patch !== undefined && (patch.deltaUnits !== 0n || (patch.nonce !== undefined && patch.nonce !== before?.nonce));
}

const EMPTY_DOMAIN = encodeDomain(emptyDomain());

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
