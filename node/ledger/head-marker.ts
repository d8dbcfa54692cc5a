import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";

/**
 * The newest acknowledged block, in a small file beside the store. LevelDB opens without an error when a
 * byte in its log was flipped, and a stretch of records is silently missing (measured: 25 of 25). The
 * marker is written after each synced batch and before anybody is told, so a store that does not hold
 * the block it names has lost something, and the node says so instead of going on from an older head.
 */
export interface HeadMark extends BlockPlace {
  /** Up to this block of the main chain everything was checked or made by this node: a start checks what follows. */
  readonly checked: BlockPlace;
}
export interface BlockPlace {
  readonly height: bigint;
  readonly blockId: Uint8Array;
}

/** A file that is replaced whole: after `write` resolved, a crash leaves the new bytes, before it one of both. */
export interface SmallFile {
  read(): Uint8Array | undefined;
  write(bytes: Uint8Array): Promise<void>;
}

const TAG = utf8("gridshell-head-v2\n");

/** The whole of the marker's file. */
export function encodeHeadMark(mark: HeadMark): Uint8Array {
  const fields = encodeRlp([numberItem(mark.height), mark.blockId, numberItem(mark.checked.height), mark.checked.blockId]);
  return concatBytes(TAG, sha256(TAG, fields), fields);
}

/** Undefined when a single bit of it is not as it was written. */
export function decodeHeadMark(bytes: Uint8Array): HeadMark | undefined {
  const fields = bytes.subarray(TAG.length + 32);
  if (!equalBytes(bytes.subarray(0, TAG.length), TAG)) return undefined;
  if (!equalBytes(bytes.subarray(TAG.length, TAG.length + 32), sha256(TAG, fields))) return undefined;
  try {
    const [height, blockId, checkedHeight, checkedId] = listField(decodeRlp(fields, 8), "head", 4);
    const checked = { height: numberField(checkedHeight, "checkpoint", 48), blockId: bytesField(checkedId, "checkpoint", [32]) };
    return { height: numberField(height, "height", 48), blockId: bytesField(blockId, "block", [32]), checked };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return undefined;
  }
}

/** The real file at `path`: written beside, synced, renamed over, and the folder synced. Faults of writing: STORE_DISK_FULL. */
export function smallFile(path: string): SmallFile {
  return {
    read() {
      try {
        return new Uint8Array(readFileSync(path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(bytes) {
      const draft = `${path}.new`;
      try {
        withFile(draft, "w", (file) => writeSync(file, bytes));
        renameSync(draft, path);
        withFile(dirname(path), "r", () => undefined);
      } catch (error) {
        throw isFull(error) ? new FaultError<StoreFault>({ code: "STORE_DISK_FULL", folder: dirname(path) }) : error;
      }
    },
  };
}

function isFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOSPC" || code === "EDQUOT";
}

function withFile(path: string, mode: string, use: (file: number) => void): void {
  const file = openSync(path, mode);
  try {
    use(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
