/** Parts of RLP that nodes are written with, in place and without arrays between. Source: Ethereum Yellow Paper, appendix B. */
export const EMPTY_ITEM = 0x80;
/** The head of 32 bytes. */
export const HASH_ITEM = 0x80 + 32;

/** Bytes of the head before `size` bytes of content, which is below 16 MiB. */
export const headSize = (size: number): number => (size < 56 ? 1 : size < 0x100 ? 2 : size < 0x1_0000 ? 3 : 4);

/** Writes a head, `base` 0x80 for bytes and 0xc0 for a list; where the content begins. */
export function writeHead(out: Uint8Array, at: number, base: number, size: number): number {
  const width = headSize(size) - 1;
  out[at] = width === 0 ? base + size : base + 55 + width;
  for (let i = width; i > 0; i--) out[at + i] = (size >>> (8 * (width - i))) & 0xff;
  return at + 1 + width;
}
