import type { DomainKey, EntryRecord } from "./records.ts";

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
  /** By SHA-256 in hex. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Writes in this layer, and bytes of content. */
  readonly count: number;
  readonly contentBytes: number;
}

export interface DomainPatch {
  readonly deltaUnits: bigint;
  readonly nonce?: bigint;
  readonly keys?: readonly DomainKey[];
  readonly sealingKey?: Uint8Array;
}

export interface Chain {
  readonly layer: Layer;
  readonly below: Chain | undefined;
}

export const EMPTY_LAYER: Layer = { domains: new Map(), directories: new Map(), contents: new Map(), count: 0, contentBytes: 0 };

/** The layer that takes writes. */
export class OpenLayer {
  readonly domains = new Map<string, DomainPatch>();
  readonly directories = new Map<string, Map<string, EntryRecord | undefined>>();
  readonly contents = new Map<string, Uint8Array>();
  count = 0;
  contentBytes = 0;

  patchDomain(address: string, patch: DomainPatch): void {
    this.count++;
    this.domains.set(address, joinPatches(this.domains.get(address), patch));
  }

  setEntry(directory: string, name: string, record: EntryRecord | undefined): void {
    this.count++;
    const names = this.directories.get(directory);
    if (names === undefined) this.directories.set(directory, new Map([[name, record]]));
    else names.set(name, record);
  }

  addContent(hash: string, bytes: Uint8Array): void {
    if (this.contents.has(hash)) return;
    this.contents.set(hash, bytes);
    this.count++;
    this.contentBytes += bytes.length;
  }
}

/** `newer` on top of `older`. */
export function joinPatches(older: DomainPatch | undefined, newer: DomainPatch): DomainPatch {
  if (older === undefined) return newer;
  return { ...older, ...newer, deltaUnits: older.deltaUnits + newer.deltaUnits };
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

export function mergeLayers(older: Layer, newer: Layer): Layer {
  const domains = new Map(older.domains);
  for (const [address, patch] of newer.domains) domains.set(address, joinPatches(domains.get(address), patch));
  const directories = new Map(older.directories);
  for (const [directory, names] of newer.directories) {
    const before = directories.get(directory);
    directories.set(directory, before === undefined ? names : new Map([...before, ...names]));
  }
  return {
    domains,
    directories,
    contents: new Map([...older.contents, ...newer.contents]),
    count: older.count + newer.count,
    contentBytes: older.contentBytes + newer.contentBytes,
  };
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
