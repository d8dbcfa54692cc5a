/**
 * ERG for work that grows with what it touches, on top of a word's fixed price; charged before the work.
 * Part of the rules. Writing costs more than reading because every node keeps what was written.
 */
export const PRICES = {
  writeByte: 2,
  /** One ERG for so many bytes read, rounded up. */
  readBytesPerErg: 8,
  /** A directory on the way of a path, whose rights are looked at. */
  passDirectory: 20,
  /** An entry listed, and an entry of a tree copied, moved or removed. */
  listEntry: 50,
  treeEntry: 1_000,
  /** One ERG for so many steps of comparing text with a pattern, or lines with lines. */
  patternStepsPerErg: 8,
  diffStepsPerErg: 8,
  /** A program called: a machine of its own, and its memory wiped afterwards, some 0.4 ms. */
  callProgram: 40_000,
  /** A byte that a program tells: it lies in the receipts of every node. */
  eventByte: 16,
  /** One version of the state looked at on the way back to a perspective. */
  olderState: 100,
  /** A pending write that a root has to be computed for. */
  rootWrite: 500,
} as const;

/** What a nick uses of the coins that its domain burnt: 1 coin. Little for one name, and more than anybody has for all of them. */
export const NICK_UNITS = 10n ** 18n;

export const readPrice = (sizeBytes: number): number => Math.ceil(sizeBytes / PRICES.readBytesPerErg);
export const writePrice = (sizeBytes: number): number => sizeBytes * PRICES.writeByte;
/**
 * Replacing content of which `paidBytes` were paid for in the same realm: the difference, and for hashing
 * what is written as much as reading it costs.
 */
export const rewritePrice = (sizeBytes: number, paidBytes: number): number =>
  paidBytes === 0 ? writePrice(sizeBytes) : Math.max(writePrice(sizeBytes - paidBytes), 0) + readPrice(sizeBytes);

/**
 * What storing an entry's content and attributes costs, once, when it is written: what `stat` shows and
 * what the word that writes it charges beside its fixed price. Nothing is returned when an entry is
 * removed: old versions stay with every node for as long as history is kept, and a refund would pay for
 * churn.
 */
export function storagePrice(entry: { readonly sizeBytes: number; readonly acl: Uint8Array; readonly meta: Uint8Array }): number {
  return writePrice(entry.sizeBytes + entry.acl.length + entry.meta.length);
}
