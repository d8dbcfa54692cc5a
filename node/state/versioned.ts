import { fromBigEndian } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault, StoreFault } from "../fault.ts";
import type { Disk } from "../ports.ts";
import { ByteCache } from "./byte-cache.ts";
import { contentKey, currentKey, STATE_FLOOR_KEY } from "./state-keys.ts";
import { findUndo, readUndoHead } from "./undo-blocks.ts";
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
  /** After a reorganisation: nothing read before counts any more. */
  forget(): void;
  /** Named in faults of a damaged store. */
  readonly folder: string;
}

export interface StateReaderOptions {
  readonly cacheBytes: number;
  readonly folder: string;
}

/** A record is what the key holds from its height to `until`. */
interface CachedRecord extends VersionedRecord {
  readonly until: bigint;
}

/** Size of a cached record beyond key and value: objects and the map's own. */
const CACHE_OVERHEAD_BYTES = 160;

export function createStateReader(disk: Disk, { cacheBytes, folder }: StateReaderOptions): StateReader {
  const cache = new ByteCache<CachedRecord>(cacheBytes);

  function record(key: Uint8Array, baseHeight: bigint): VersionedRecord {
    const text = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
    const known = cache.get(text);
    if (known !== undefined && known.height <= baseHeight && baseHeight <= known.until) return known;
    const found = readVersion(disk, key, baseHeight, folder);
    cache.set(text, found, text.length + (found.value?.length ?? 0) + CACHE_OVERHEAD_BYTES);
    return found;
  }

  return {
    record,
    get: (key, baseHeight) => record(key, baseHeight).value,
    content: (hash) => disk.getSync(contentKey(hash)),
    forget: () => cache.clear(),
    folder,
  };
}

function readVersion(disk: Disk, key: Uint8Array, baseHeight: bigint, folder: string): CachedRecord {
  const bytes = disk.getSync(currentKey(key));
  if (bytes === undefined) {
    // Records of removed keys go when history is cut, so below the cut nothing found means nothing known.
    if (baseHeight < stateFloor(disk)) throw pruned(baseHeight);
    return { ...NEVER_WRITTEN, until: baseHeight };
  }
  let found = decodeVersioned(bytes);
  let until = baseHeight;
  while (found.height > baseHeight) {
    until = found.height - 1n;
    const head = readUndoHead(disk, found.height);
    if (head === undefined) throw pruned(baseHeight);
    const before = findUndo(disk, found.height, head, key);
    if (before === undefined) throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what: `reverse diff of block ${found.height}` });
    found = decodeVersioned(before);
  }
  return { ...found, until };
}

/** The lowest height at which state can be read. */
export function stateFloor(disk: Disk): bigint {
  const bytes = disk.getSync(STATE_FLOOR_KEY);
  return bytes === undefined ? 0n : fromBigEndian(bytes);
}

function pruned(height: bigint): FaultError<StateFault> {
  return new FaultError<StateFault>({ code: "STATE_BASE_PRUNED", height });
}
