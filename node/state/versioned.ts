import { fromBigEndian } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault, StoreFault } from "../fault.ts";
import type { Disk } from "../ports.ts";
import type { RealmBase } from "./base-state.ts";
import { RecordCache } from "./record-cache.ts";
import { contentKey, isStateNodeKey, STATE_FLOOR_KEY } from "./state-keys.ts";
import { BlockTrie } from "./trie/block-trie.ts";
import { findUndo, readUndoHead, undone } from "./undo-blocks.ts";
import { decodeVersioned, NEVER_WRITTEN, type VersionedRecord } from "./versioned-record.ts";

/**
 * Reads state as it was after the block at a height (R9), by point reads alone, so that any worker can
 * read any recent height while blocks are written: the newest record says when it was written, and the
 * reverse diffs of blocks lead back from there, one write at a time.
 */
export interface StateReader {
  /** The value of a state key at `baseHeight`. Faults: STATE_BASE_PRUNED below the kept history. */
  get(key: Uint8Array, baseHeight: bigint): Uint8Array | undefined;
  /** As `get`, with the height of the block that wrote it. */
  record(key: Uint8Array, baseHeight: bigint): VersionedRecord;
  /** Content of a file by its SHA-256. */
  content(hash: Uint8Array): Uint8Array | undefined;
  /**
   * For whoever runs blocks: the store's newest state is that of `height`, and `writes` are all that
   * changed since the height below but for the nodes of the state trie. What was read of the newest
   * state before then holds on; without this call, or after a gap, it is read again.
   */
  advance(height: bigint, writes: Iterable<StateWrite>): void;
  /** The state trie to run a block in that stands on `base`, which the store must hold. There is one: whoever asks next may move it. */
  blockTrie(base: RealmBase): BlockTrie;
  /** That trie, if it is at hand and stands at `base`. */
  knownTrie(base: RealmBase): BlockTrie | undefined;
  /** After a reorganisation: nothing read before counts any more. */
  forget(): void;
  /** Named in faults of a damaged store. */
  readonly folder: string;
}

/** A state key and what it holds from now on; undefined takes it out. */
export interface StateWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  /** What the key held before, where that is at hand. */
  readonly before?: VersionedRecord | undefined;
}

export interface StateReaderOptions {
  /** For records and the branches of the state trie, half for each. */
  readonly cacheBytes: number;
  readonly folder: string;
}

/** Of a record that a newer one replaced. */
const NO_LINE = -1;

/** Reads any height that is kept, with a cache of the newest values. */
export function createStateReader(disk: Disk, { cacheBytes, folder }: StateReaderOptions): StateReader {
  return new CachingReader(disk, cacheBytes, folder);
}

class CachingReader implements StateReader {
  readonly folder: string;
  readonly #disk: Disk;
  readonly #cache: RecordCache;
  /** The newest height that `advance` led to without a gap, and the number of that row of heights. */
  #newest = -1n;
  #line = 0;
  readonly #trieLimitBytes: number;
  #trie: BlockTrie | undefined;

  constructor(disk: Disk, cacheBytes: number, folder: string) {
    this.#disk = disk;
    this.#cache = new RecordCache(cacheBytes / 2);
    this.#trieLimitBytes = cacheBytes / 2;
    this.folder = folder;
  }

  get(key: Uint8Array, baseHeight: bigint): Uint8Array | undefined {
    return this.record(key, baseHeight).value;
  }

  record(key: Uint8Array, baseHeight: bigint): VersionedRecord {
    const known = this.#cache.get(key);
    if (known !== undefined && known.height <= baseHeight && (baseHeight <= known.until || (known.line === this.#line && baseHeight <= this.#newest))) return known;
    const { record, until, isNewest } = readVersion(this.#disk, key, baseHeight, this.folder);
    // What blocks write of the state trie is not told, so none of its nodes is known to be the newest later.
    const isNode = isStateNodeKey(key);
    const holdsOn = isNewest && baseHeight === this.#newest && !isNode;
    // The trie keeps those that it needs.
    if (!isNode || this.#trie === undefined) this.#cache.set(key, { height: record.height, value: record.value, until, line: holdsOn ? this.#line : NO_LINE });
    return record;
  }

  content(hash: Uint8Array): Uint8Array | undefined {
    return this.#disk.getSync(contentKey(hash));
  }

  advance(height: bigint, writes: Iterable<StateWrite>): void {
    if (height !== this.#newest + 1n) this.#line++;
    this.#newest = height;
    for (const { key, value } of writes) this.#cache.set(key, { height, value, until: height, line: this.#line });
  }

  blockTrie(base: RealmBase): BlockTrie {
    this.#trie ??= new BlockTrie(base, this.#trieLimitBytes);
    this.#trie.standAt(base);
    return this.#trie;
  }

  knownTrie(base: RealmBase): BlockTrie | undefined {
    return this.#trie?.isAt(base) === true ? this.#trie : undefined;
  }

  forget(): void {
    this.#cache.clear();
    this.#trie = undefined;
    this.#newest = -1n;
    this.#line++;
  }
}

interface FoundVersion {
  readonly record: VersionedRecord;
  readonly until: bigint;
  /** No later block has written the key. */
  readonly isNewest: boolean;
}

function readVersion(disk: Disk, key: Uint8Array, baseHeight: bigint, folder: string): FoundVersion {
  const bytes = disk.getSync(key);
  if (bytes === undefined) {
    // Records of removed keys go when history is cut, so below the cut nothing found means nothing known.
    if (baseHeight < stateFloor(disk)) throw pruned(baseHeight);
    return { record: NEVER_WRITTEN, until: baseHeight, isNewest: true };
  }
  let found = decodeVersioned(bytes);
  let until = baseHeight;
  const isNewest = found.height <= baseHeight;
  while (found.height > baseHeight) {
    until = found.height - 1n;
    const head = readUndoHead(disk, found.height);
    if (head === undefined) throw pruned(baseHeight);
    const before = findUndo(disk, found.height, head, key);
    const { value } = found;
    const record = before === undefined ? undefined : undone(before, () => value);
    if (record === undefined) throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what: `reverse diff of block ${found.height}` });
    found = record;
  }
  return { record: found, until, isNewest };
}

/** The lowest height at which state can be read. */
export function stateFloor(disk: Disk): bigint {
  const bytes = disk.getSync(STATE_FLOOR_KEY);
  return bytes === undefined ? 0n : fromBigEndian(bytes);
}

function pruned(height: bigint): FaultError<StateFault> {
  return new FaultError<StateFault>({ code: "STATE_BASE_PRUNED", height });
}
