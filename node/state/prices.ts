/**
 * ERG for work that grows with what it touches, on top of a word's fixed price; charged before the work.
 * Part of the rules. Writing costs more than reading because every node keeps what was written.
 */
export const PRICES = {
  writeByte: 2,
  /** One ERG for so many bytes read, rounded up. */
  readBytesPerErg: 8,
  /** An entry listed, and an entry of a tree copied, moved or removed. */
  listEntry: 50,
  treeEntry: 1_000,
  /** A pending write that a root has to be computed for. */
  rootWrite: 500,
} as const;

export const readPrice = (sizeBytes: number): number => Math.ceil(sizeBytes / PRICES.readBytesPerErg);
export const writePrice = (sizeBytes: number): number => sizeBytes * PRICES.writeByte;
