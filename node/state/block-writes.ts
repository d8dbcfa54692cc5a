import { assert } from "../../lang/base/assert.ts";
import type { KeyValueOperation } from "../ports.ts";
import { OperationLog, PackedReader } from "../store/packed-operations.ts";
import { isNodeKey, isStateKey, isStateNodeKey, nodeStateKey, stateNodeKey } from "./state-keys.ts";
import { imageDelta } from "./trie/image-delta.ts";
import type { NodeWrite } from "./trie/node-write.ts";
import { UndoLog } from "./undo-blocks.ts";
import { decodeVersioned, NEVER_WRITTEN, VERSIONED_HEAD, versionedSize, writeVersioned, writeVersionedHead, type VersionedRecord } from "./versioned-record.ts";
import type { StateReader, StateWrite } from "./versioned.ts";

/**
 * What a block writes to the state, in the form of the store's batch while it is worked out: the new records, and what
 * they replace for the reverse diff. A full block writes eighty thousand; nothing of them is kept as an object.
 */
export class BlockWrites {
  readonly #reader: Pick<StateReader, "record">;
  readonly #height: bigint;
  readonly #log: OperationLog;
  readonly #undo = new UndoLog();
  readonly #removedKeys: Uint8Array[] = [];

  /** `reader` reads the state as it was before the block at `height`; at 0 there was nothing. `sizeBytes` as far as it is known. */
  constructor(reader: Pick<StateReader, "record">, height: bigint, sizeBytes = 0) {
    this.#reader = reader;
    this.#height = height;
    this.#log = new OperationLog(sizeBytes);
  }

  /** Each key once. What it held before is read where it is not given. */
  write(key: Uint8Array, value: Uint8Array | undefined, known?: VersionedRecord): void {
    const height = this.#height;
    const before = height === 0n ? NEVER_WRITTEN : (known ?? this.#reader.record(key, height - 1n));
    assert(before.height < height || height === 0n, "heights of writes only rise");
    if (value === undefined && before.value === undefined) return;
    if (value === undefined) this.#removedKeys.push(key);
    this.#undo.add(key, before, before.value === undefined || value === undefined || !isNodeKey(key) ? undefined : imageDelta(before.value, value));
    const at = this.#log.reserve(key, versionedSize(value));
    writeVersioned(this.#log.memory, at, height, value);
  }

  /** As `write`, of a node of the state trie. */
  node(write: NodeWrite): void {
    const { bytes, from, to, before, beforeHeight } = write;
    if (before === "unknown" || this.#height === 0n) {
      this.write(nodeStateKey(STATE_TRIE, write.path.subarray(0, write.depth)), write.isGone ? undefined : bytes.subarray(from, to));
      return;
    }
    assert(BigInt(beforeHeight) < this.#height, "heights of writes only rise");
    const key = stateNodeKey(write.path, write.depth);
    this.#undo.addNode(key, write);
    const at = this.#log.reserve(key, VERSIONED_HEAD + to - from);
    const { memory } = this.#log;
    writeVersionedHead(memory, at, this.#height);
    memory.set(bytes.subarray(from, to), at + VERSIONED_HEAD);
  }

  /** Something that has no versions: content of files, other families of keys. */
  add(operations: readonly KeyValueOperation[]): void {
    this.#log.addAll(operations);
  }

  /** All operations, packed. Nothing may be written any more. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#undo.finish(this.#height, this.#removedKeys, this.#log);
    return this.#log.finish();
  }
}

const STATE_TRIE = new Uint8Array(0);

/** The writes in packed operations that `StateReader.advance` must know of. */
export function* writesIn(operations: Uint8Array): Generator<StateWrite> {
  const packed = new PackedReader(operations);
  for (let at = 0; at < packed.size; at = packed.after(at)) {
    const key = packed.key(at);
    if (!isStateKey(key) || isStateNodeKey(key)) continue;
    const record = packed.value(at);
    yield { key, value: record === undefined ? undefined : decodeVersioned(record).value };
  }
}
