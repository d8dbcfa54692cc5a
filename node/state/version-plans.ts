import { assert } from "../../lang/base/assert.ts";
import { bigEndian, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { unpackOperations } from "../store/packed-operations.ts";
import { BlockWrites } from "./block-writes.ts";
import { STATE_FLOOR_KEY } from "./state-keys.ts";
import { allUndo, planDropUndo, readUndoHead, undone } from "./undo-blocks.ts";
import { stateFloor, type StateReader, type StateWrite } from "./versioned.ts";
import { decodeVersioned, encodeVersioned, type VersionedRecord } from "./versioned-record.ts";

/**
 * Plans are lists of operations for one atomic batch: what to write for a block, for taking blocks
 * back, and for forgetting how state was. Nothing here writes by itself.
 */

/**
 * The operations by which the block at `height` changes state, which `reader` reads as it was before;
 * at 0 there was nothing. `writes` name each key once; each height is written once.
 */
export function planWrites(reader: Pick<StateReader, "record">, height: bigint, writes: readonly StateWrite[]): KeyValueOperation[] {
  const out = new BlockWrites(reader, height);
  for (const { key, value, before } of writes) out.write(key, value, before);
  return unpackOperations(out.finish());
}

/**
 * The operations that take state from `tip` back to how it was after `target`. Readers must `forget`
 * once the batch is written. `target` must not lie below the kept history. Faults: STORE_DAMAGED, naming `folder`.
 */
export function planRevert(disk: Disk, { tip, target }: { readonly tip: bigint; readonly target: bigint }, folder: string): KeyValueOperation[] {
  assert(target >= stateFloor(disk), "history is kept longer than a reorganisation reaches");
  const operations: KeyValueOperation[] = [];
  /** What stands after the blocks taken back so far; a block's entry may say only how that was different before. */
  const restored = new Map<string, Restored>();
  for (let height = tip; height > target; height--) {
    const head = readUndoHead(disk, height);
    const entries = head === undefined ? undefined : allUndo(disk, height, head);
    if (head === undefined || entries === undefined) throw damagedDiff(height, folder);
    for (const { key, record } of entries) {
      const text = toHex(key);
      const before = undone(record, () => (restored.get(text)?.record ?? newestOf(disk, key))?.value);
      if (before === undefined) throw damagedDiff(height, folder);
      restored.set(text, { key, record: before });
    }
    operations.push(...planDropUndo(height, head));
  }
  for (const one of restored.values()) operations.push(restore(one));
  return operations;
}

interface Restored {
  readonly key: Uint8Array;
  readonly record: VersionedRecord;
}

function newestOf(disk: Disk, key: Uint8Array): VersionedRecord | undefined {
  const bytes = disk.getSync(key);
  return bytes === undefined ? undefined : decodeVersioned(bytes);
}

function damagedDiff(height: bigint, folder: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what: `reverse diff of block ${height}` });
}

/**
 * The operations that forget how state was before `height`, which becomes the lowest that can be read.
 * In a batch with a block's writes they come first: a key that is dropped for good here may be written
 * anew there. Work grows with the blocks since the last cut, and with what they took out.
 */
export function planPrune(disk: Disk, height: bigint): KeyValueOperation[] {
  const operations: KeyValueOperation[] = [];
  for (let old = stateFloor(disk); old <= height; old++) {
    const head = readUndoHead(disk, old);
    if (head === undefined) continue;
    for (const key of head.removedKeys) {
      const stored = disk.getSync(key);
      const current = stored === undefined ? undefined : decodeVersioned(stored);
      if (current !== undefined && current.value === undefined && current.height <= height) operations.push({ type: "del", key });
    }
    operations.push(...planDropUndo(old, head));
  }
  operations.push(planFloor(height));
  return operations;
}

/** Says that state can be read from `height` on. */
export function planFloor(height: bigint): KeyValueOperation {
  return { type: "put", key: STATE_FLOOR_KEY, value: bigEndian(height, 8) };
}

function restore({ key, record }: Restored): KeyValueOperation {
  if (record.height === 0n && record.value === undefined) return { type: "del", key };
  return { type: "put", key, value: encodeVersioned(record) };
}
