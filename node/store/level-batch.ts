import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClassicLevel } from "classic-level";
import type { BatchPart, PackedOperations } from "../ports.ts";
import { CHECK_BYTES, operationAt, PackedReader } from "./packed-operations.ts";

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * Puts batches together for LevelDB. A full block is a hundred thousand operations, so what each of them costs counts:
 * the binding copies key and value out of the views that it is given, and making a view takes as long as the copy. So
 * each operation is copied to the same place first, where a view of its size is at hand.
 *
 * The binding's own batch is filled again and again: it gives its memory, tens of megabytes, back only when the
 * collector finds it, and fresh memory costs more than filling it.
 */
export class LevelBatches {
  readonly #level: Level;
  readonly #free: BareBatch[] = [];
  readonly #desk = new Desk();

  constructor(level: Level) {
    this.#level = level;
  }

  /** Puts `parts` together, large ones in pieces between which the main loop turns. One call at a time. */
  async fill(parts: readonly BatchPart[]): Promise<BareBatch> {
    // A new one is refused when the store is closed. An old one looks at nothing, and writing it would end the process.
    const batch = (this.#level.status === "open" ? this.#free.pop() : undefined) ?? (this.#level.batch() as unknown as BareBatch);
    for (const part of parts) {
      if (part.type === "packed") await this.#putPacked(part, batch);
      else if (part.type === "put") batch._put(part.key, part.value);
      else batch._del(part.key);
    }
    return batch;
  }

  /** What is written may be filled again. */
  giveBack(batch: BareBatch): void {
    batch._clear();
    this.#free.push(batch);
  }

  /** Whoever handed a large batch in goes on first: what it has to do next may be what a worker waits for. */
  async #putPacked({ bytes, checksum }: PackedOperations, batch: BareBatch): Promise<void> {
    const packed = new PackedReader(bytes);
    for (let at = 0, pieceEnd = packed.size > PIECE_BYTES ? 0 : packed.size; at < packed.size; at = packed.after(at)) {
      if (at >= pieceEnd) {
        await nextTurn();
        pieceEnd = at + PIECE_BYTES;
      }
      this.#desk.put(packed, at, checksum, batch);
    }
  }
}

/**
 * What abstract-level asks of the batches of a store (its README, "Private API For Implementors"). The public methods
 * around them look for options with each operation, which takes longer than the operation.
 */
export interface BareBatch {
  _put(key: Uint8Array, value: Uint8Array): void;
  _del(key: Uint8Array): void;
  _clear(): void;
  _write(options: { readonly sync: boolean }): Promise<void>;
}

/** Some two milliseconds. */
const PIECE_BYTES = 512 << 10;
/** Larger records are few, so that views of their own cost little. */
const MOST_DESK_BYTES = 2_048;

/** Room for one key and one record, with a view of every size that was asked for. */
class Desk {
  readonly #key = Buffer.alloc(MOST_DESK_BYTES);
  readonly #record = Buffer.alloc(CHECK_BYTES + MOST_DESK_BYTES);
  readonly #keys: Uint8Array[] = [];
  readonly #values: Uint8Array[] = [];
  readonly #records: Uint8Array[] = [];

  put(packed: PackedReader, at: number, checksum: PackedOperations["checksum"], batch: BareBatch): void {
    const [keySize, valueSize] = [packed.keySize(at), packed.valueSize(at)];
    if (keySize > MOST_DESK_BYTES || (valueSize ?? 0) > MOST_DESK_BYTES) return putWhereItLies(packed, at, checksum, batch);
    packed.copyKey(at, this.#key);
    const key = (this.#keys[keySize] ??= this.#key.subarray(0, keySize));
    if (valueSize === undefined) return batch._del(key);
    packed.copyValue(at, this.#record, CHECK_BYTES);
    const value = (this.#values[valueSize] ??= this.#record.subarray(CHECK_BYTES, CHECK_BYTES + valueSize));
    if (checksum === undefined) return batch._put(key, value);
    this.#record.writeUInt32BE(checksum(key, value));
    batch._put(key, (this.#records[valueSize] ??= this.#record.subarray(0, CHECK_BYTES + valueSize)));
  }
}

function putWhereItLies(packed: PackedReader, at: number, checksum: PackedOperations["checksum"], batch: BareBatch): void {
  const operation = operationAt(packed, at, checksum);
  if (operation.type === "put") batch._put(operation.key, operation.value);
  else batch._del(operation.key);
}
