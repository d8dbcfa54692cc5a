import { assert } from "../../lang/base/assert.ts";
import { bigEndian, toHex } from "../../lang/base/bytes.ts";
import { decodeRlp, encodeRlp, malformed } from "../../lang/base/rlp.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { currentKey, dirtyKey, STATE_FLOOR_KEY, undoKey } from "./state-keys.ts";
import { stateFloor } from "./versioned.ts";
import { decodeVersioned, encodeVersioned, NEVER_WRITTEN, type VersionedRecord } from "./versioned-record.ts";

/**
 * Plans are lists of operations for one atomic batch: what to write for a block, for taking blocks
 * back, and for forgetting how state was. Nothing here writes by itself.
 */

/** A state key and what it holds from now on; undefined takes it out. */
export interface StateWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** The operations by which the block at `height` changes state. Each key once; each height once. */
export function planWrites(disk: Disk, height: bigint, writes: readonly StateWrite[]): KeyValueOperation[] {
  const operations: KeyValueOperation[] = [];
  const seen = new Set<string>();
  const dirty: Uint8Array[] = [];
  for (const { key, value } of writes) {
    const text = toHex(key);
    assert(!seen.has(text), "a block writes each state key once");
    seen.add(text);
    const bytes = disk.getSync(currentKey(key));
    const before = bytes === undefined ? NEVER_WRITTEN : decodeVersioned(bytes);
    assert(before.height < height || (height === 0n && bytes === undefined), "heights of writes only rise");
    if (value === undefined && before.value === undefined) continue;
    dirty.push(key);
    operations.push(
      { type: "put", key: undoKey(key, height), value: encodeVersioned(before) },
      { type: "put", key: currentKey(key), value: encodeVersioned({ height, value }) },
    );
  }
  operations.push({ type: "put", key: dirtyKey(height), value: encodeRlp(dirty) });
  return operations;
}

/**
 * The operations that take state from `tip` back to how it was after `target`. Readers must `forget`
 * once the batch is written. `target` must not lie below the kept history.
 */
export function planRevert(disk: Disk, { tip, target }: { readonly tip: bigint; readonly target: bigint }): KeyValueOperation[] {
  assert(target >= stateFloor(disk), "history is kept longer than a reorganisation reaches");
  const operations: KeyValueOperation[] = [];
  const restored = new Set<string>();
  for (let height = target + 1n; height <= tip; height++) {
    for (const key of dirtyKeys(disk, height)) {
      const text = toHex(key);
      // Going up, the first undo record met is the oldest: it holds what stood at `target`.
      if (!restored.has(text)) operations.push(restore(key, undoRecord(disk, key, height)));
      restored.add(text);
      operations.push({ type: "del", key: undoKey(key, height) });
    }
    operations.push({ type: "del", key: dirtyKey(height) });
  }
  return operations;
}

/**
 * The operations that forget how state was before `height`, which becomes the lowest that can be read.
 * In a batch with a block's writes they come first: a key that is dropped for good here may be written
 * anew there. Work grows with the blocks since the last cut.
 */
export function planPrune(disk: Disk, height: bigint): KeyValueOperation[] {
  const operations: KeyValueOperation[] = [];
  for (let old = stateFloor(disk); old <= height; old++) {
    for (const key of dirtyKeys(disk, old)) {
      operations.push({ type: "del", key: undoKey(key, old) });
      const bytes = disk.getSync(currentKey(key));
      const current = bytes === undefined ? undefined : decodeVersioned(bytes);
      if (current !== undefined && current.value === undefined && current.height <= height) operations.push({ type: "del", key: currentKey(key) });
    }
    operations.push({ type: "del", key: dirtyKey(old) });
  }
  operations.push({ type: "put", key: STATE_FLOOR_KEY, value: bigEndian(height, 8) });
  return operations;
}

function restore(key: Uint8Array, record: VersionedRecord): KeyValueOperation {
  if (record.height === 0n && record.value === undefined) return { type: "del", key: currentKey(key) };
  return { type: "put", key: currentKey(key), value: encodeVersioned(record) };
}

function undoRecord(disk: Disk, key: Uint8Array, height: bigint): VersionedRecord {
  const bytes = disk.getSync(undoKey(key, height));
  assert(bytes !== undefined, "each written key has its undo record");
  return decodeVersioned(bytes);
}

/** The keys the block at `height` wrote; none when it wrote nothing or was pruned. */
function dirtyKeys(disk: Disk, height: bigint): readonly Uint8Array[] {
  const bytes = disk.getSync(dirtyKey(height));
  if (bytes === undefined) return [];
  const list = decodeRlp(bytes);
  if (list instanceof Uint8Array) malformed("state keys of a block: a list is expected");
  return list.map((key) => (key instanceof Uint8Array ? key : malformed("state keys of a block: bytes are expected")));
}
