import { resolve } from "node:path";
import { ClassicLevel } from "classic-level";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { BatchPart, Disk } from "../ports.ts";
import { checkedDisk } from "./checked-disk.ts";
import { LevelBatches, type BareBatch } from "./level-batch.ts";
import { settleSchema } from "./schema.ts";

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * A full block writes 13 to 33 MB. LevelDB merges a table as soon as some thousand reads have passed it on their way to
 * older ones, which takes a block's time; so each time that the buffer is written out, all of the state is merged with
 * it. With 32 MB that takes 45 µs of a transfer's time (a million domains, 20 blocks, four reads each), with 64 MB 40,
 * with 128 MB 24, with 192 MB 22. A start reads back what was not written out: 0.9 s for 128 MB.
 */
const SIZES = { writeBufferSize: 128 << 20, maxFileSize: 16 << 20 };

/** A tenth of a second at the next start. */
const MOST_READ_BACK = 16 << 20;
/** No key begins with it, so that compacting it writes the buffer out and merges nothing. */
const AFTER_ALL = Uint8Array.of(0xff, 0xff);

/**
 * Opens the LevelDB store in `folder`, making it unless `create` is false. Several workers of one
 * process may open one folder at the same time; another process is refused. Whoever opens first in a
 * process uses `openStore`, which looks for damage before LevelDB does.
 * Faults: STORE_LOCKED, STORE_NEWER, STORE_OLDER, STORE_UNREADABLE, STORE_DAMAGED, STORE_DISK_FULL.
 */
export async function openDisk(folder: string, options: { readonly create?: boolean } = {}): Promise<Disk> {
  // LevelDB knows a store that another worker opened by the text of its path, so every worker must say the same.
  const location = resolve(folder);
  const level: Level = new ClassicLevel(location, { keyEncoding: "view", valueEncoding: "view" });
  try {
    await level.open({ createIfMissing: options.create ?? true, multithreading: true, compression: false, ...SIZES });
  } catch (error) {
    throw storeFault(error, folder);
  }
  const disk = new LevelDisk(level, folder);
  try {
    await settleSchema(disk, folder);
  } catch (error) {
    await disk.close();
    throw error;
  }
  return checkedDisk(disk, folder);
}

class LevelDisk implements Disk {
  readonly #level: Level;
  readonly #batches: LevelBatches;
  readonly #folder: string;
  /** Of the batch that was handed in last: it is put together. */
  #filled: Promise<unknown> = Promise.resolve();
  /** Since it was opened. */
  #writtenBytes = 0;

  constructor(level: Level, folder: string) {
    this.#level = level;
    this.#batches = new LevelBatches(level);
    this.#folder = folder;
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    try {
      const value = this.#level.getSync(key);
      return value === undefined ? undefined : plain(value);
    } catch (error) {
      throw storeFault(error, this.#folder);
    }
  }

  /** Put together one after another, so that they are written in the order of asking. */
  async batch(parts: readonly BatchPart[], options: { readonly sync: boolean }): Promise<void> {
    try {
      const filling: Promise<BareBatch> = this.#filled.then(() => this.#batches.fill(parts));
      this.#filled = filling.catch(() => undefined);
      const batch = await filling;
      await batch._write(options);
      this.#writtenBytes += sizeOf(parts);
      this.#batches.giveBack(batch);
    } catch (error) {
      throw storeFault(error, this.#folder);
    }
  }

  async *entries(range: { readonly start: Uint8Array; readonly end: Uint8Array; readonly limit?: number; readonly reverse?: boolean }): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const { start, end, limit = -1, reverse = false } = range;
    try {
      for await (const [key, value] of this.#level.iterator({ gte: start, lt: end, limit, reverse })) yield [plain(key), plain(value)];
    } catch (error) {
      throw storeFault(error, this.#folder);
    }
  }

  /**
   * What is put together by then is written: LevelDB waits for it. Its buffer is written out first if there is much in
   * it, or the next start would do that, after reading it all back.
   */
  async close(): Promise<void> {
    await this.#filled;
    // Where it can't be, the log has it all the same.
    if (this.#writtenBytes > MOST_READ_BACK) await this.#level.compactRange(AFTER_ALL, AFTER_ALL).catch(() => undefined);
    await this.#level.close();
  }
}

function sizeOf(parts: readonly BatchPart[]): number {
  return parts.reduce((sum, part) => sum + (part.type === "packed" ? part.bytes.length : part.type === "put" ? part.value.length : 0), 0);
}

/** LevelDB gives Buffers, whose slice shares memory and which equal no Uint8Array deeply. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Names the cause that LevelDB reports in words; whatever is no fault of the store goes on as it is. */
function storeFault(error: unknown, folder: string): unknown {
  if (isFaultError(error) || !(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const levelCode = codeOf(cause) ?? codeOf(error);
  return levelCode === undefined ? error : new FaultError<StoreFault>(faultFor(levelCode, cause.message, folder));
}

/** Synchronous reads report input and output errors without a code (classic-level 3.0, binding.cc). */
function codeOf(error: Error): string | undefined {
  if (error.message.startsWith("IO error")) return "LEVEL_IO_ERROR";
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function faultFor(levelCode: string, message: string, folder: string): StoreFault {
  if (/no space left|disk quota/i.test(message)) return { code: "STORE_DISK_FULL", folder };
  if (levelCode === "LEVEL_LOCKED" || /^IO error: lock/i.test(message)) return { code: "STORE_LOCKED", folder };
  if (levelCode === "LEVEL_CORRUPTION") return { code: "STORE_DAMAGED", folder, what: message };
  return { code: "STORE_UNREADABLE", folder, reason: message };
}
