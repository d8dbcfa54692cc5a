/**
 * Deterministic bounds of a machine: the same on every node, because a program that meets one faults
 * in a block. Sizes are chosen so that a machine's memory is reserved, not touched, until it is used.
 */
export const LIMITS = {
  /** Entries of the data stack. Far above what people write; a runaway recursion meets it at once. */
  dataStack: 4_096,
  /** Cells of the return stack: call depth, and four more cells for each call. */
  returnStack: 20_480,
  /** Calls in progress. Below what either tier's native stack could hold (8,800 frames measured). */
  callDepth: 4_096,
  /** Nested sources: EVALUATE, INCLUDED, blocks. */
  sources: 32,
  /** Open control structures of one definition. */
  controlStack: 256,
  /** Words of 4 bytes of compiled code. */
  codeWords: 1 << 20,
  /** Words of code of one definition: bounds the time the second tier needs to compile it. */
  definitionWords: 1 << 16,
  /** VALUEs, CONSTANTs and DEFERs. */
  slots: 1 << 15,
  /** Bytes of data space between HERE at the start and its end. */
  dataSpace: 16 << 20,
  /** Bytes for ALLOCATE and string literals. */
  farSpace: 16 << 20,
  /** Bytes beyond HERE that may be read and written before they are allotted. */
  dataSlack: 64 << 10,
  /** Bytes of one line of source. */
  lineBytes: 64 << 10,
  /** Bytes of one source given to `run`, of a file included. */
  sourceBytes: 4 << 20,
  /** Characters of a word's name. */
  nameLength: 255,
  /** User words. */
  words: 1 << 16,
  /** Wordlists a program may make, and entries of the search order. */
  wordlists: 256,
  searchOrder: 16,
  /** Locals of one definition. */
  locals: 64,
  /** Entries that a call of another program takes with it, and that it brings back. */
  callEntries: 32,
  /** Bytes held by boxed values before the machine collects, and at most. */
  boxedBytes: 32 << 20,
} as const;
