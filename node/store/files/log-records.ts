import { crc32c, unmaskCrc } from "./crc32c.ts";
import type { OpenFile } from "./open-file.ts";

/**
 * LevelDB's log format (its doc/log_format.md), which its MANIFEST has too: blocks of 32 KiB, in them records of
 * checksum (4 bytes), length (2), type (1) and data. LevelDB itself drops a damaged stretch without an error, so
 * we look first. A record that the end of the file cuts short is no damage: the writer died. A flipped length
 * looks the same, and is told apart by the checksum, which then fits a shorter record.
 */
export interface LogRecord {
  /** Only valid until the next record is asked for. */
  readonly data: Uint8Array;
  readonly type: number;
}
export interface LogEnd {
  /** What is wrong and where; undefined for a sound log. */
  readonly damage: string | undefined;
  /** Length up to and with the last whole record. */
  readonly soundBytes: number;
}

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
/** Types: a whole record, or its first, middle and last piece. */
export const RECORD = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** The records of a log one by one, in one block of memory; returns how it ends. */
export function* logRecords(file: OpenFile): Generator<LogRecord, LogEnd> {
  const buffer = new Uint8Array(BLOCK_BYTES);
  let soundBytes = 0;
  for (let start = 0; ; start += BLOCK_BYTES) {
    const block = buffer.subarray(0, file.read(buffer, start));
    const isLast = block.length < BLOCK_BYTES;
    let at = 0;
    while (block.length - at >= HEADER_BYTES) {
      const place = `byte ${start + at}`;
      const end = at + HEADER_BYTES + lengthAt(block, at);
      const type = block[at + 6] as number;
      if (isZero(block, at)) return { damage: undefined, soundBytes }; // room that the file system gave and nobody wrote
      if (end > block.length) return { damage: isLast && !fitsShorter(block, at) ? undefined : `a record at ${place} has a wrong length`, soundBytes };
      if (crc32c(block, at + 6, end) !== storedCrc(block, at)) return { damage: `the checksum of the record at ${place} does not fit`, soundBytes };
      if (type < RECORD.full || type > RECORD.last) return { damage: `the record at ${place} is of no known type`, soundBytes };
      if (type === RECORD.full || type === RECORD.last) soundBytes = start + end;
      yield { data: block.subarray(at + HEADER_BYTES, end), type };
      at = end;
    }
    if (isLast) return { damage: undefined, soundBytes };
    if (!isZero(block, at)) return { damage: `the end of the block before byte ${start + BLOCK_BYTES} is not empty`, soundBytes };
  }
}

/** Reads a log to its end and keeps nothing of it. */
export function checkLog(file: OpenFile): LogEnd {
  const records = logRecords(file);
  for (;;) {
    const next = records.next();
    if (next.done === true) return next.value;
  }
}

function lengthAt(block: Uint8Array, at: number): number {
  return (block[at + 4] as number) | ((block[at + 5] as number) << 8);
}

function storedCrc(block: Uint8Array, at: number): number {
  return unmaskCrc(new DataView(block.buffer, block.byteOffset).getUint32(at, true));
}

/** Whether the record would be whole with a smaller length than it says. */
function fitsShorter(block: Uint8Array, at: number): boolean {
  const wanted = storedCrc(block, at);
  let crc = 0;
  for (let end = at + 6; end < block.length; end++) {
    crc = crc32c(block, end, end + 1, crc);
    if (crc === wanted) return true;
  }
  return false;
}

function isZero(block: Uint8Array, from: number): boolean {
  return block.subarray(from).every((byte) => byte === 0);
}
