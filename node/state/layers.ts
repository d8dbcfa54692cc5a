import { toHex } from "../../lang/base/bytes.ts";
import type { KeySet } from "./key-set.ts";
import type { EntryRecord } from "./records.ts";
import { addSacrifice, type SacrificePatch } from "./sacrifice.ts";

/**
 * Pending writes. A layer never changes once frozen; a chain of layers, newest first, is what a realm
 * adds to its base. Savepoints and forks only keep a reference to a chain.
 *
 * Balances are kept as differences, so that a payment which arrives at the base meanwhile is not lost.
 */
export interface Layer {
  /** By address in hex. */
  readonly domains: ReadonlyMap<string, DomainPatch>;
  /** By directoryText, then name; undefined says that the entry is gone. */
  readonly directories: ReadonlyMap<string, ReadonlyMap<string, EntryRecord | undefined>>;
  /** What programs keep: by directoryText of the program's path, then key; undefined says that the value is gone. */
  readonly stored: ReadonlyMap<string, ReadonlyMap<string, Uint8Array | undefined>>;
  /** By SHA-256 in hex. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Writes in this layer, and bytes of content. */
  readonly count: number;
  readonly contentBytes: number;
}

export interface DomainPatch {
  readonly deltaUnits: bigint;
  readonly nonce?: bigint;
  readonly keys?: KeySet;
  readonly sealingKey?: Uint8Array;
  readonly sacrifice?: SacrificePatch;
}

export interface Chain {
  readonly layer: Layer;
  readonly below: Chain | undefined;
}

const EMPTY_LAYER: Layer = { domains: new Map(), directories: new Map(), stored: new Map(), contents: new Map(), count: 0, contentBytes: 0 };

/** The layer that takes writes. Maps are made when they are needed: each package of a block has two layers, and most write to domains alone. */
export class OpenLayer implements Layer {
  #domains: Map<string, DomainPatch> | undefined;
  #directories: Map<string, Map<string, EntryRecord | undefined>> | undefined;
  #stored: Map<string, Map<string, Uint8Array | undefined>> | undefined;
  #contents: Map<string, Uint8Array> | undefined;
  count = 0;
  contentBytes = 0;

  get domains(): Layer["domains"] {
    return this.#domains ?? EMPTY_LAYER.domains;
  }

  get directories(): Layer["directories"] {
    return this.#directories ?? EMPTY_LAYER.directories;
  }

  get stored(): Layer["stored"] {
    return this.#stored ?? EMPTY_LAYER.stored;
  }

  get contents(): Layer["contents"] {
    return this.#contents ?? EMPTY_LAYER.contents;
  }

