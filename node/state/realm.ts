import { compareBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { StateFault } from "../fault.ts";
import { BaseState, emptyDomain, type RealmBase } from "./base-state.ts";
import { directoryText, splitPath } from "./entry-keys.ts";
import { flatten, joinPatches, layersOf, OpenLayer, pushLayer, type Chain, type DomainPatch, type Layer } from "./layers.ts";
import { LIMITS, TOO_MANY_UNITS } from "./limits.ts";
import type { DomainRecord, EntryRecord } from "./records.ts";
import { patchedSacrifice } from "./sacrifice.ts";
import type { StateReader } from "./versioned.ts";

/** A point to return to. Holds no copy: layers below it never change. */
export interface Savepoint {
  readonly chain: Chain | undefined;
}

/**
 * A private copy of the whole state: a base that was committed, and layers of writes over it. Reading
 * falls through to the base; nothing written here reaches anybody else. Forks and savepoints share
 * what is there and cost nothing that grows with the state.
 */
export class Realm {
  #base: BaseState;
  #chain: Chain | undefined;
  #open = new OpenLayer();

  constructor(base: BaseState, chain?: Chain) {
    this.#base = base;
    this.#chain = chain;
  }

  static at(reader: StateReader, base: RealmBase): Realm {
    return new Realm(new BaseState(reader, base));
  }

  get base(): BaseState {
    return this.#base;
  }

  fork(): Realm {
    return new Realm(this.#base, this.#freeze());
  }

  savepoint(): Savepoint {
    return { chain: this.#freeze() };
  }

  rollback(savepoint: Savepoint): void {
    this.#chain = savepoint.chain;
    this.#open = new OpenLayer();
  }

  /** True if nothing is pending. */
  get isClean(): boolean {
    return this.#open.count === 0 && this.#chain === undefined;
  }

  /** Everything pending, as one layer. */
  pending(): Layer {
    return flatten(this.#freeze());
  }

  /** Pending layers, newest first. */
  chain(): Chain | undefined {
    return this.#freeze();
  }

  /** Writes all that a layer holds, on top of what is pending here. A block adds thousands: none becomes a layer of its own. */
  add(layer: Layer): void {
    const open = this.#open;
    layer.domains.forEach((patch, address) => open.patchDomain(address, patch));
    layer.directories.forEach((names, directory) => names.forEach((record, name) => open.setEntry(directory, name, record)));
    layer.stored.forEach((values, program) => values.forEach((value, key) => open.setStored(program, key, value)));
    layer.contents.forEach((bytes, hash) => open.addContent(hash, bytes));
  }

  /** Puts the pending layers over another base as they are. `rebase` in realm-rebase.ts judges what that means. */
  moveTo(base: BaseState): void {
    this.#base = base;
  }

  /** The record of a domain, an empty one if it was never written. `storageRoot` is the base's: tries follow in realm-root.ts. `name` is the address in hex, for who has it at hand. */
  domain(address: Uint8Array, name = toHex(address)): DomainRecord {
    const record = this.#base.domain(address, name) ?? EMPTY_DOMAIN;
    const patch = this.#patch(name);
    return patch === undefined ? record : applyPatch(record, patch);
  }

  #patch(address: string): DomainPatch | undefined {
    let patch = this.#open.domains.get(address);
    for (let at = this.#chain; at !== undefined; at = at.below) {
      const older = at.layer.domains.get(address);
      if (older !== undefined) patch = patch === undefined ? older : joinPatches(older, patch);
    }
    return patch;
  }

  /** Adds to a balance, or takes from it; gives the record as it was before. `name` as of `domain`. Faults: STATE_INSUFFICIENT, STATE_BAD_AMOUNT. */
  adjustBalance(address: Uint8Array, deltaUnits: bigint, name = toHex(address)): DomainRecord {
    const before = this.domain(address, name);
    const have = before.balanceUnits;
    const left = have + deltaUnits;
    if (left < 0n) throw new FaultError<StateFault>({ code: "STATE_INSUFFICIENT", haveUnits: have, needUnits: -deltaUnits });
    if (left >= TOO_MANY_UNITS) throw new FaultError<StateFault>({ code: "STATE_BAD_AMOUNT", amount: String(deltaUnits), reason: "too-large" });
    if (deltaUnits !== 0n) this.#open.patchDomain(name, { deltaUnits });
    return before;
  }

  /** Sets what is given and leaves the rest. `name` as of `domain`. */
  patchDomain(address: Uint8Array, patch: Omit<DomainPatch, "deltaUnits">, name = toHex(address)): void {
    this.#open.patchDomain(name, { deltaUnits: 0n, ...patch });
  }

  /** Writes what the caller has judged: `name` is the address in hex, and sums are added up. */
  addPatch(name: string, patch: DomainPatch): void {
    this.#open.patchDomain(name, patch);
  }

  /** The entry at an absolute path within a domain; the root has none. */
  entry(address: Uint8Array, path: string): EntryRecord | undefined {
    if (path === "/") return undefined;
    const { directory, name } = splitPath(path);
    const text = directoryText(address, directory);
    const open = this.#open.directories.get(text);
    if (open?.has(name) === true) return open.get(name);
    for (const layer of layersOf(this.#chain)) {
      const names = layer.directories.get(text);
      if (names?.has(name) === true) return names.get(name);
    }
    return this.#base.entry(address, path);
  }

  putEntry(address: Uint8Array, directory: string, record: EntryRecord): void {
    this.#setEntry(address, directory, record.name, record);
  }

  removeEntry(address: Uint8Array, path: string): void {
    const { directory, name } = splitPath(path);
    this.#setEntry(address, directory, name, undefined);
  }

  #setEntry(address: Uint8Array, directory: string, name: string, record: EntryRecord | undefined): void {
    if (this.pendingCount >= LIMITS.pendingWrites) this.#full(name);
    this.#open.setEntry(directoryText(address, directory), name, record);
  }

  /** Entries of a directory, by the bytes of their names. `pay` is called before each entry is looked at. */
  list(address: Uint8Array, directory: string, pay: () => void = () => {}): EntryRecord[] {
    const found = new Map<string, EntryRecord>();
    for (const record of this.#base.list(address, directory)) {
      pay();
      found.set(record.name, record);
    }
    const text = directoryText(address, directory);
    const layers = [this.#open.directories, ...[...layersOf(this.#chain)].map((layer) => layer.directories)].reverse();
    for (const directories of layers) {
      for (const [name, record] of directories.get(text) ?? []) {
        pay();
        if (record === undefined) found.delete(name);
        else found.set(name, record);
      }
    }
    const named = [...found.values()].map((record) => ({ record, bytes: utf8(record.name) }));
    return named.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ record }) => record);
  }

  /** What a program keeps under a key; `program` is the path of its file within the domain. */
  stored(address: Uint8Array, program: string, key: string): Uint8Array | undefined {
    const text = directoryText(address, program);
    const open = this.#open.stored.get(text);
    if (open?.has(key) === true) return open.get(key);
    for (const layer of layersOf(this.#chain)) {
      const values = layer.stored.get(text);
      if (values?.has(key) === true) return values.get(key);
    }
    return this.#base.stored(address, program, key);
  }

  /** Keeps a value for a program, or with undefined lets it go. */
  putStored(address: Uint8Array, program: string, key: string, value: Uint8Array | undefined): void {
    if (this.pendingCount >= LIMITS.pendingWrites) this.#full(program);
    this.#open.setStored(directoryText(address, program), key, value);
  }

  /** All that a program keeps, by the bytes of its keys. `pay` is called before each value is looked at. */
  listStored(address: Uint8Array, program: string, pay: () => void = () => {}): (readonly [key: string, value: Uint8Array])[] {
    const found = new Map<string, Uint8Array>();
    for (const { key, value } of this.#base.listStored(address, program)) {
      pay();
      found.set(key, value);
    }
    const text = directoryText(address, program);
    const layers = [this.#open.stored, ...[...layersOf(this.#chain)].map((layer) => layer.stored)].reverse();
    for (const stored of layers) {
      for (const [key, value] of stored.get(text) ?? []) {
        pay();
        if (value === undefined) found.delete(key);
        else found.set(key, value);
      }
    }
    return [...found].sort(([a], [b]) => compareBytes(utf8(a), utf8(b)));
  }

  /** Keeps content for an entry to name; gives its SHA-256. `path` is for the fault: STATE_TOO_LARGE. */
  putContent(content: Uint8Array, path: string): Uint8Array {
    let bytes = this.#open.contentBytes + content.length;
    for (const layer of layersOf(this.#chain)) bytes += layer.contentBytes;
    if (bytes > LIMITS.pendingBytes) this.#full(path);
    const hash = sha256(content);
    this.#open.addContent(toHex(hash), content);
    return hash;
  }

  /** Content that an entry names. Faults: STORE_DAMAGED. */
  content(hash: Uint8Array): Uint8Array {
    return this.pendingContent(hash) ?? this.#base.content(hash);
  }

  /** Content that was written in this realm; undefined for what only its base has. */
  pendingContent(hash: Uint8Array): Uint8Array | undefined {
    const text = toHex(hash);
    const open = this.#open.contents.get(text);
    if (open !== undefined) return open;
    for (const layer of layersOf(this.#chain)) {
      const pending = layer.contents.get(text);
      if (pending !== undefined) return pending;
    }
    return undefined;
  }

  /** How many writes are pending, writes of one thing more than once counted each time. */
  get pendingCount(): number {
    let count = this.#open.count;
    for (const layer of layersOf(this.#chain)) count += layer.count;
    return count;
  }

  #full(path: string): never {
    throw new FaultError<StateFault>({ code: "STATE_TOO_LARGE", path, limitBytes: LIMITS.pendingBytes });
  }

  #freeze(): Chain | undefined {
    if (this.#open.count > 0) {
      this.#chain = pushLayer(this.#open, this.#chain);
      this.#open = new OpenLayer();
    }
    return this.#chain;
  }
}

const EMPTY_DOMAIN = emptyDomain();

/** A domain's record with a patch over it. */
function applyPatch(record: DomainRecord, patch: DomainPatch): DomainRecord {
  const keys = patch.keys ?? record.keys;
  const sacrifice = patchedSacrifice(record.sacrifice, patch.sacrifice);
  const patched = {
    format: record.format,
    rulesVersion: record.rulesVersion,
    balanceUnits: record.balanceUnits + patch.deltaUnits,
    nonce: patch.nonce ?? record.nonce,
    sealingKey: patch.sealingKey ?? record.sealingKey,
    storageRoot: record.storageRoot,
  };
  // Few domains have keys or a sacrifice, and a record without these parts is made in a fifth of the time.
  return keys === undefined && sacrifice === undefined ? patched : { ...patched, ...(keys !== undefined && { keys }), ...(sacrifice !== undefined && { sacrifice }) };
}
