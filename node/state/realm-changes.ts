import { compareBytes, equalBytes, fromHex, utf8 } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { sortShort } from "../../lang/base/sort.ts";
import { BaseState, emptyDomain, type RealmBase } from "./base-state.ts";
import { childPath, directoryText, fromDirectoryText, ROOT_PATH, splitPath } from "./entry-keys.ts";
import { nickPlace } from "./nicks.ts";
import type { Layer } from "./layers.ts";
import { encodeEntry } from "./records-codec.ts";
import type { DomainRecord, EntryRecord } from "./records.ts";
import type { Realm } from "./realm.ts";

/** What a realm changes against its base; what is as before is left out. */
export interface RealmChanges {
  /** Sorted by domain, then by bytes of the path. */
  readonly entries: readonly EntryChange[];
  /** Sorted by domain. Compare fields: `storageRoot` is the base's in both. */
  readonly domains: readonly DomainChange[];
  /** What programs keep: sorted by domain, then program, then key. */
  readonly stored: readonly StoredChange[];
}
export interface EntryChange {
  readonly domain: Uint8Array;
  /** Absolute within the domain: "/docs/note". */
  readonly path: string;
  readonly before: EntryRecord | undefined;
  readonly after: EntryRecord | undefined;
}
/** `program` is the path of the program's file within the domain in which it stands. */
export interface StoredChange {
  readonly domain: Uint8Array;
  readonly program: string;
  readonly key: string;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
  /** Of the file as it is afterwards; absent when the file is gone, and all that it kept with it. */
  readonly owner?: Uint8Array;
}
export interface DomainChange {
  readonly domain: Uint8Array;
  readonly before: DomainRecord;
  readonly after: DomainRecord;
}

/** Old and new of everything that the realm changed: what an effect is made from (R4). */
export function changesOf(realm: Realm): RealmChanges {
  const { directories, domains, stored } = realm.pending();
  return { entries: entryChanges(realm, directories), domains: domainChanges(realm, domains), stored: storedChanges(realm, stored) };
}

function entryChanges(realm: Realm, directories: Layer["directories"]): EntryChange[] {
  const changes: EntryChange[] = [];
  for (const [text, names] of directories) {
    const { address, directory } = fromDirectoryText(text);
    for (const [name, after] of names) {
      const path = childPath(directory, name);
      const before = realm.base.entry(address, path);
      if (!sameEntry(before, after)) changes.push({ domain: address, path, before, after });
    }
  }
  return changes.sort((a, b) => compareBytes(a.domain, b.domain) || compareBytes(utf8(a.path), utf8(b.path)));
}

function domainChanges(realm: Realm, domains: Layer["domains"]): DomainChange[] {
  const changes: DomainChange[] = [];
  // forEach, and not for..of: a block has ten thousands of packages, and each pair would be an array.
  domains.forEach((patch, text) => {
    const domain = fromHex(text);
    assert(domain !== undefined, "addresses are kept in hex");
    const hasMoved = patch.deltaUnits !== 0n || patch.nonce !== undefined || patch.keys !== undefined || patch.sealingKey !== undefined || patch.sacrifice !== undefined;
    if (hasMoved) changes.push({ domain, before: realm.base.domain(domain, text) ?? emptyDomain(), after: realm.domain(domain, text) });
  });
  return sortShort(changes, byDomain);
}

function byDomain(a: DomainChange, b: DomainChange): number {
  return compareBytes(a.domain, b.domain);
}

function storedChanges(realm: Realm, stored: Layer["stored"]): StoredChange[] {
  const changes: StoredChange[] = [];
  for (const [text, values] of stored) {
    const { address, directory: program } = fromDirectoryText(text);
    const owner = realm.entry(address, program)?.owner;
    for (const [key, after] of values) {
      const before = realm.base.stored(address, program, key);
      if (!sameBytes(before, after)) changes.push({ domain: address, program, key, before, after, ...(owner === undefined ? {} : { owner }) });
    }
  }
  return changes.sort((a, b) => compareBytes(a.domain, b.domain) || compareBytes(utf8(a.program), utf8(b.program)) || compareBytes(utf8(a.key), utf8(b.key)));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

function sameEntry(a: EntryRecord | undefined, b: EntryRecord | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(encodeEntry(a), encodeEntry(b));
}

/** What came between a realm and a newer base. */
export interface RebaseReport {
  /** Paths that both changed, programs that both called so that what they keep differs, and pending ones whose directory is gone or no longer empty. Sorted by domain, then path. */
  readonly overlapping: readonly { readonly domain: Uint8Array; readonly path: string }[];
  /** Domains whose pending payments exceed what they now have. */
  readonly short: readonly Uint8Array[];
}

/** Moves the realm to a newer base and keeps what is pending; says where the two meet. */
export function rebase(realm: Realm, base: RealmBase): RebaseReport {
  const old = realm.base;
  const changes = changesOf(realm);
  const next = new BaseState(old.reader, base);
  realm.moveTo(next);
  const moved = (domain: Uint8Array, path: string): boolean => !sameBytes(old.entryBytes(domain, path), next.entryBytes(domain, path));
  const overlapping = changes.entries.filter((change) => moved(change.domain, change.path) || isStranded(realm, change));
  const programs = changes.stored.filter(({ domain, program, key }) => !sameBytes(old.storedBytes(domain, program, key), next.storedBytes(domain, program, key)));
  return {
    overlapping: inOrder([...overlapping, ...programs.map(({ domain, program, key }) => (program === ROOT_PATH ? nickPlace(key) : { domain, path: program }))]),
    short: changes.domains.map(({ domain }) => domain).filter((domain) => realm.domain(domain).balanceUnits < 0n),
  };
}

function inOrder(places: readonly { readonly domain: Uint8Array; readonly path: string }[]): RebaseReport["overlapping"] {
  const byText = new Map(places.map(({ domain, path }) => [directoryText(domain, path), { domain, path }]));
  return [...byText.values()].sort((a, b) => compareBytes(a.domain, b.domain) || compareBytes(utf8(a.path), utf8(b.path)));
}

/** An entry in a directory that is gone, or a directory taken away that somebody put something in. */
function isStranded(realm: Realm, { domain, path, after }: EntryChange): boolean {
  if (after === undefined) return realm.list(domain, path).length > 0;
  const { directory } = splitPath(path);
  return directory !== "/" && realm.entry(domain, directory)?.kind !== "directory";
}