  patchDomain(address: string, patch: DomainPatch): void {
    this.count++;
    const domains = (this.#domains ??= new Map());
    domains.set(address, joinPatches(domains.get(address), patch));
  }

  setEntry(directory: string, name: string, record: EntryRecord | undefined): void {
    this.count++;
    setWithin((this.#directories ??= new Map()), directory, name, record);
  }

  setStored(program: string, key: string, value: Uint8Array | undefined): void {
    this.count++;
    setWithin((this.#stored ??= new Map()), program, key, value);
  }

  addContent(hash: string, bytes: Uint8Array): void {
    const contents = (this.#contents ??= new Map());
    if (contents.has(hash)) return;
    contents.set(hash, bytes);
    this.count++;
    this.contentBytes += bytes.length;
  }
}

function setWithin<V>(groups: Map<string, Map<string, V>>, group: string, name: string, value: V): void {
  const names = groups.get(group);
  if (names === undefined) groups.set(group, new Map([[name, value]]));
  else names.set(name, value);
}

/** `newer` on top of `older`. */
export function joinPatches(older: DomainPatch | undefined, newer: DomainPatch): DomainPatch {
  if (older === undefined) return newer;
  if (isPayment(older) && isPayment(newer)) {
    const deltaUnits = older.deltaUnits + newer.deltaUnits;
    const nonce = newer.nonce ?? older.nonce;
    return nonce === undefined ? { deltaUnits } : { deltaUnits, nonce };
  }
  const joined = { ...older, ...newer, deltaUnits: older.deltaUnits + newer.deltaUnits };
  if (older.sacrifice === undefined || newer.sacrifice === undefined) return joined;
  return { ...joined, sacrifice: addSacrifice(older.sacrifice, newer.sacrifice) };
}

/** Coins and a nonce are nearly all that blocks change; joined by name they take a third of the time of any fields. */
function isPayment(patch: DomainPatch): boolean {
  return patch.keys === undefined && patch.sealingKey === undefined && patch.sacrifice === undefined;
}

/**
 * Puts a layer on a chain. Layers of similar size are merged, so that a chain of n writes is never
 * longer than about log n, and each write is copied about log n times in all.
 */
export function pushLayer(layer: Layer, below: Chain | undefined): Chain | undefined {
  if (layer.count === 0) return below;
  let top = layer;
  let rest = below;
  while (rest !== undefined && rest.layer.count <= 2 * top.count) {
    top = mergeLayers(rest.layer, top);
    rest = rest.below;
  }
  return { layer: top, below: rest };
}

function mergeLayers(older: Layer, newer: Layer): Layer {
  const domains = new Map(older.domains);
  for (const [address, patch] of newer.domains) domains.set(address, joinPatches(domains.get(address), patch));
  const directories = mergeGroups(older.directories, newer.directories);
  const stored = mergeGroups(older.stored, newer.stored);
  const { contents, contentBytes } = namedContents(directories, [older.contents, newer.contents]);
  return { domains, directories, stored, contents, count: older.count + newer.count, contentBytes };
}

type Groups<V> = ReadonlyMap<string, ReadonlyMap<string, V>>;

function mergeGroups<V>(older: Groups<V>, newer: Groups<V>): Groups<V> {
  const groups = new Map(older);
  for (const [group, names] of newer) {
    const before = groups.get(group);
    groups.set(group, before === undefined ? names : new Map([...before, ...names]));
  }
  return groups;
}

/**
 * Content that entries of the merged layer still name. What was written over is dropped: an entry above
 * or below that names the same content has it in its own layer or in the base.
 */
function namedContents(directories: Layer["directories"], sources: readonly Layer["contents"][]): Pick<Layer, "contents" | "contentBytes"> {
  const contents = new Map<string, Uint8Array>();
  let contentBytes = 0;
  if (sources.every((source) => source.size === 0)) return { contents, contentBytes };
  for (const names of directories.values()) {
    for (const record of names.values()) {
      if (record?.kind !== "file") continue;
      const hash = toHex(record.contentHash);
      const bytes = sources.map((source) => source.get(hash)).find((found) => found !== undefined);
      if (bytes === undefined || contents.has(hash)) continue;
      contents.set(hash, bytes);
      contentBytes += bytes.length;
    }
  }
  return { contents, contentBytes };
}

/** `layer` without the places that `written` writes too; sums of coins stay, since they add up. Where both took a nick, it was paid for once. */
export function withoutWritten(layer: Layer, written: Layer): Layer {
  const left = new OpenLayer();
  for (const [address, patch] of layer.domains) left.patchDomain(address, leftOf(patch, written.domains.get(address)));
  for (const [directory, names] of layer.directories) {
    for (const [name, record] of names) if (written.directories.get(directory)?.has(name) !== true) left.setEntry(directory, name, record);
  }
  for (const [program, values] of layer.stored) {
    for (const [key, value] of values) if (written.stored.get(program)?.has(key) !== true) left.setStored(program, key, value);
  }
  for (const [hash, bytes] of layer.contents) left.addContent(hash, bytes);
  return left;
}

function leftOf({ deltaUnits, sacrifice, ...fields }: DomainPatch, taken: Partial<DomainPatch> = {}): DomainPatch {
  const rest = { ...Object.fromEntries(Object.entries(fields).filter(([field]) => !(field in taken))), deltaUnits };
  if (sacrifice === undefined) return rest;
  return { ...rest, sacrifice: taken.sacrifice?.nick === undefined ? sacrifice : { burntUnits: sacrifice.burntUnits, usedUnits: 0n } };
}

/** The whole chain as one layer. */
export function flatten(chain: Chain | undefined): Layer {
  let layer = EMPTY_LAYER;
  for (let at = chain; at !== undefined; at = at.below) layer = layer === EMPTY_LAYER ? at.layer : mergeLayers(at.layer, layer);
  return layer;
}

export function* layersOf(chain: Chain | undefined): Generator<Layer> {
  for (let at = chain; at !== undefined; at = at.below) yield at.layer;
}
