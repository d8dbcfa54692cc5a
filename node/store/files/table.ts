import { ByteReader, CutShort } from "./byte-reader.ts";
import { crc32c, unmaskCrc } from "./crc32c.ts";
import type { OpenFile } from "./open-file.ts";

/**
 * A LevelDB table (doc/table_format.md): data blocks, a filter, an index of the blocks, a footer, without gaps.
 * LevelDB looks at checksums of blocks only when asked, which classic-level does not offer, and on a damaged one
 * it has aborted the process. So every byte is looked at here first: block by block its checksum, the blocks end
 * to end, the footer's padding zero. Our stores are not compressed: there is nothing to unpack wrongly.
 */
const FOOTER_BYTES = 48;
/** Type of compression and checksum behind each block. */
const TRAILER_BYTES = 5;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** Blocks are read in stretches of this size; one alone may be larger, as large as its record. */
const WINDOW_BYTES = 1 << 20;

interface Handle {
  readonly offset: number;
  readonly size: number;
}
/** What is wrong with a table and where. */
class TableDamage extends Error {}
class Compressed extends Error {}

export type TableVerdict =
  | { readonly kind: "sound" }
  /** A program before format 3 wrote it. */
  | { readonly kind: "compressed" }
  | { readonly kind: "damaged"; readonly what: string };

/** Reads the whole table. `sizeBytes` is what the MANIFEST says of it. */
export function checkTable(file: OpenFile, sizeBytes: number): TableVerdict {
  try {
    if (file.sizeBytes !== sizeBytes || sizeBytes < FOOTER_BYTES) throw new TableDamage(`it has ${file.sizeBytes} bytes where ${sizeBytes} were written`);
    const { metaindex, index } = readFooter(file, sizeBytes);
    const blocks = handlesOf(readBlock(file, index, "index"));
    const dataEnd = checkBlocks(file, blocks);
    checkRest(file, dataEnd, { metaindex, index }, sizeBytes);
    return { kind: "sound" };
  } catch (error) {
    if (error instanceof Compressed) return { kind: "compressed" };
    if (error instanceof TableDamage) return { kind: "damaged", what: error.message };
    if (error instanceof CutShort) return { kind: "damaged", what: "its index is not well-formed" };
    throw error;
  }
}

function readFooter(file: OpenFile, sizeBytes: number): { readonly metaindex: Handle; readonly index: Handle } {
  const footer = new Uint8Array(FOOTER_BYTES);
  file.read(footer, sizeBytes - FOOTER_BYTES);
  const magicAt = FOOTER_BYTES - MAGIC.length;
  if (!MAGIC.every((byte, i) => footer[magicAt + i] === byte)) throw new TableDamage("its footer has another mark");
  const reader = new ByteReader(footer, 0, magicAt);
  const metaindex = readHandle(reader);
  const index = readHandle(reader);
  while (!reader.atEnd()) if (reader.bytes(1)[0] !== 0) throw new TableDamage("its footer is not padded with zeros");
  if (index.offset + index.size + TRAILER_BYTES + FOOTER_BYTES !== sizeBytes) throw new TableDamage("its footer says that the index is elsewhere");
  return { metaindex, index };
}

/** Checks the data blocks, which lie end to end from the start of the file; where they end. */
function checkBlocks(file: OpenFile, blocks: readonly Handle[]): number {
  let next = 0;
  let buffer = new Uint8Array(WINDOW_BYTES);
  let window = { start: 0, end: 0 };
  for (const { offset, size } of blocks) {
    if (offset !== next) throw new TableDamage(`its index skips what lies at byte ${next}`);
    next = offset + size + TRAILER_BYTES;
    if (next > file.sizeBytes) throw new TableDamage(`its index goes beyond the end of the file`);
    if (next > window.end) {
      if (size + TRAILER_BYTES > buffer.length) buffer = new Uint8Array(size + TRAILER_BYTES);
      window = { start: offset, end: offset + file.read(buffer, offset) };
    }
    checkBlock(buffer.subarray(offset - window.start, next - window.start), `the block at byte ${offset}`);
  }
  return next;
}

/** Behind the data stand at most one filter, then the list of filters, then the index. */
function checkRest(file: OpenFile, dataEnd: number, { metaindex, index }: { readonly metaindex: Handle; readonly index: Handle }, sizeBytes: number): void {
  if (metaindex.offset + metaindex.size + TRAILER_BYTES !== index.offset || metaindex.offset < dataEnd || index.offset > sizeBytes) throw new TableDamage("its footer says that the filters are elsewhere");
  readBlock(file, metaindex, "list of filters");
  if (metaindex.offset > dataEnd) readBlock(file, { offset: dataEnd, size: metaindex.offset - dataEnd - TRAILER_BYTES }, "filter");
}

function readBlock(file: OpenFile, { offset, size }: Handle, name: string): Uint8Array {
  if (size < 0 || offset + size > file.sizeBytes) throw new TableDamage(`its ${name} lies outside of the file`);
  const block = new Uint8Array(size + TRAILER_BYTES);
  file.read(block, offset);
  checkBlock(block, `its ${name}`);
  return block.subarray(0, size);
}

/** A block with its trailer. */
function checkBlock(block: Uint8Array, name: string): void {
  const end = block.length - 4;
  if (crc32c(block, 0, end) !== unmaskCrc(new DataView(block.buffer, block.byteOffset).getUint32(end, true))) throw new TableDamage(`the checksum of ${name} does not fit`);
  if (block[end - 1] !== 0) throw new Compressed();
}

/** The values of an index block: entries of shared and own key length, value length, key, value; then restart points. */
function handlesOf(block: Uint8Array): Handle[] {
  if (block.length < 4) throw new CutShort("no restart points");
  const restarts = new DataView(block.buffer, block.byteOffset).getUint32(block.length - 4, true);
  const entriesEnd = block.length - 4 - 4 * restarts;
  if (entriesEnd < 0) throw new CutShort("too many restart points");
  const reader = new ByteReader(block, 0, entriesEnd);
  const handles: Handle[] = [];
  while (!reader.atEnd()) {
    reader.varint();
    const keyBytes = reader.varint();
    const valueBytes = reader.varint();
    reader.bytes(keyBytes);
    handles.push(readHandle(new ByteReader(reader.bytes(valueBytes))));
  }
  return handles;
}

function readHandle(reader: ByteReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}
