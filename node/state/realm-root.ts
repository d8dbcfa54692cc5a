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
import type { TrieChange } from "./trie/changes.ts";
import type { StoredImage } from "./trie/nodes.ts";
import type { Trie } from "./trie/trie.ts";
import { NEVER_WRITTEN, type VersionedRecord } from "./versioned-record.ts";
import type { StateWrite } from "./versioned.ts";

/** What a realm's pending writes change in the state trie, the tries of domains with them, and the flat records beside. Nothing is written. */
interface NextState {
  readonly stateChanges: readonly TrieChange[];
  readonly storageTries: readonly { readonly address: Uint8Array; readonly trie: Trie }[];
  /** Of what stands in the tries of domains. */
  readonly records: StateWrite[];
  /** Records of domains themselves; no value for one that is as if it had never been. */
  readonly domains: readonly { readonly address: Uint8Array; readonly value: Uint8Array | undefined }[];
  /** Content that entries name for the first time. */
  readonly contents: readonly { readonly hash: Uint8Array; readonly bytes: Uint8Array }[];
}

/** Root of the state as the realm sees it, 32 bytes: what a block holding just these changes would have. */
export function perspective(realm: Realm): Uint8Array {
  return realm.isClean ? realm.base.stateRoot : realm.base.stateTrie().update(nextState(realm).stateChanges).root();
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
  const { stateChanges, storageTries, records, domains, contents } = nextState(realm);
  for (const { key, value } of records) out.write(key, value);
  for (const { address, value } of domains) {
    const key = domainStateKey(address);
    const before = height === 0n ? NEVER_WRITTEN : realm.base.reader.record(key, height - 1n);
    out.write(key, value, before);
    noteWrite({ address, before: before.value === undefined ? undefined : before.height, isGone: value === undefined });
  }
  for (const { address, trie } of storageTries) writeNodes(address, trie, out);
  const trie = realm.base.reader.blockTrie(realm.base);
  trie.update({ height, changes: stateChanges, source: realm.base.stateNodes(), sink: (write) => out.node(write) });
  out.add(contents.map(({ hash, bytes }) => ({ type: "put", key: contentKey(hash), value: bytes })));
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

function nextState(realm: Realm): NextState {
  const pending = realm.pending();
  const { base } = realm;
  const records: StateWrite[] = [];
  const domains: { address: Uint8Array; value: Uint8Array | undefined }[] = [];
  const contents: { hash: Uint8Array; bytes: Uint8Array }[] = [];
  const storageTries: { address: Uint8Array; trie: Trie }[] = [];
  const stateChanges: TrieChange[] = [];
  for (const [text, writes] of byDomain(pending)) {
    const address = fromHex(text);
    assert(address !== undefined, "addresses are kept in hex");
    const changes = [...entryChanges(base, address, writes.directories, pending, { records, contents }), ...storedChanges(base, address, writes.stored, records)];
    const trie = changes.length === 0 ? undefined : base.storageTrie(address).update(changes);
    if (trie !== undefined) storageTries.push({ address, trie });
    const value = domainValue(realm, pending, { address, text }, trie?.root());
    if (!isPaidOrUsed(base.domain(address, text), pending.domains.get(text)) && same(value, base.domainBytes(address))) continue;
    domains.push({ address, value });
    stateChanges.push({ key: keccak256(address), value, name: address, isPlaced: base.domain(address, text) !== undefined });
  }
  return { stateChanges, storageTries, records, domains, contents };
}

type Names = ReadonlyMap<string, EntryRecord | undefined>;

type Values = ReadonlyMap<string, Uint8Array | undefined>;

interface DomainWrites {
  readonly directories: { readonly directory: string; readonly names: Names }[];
  readonly stored: { readonly program: string; readonly values: Values }[];
}

/** What is pending in the trie of each domain that has anything pending. */
function byDomain(pending: Layer): Map<string, DomainWrites> {
  const domains = new Map<string, DomainWrites>();
  const writesOf = (text: string): DomainWrites => {
    const address = text.slice(0, 40);
    const known = domains.get(address) ?? { directories: [], stored: [] };
    domains.set(address, known);
    return known;
  };
  for (const address of pending.domains.keys()) writesOf(address);
  for (const [text, names] of pending.directories) writesOf(text).directories.push({ directory: fromDirectoryText(text).directory, names });
  for (const [text, values] of pending.stored) writesOf(text).stored.push({ program: fromDirectoryText(text).directory, values });
  return domains;
}

/** The changes of a domain's files; what they need beside the trie is added to `out`. */
function entryChanges(
  base: BaseState,
  address: Uint8Array,
  directories: readonly { readonly directory: string; readonly names: Names }[],
  pending: Layer,
  out: { readonly records: StateWrite[]; readonly contents: { hash: Uint8Array; bytes: Uint8Array }[] },
): TrieChange[] {
  const changes: TrieChange[] = [];
  for (const { directory, names } of directories) {
    for (const [name, record] of names) {
      const value = record === undefined ? undefined : encodeEntry(record);
      const before = base.entryBytes(address, childPath(directory, name));
      if (same(value, before)) continue;
      const key = entryTrieKey(directory, name);
      changes.push({ key, value, name: key, isPlaced: before !== undefined });
      out.records.push({ key: entryStateKey(address, key), value });
      const bytes = record === undefined ? undefined : pending.contents.get(toHex(record.contentHash));
      if (record !== undefined && bytes !== undefined) out.contents.push({ hash: record.contentHash, bytes });
    }
  }
  return changes;
}

/** The changes of what a domain's programs keep. */
function storedChanges(base: BaseState, address: Uint8Array, stored: DomainWrites["stored"], records: StateWrite[]): TrieChange[] {
  const changes: TrieChange[] = [];
  for (const { program, values } of stored) {
    for (const [key, kept] of values) {
      const value = kept === undefined ? undefined : encodeStored({ format: 1, key, value: kept });
      const before = base.storedBytes(address, program, key);
      if (same(value, before)) continue;
      const trieKey = storedTrieKey(program, key);
      changes.push({ key: trieKey, value, name: trieKey, isPlaced: before !== undefined });
      records.push({ key: entryStateKey(address, trieKey), value });
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
