/**
 * CRC-32C (Castagnoli), the checksum in LevelDB's own files. Eight tables at a time give a gigabyte a second
 * here, as much as hash-wasm 4.13 on blocks of 4 KB; Node's zlib.crc32 has the other polynomial.
 */
const POLYNOMIAL = 0x82f63b78;
const TABLES = makeTables();

/** Of `bytes` from `from` up to `to`; `before` continues the checksum of what came before. An unsigned number. */
export function crc32c(bytes: Uint8Array, from: number, to: number, before = 0): number {
  let crc = ~before;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    crc ^= byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    crc = table(7, crc & 255) ^ table(6, (crc >>> 8) & 255) ^ table(5, (crc >>> 16) & 255) ^ table(4, crc >>> 24)
      ^ table(3, byte(bytes, at + 4)) ^ table(2, byte(bytes, at + 5)) ^ table(1, byte(bytes, at + 6)) ^ table(0, byte(bytes, at + 7));
  }
  for (; at < to; at++) crc = table(0, (crc ^ byte(bytes, at)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** LevelDB stores checksums rotated and shifted, because a checksum over checksums is weak (its util/crc32c.h). */
export function unmaskCrc(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[i] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const crc = tables[i - 256] as number;
    tables[i] = (tables[crc & 255] as number) ^ (crc >>> 8);
  }
  return tables;
}

function table(which: number, index: number): number {
  return TABLES[which * 256 + index] as number;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
