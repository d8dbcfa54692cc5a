import { LIMITS } from "../limits.ts";

/**
 * Where everything lies in a machine's one linear memory. Both tiers use these addresses. What a
 * program may reach by address begins at `USER`: system variables, buffers and the lines being read,
 * then data space; far space (ALLOCATE, string literals) lies apart. All else is out of its reach.
 *
 *   0        nothing: address 0 is never valid
 *   DATA_*   the data stack: cells, a tag byte beside each, an origin beside each
 *   RETURN_* the return stack: cells and tags
 *   SLOT_*   VALUEs, CONSTANTs, DEFERs: cells and tags
 *   TIER     what compiled code and the tier that runs it tell each other
 *   CODE     instructions, 32 bits each
 *   USER     [system variables | PAD | WORD | hold | transient strings | blocks | source lines | data space]
 *   FAR      [blocks of ALLOCATE and string literals]
 */
const align = (address: number): number => (address + 63) & ~63;

/** Entries beyond a stack's limit that a word may touch before the next check. */
export const GUARD = 16;

export const DATA_CELLS = 1_024;
export const DATA_TAGS = align(DATA_CELLS + (LIMITS.dataStack + GUARD) * 8);
export const DATA_ORIGINS = align(DATA_TAGS + LIMITS.dataStack + GUARD);
export const RETURN_CELLS = align(DATA_ORIGINS + (LIMITS.dataStack + GUARD) * 4);
export const RETURN_TAGS = align(RETURN_CELLS + (LIMITS.returnStack + GUARD) * 8);
export const SLOT_CELLS = align(RETURN_TAGS + LIMITS.returnStack + GUARD);
export const SLOT_TAGS = align(SLOT_CELLS + LIMITS.slots * 8);
/** Registers and records of the second tier: see wasm/registers.ts. */
export const TIER = align(SLOT_TAGS + LIMITS.slots);
export const TIER_SIZE = 544 << 10;
export const CODE = TIER + TIER_SIZE;

/** First address a program may use. On a page boundary, so that a user's address is readable. */
export const USER = (CODE + LIMITS.codeWords * 4 + 0xffff) & ~0xffff;

/** System variables, one cell each. */
export const BASE = USER;
export const STATE = USER + 8;
export const TO_IN = USER + 16;
export const BLK = USER + 24;
export const SCR = USER + 32;

export const PAD = USER + 256;
export const PAD_SIZE = 1_024;
/** WORD's counted string, and its length in bytes. */
export const WORD_BUFFER = PAD + PAD_SIZE;
export const WORD_SIZE = 512;
/** Pictured numeric output grows down from the end. Room for 128 bits in base 2 and more. */
export const HOLD_BUFFER = WORD_BUFFER + WORD_SIZE;
export const HOLD_SIZE = 512;
export const HOLD_END = HOLD_BUFFER + HOLD_SIZE;
/** Strings of S" while interpreting, one after another in a ring. */
export const TRANSIENT = HOLD_END;
export const TRANSIENT_SIZE = 16 << 10;
/** Blocks in memory: for each buffer its block and its state, a cell each, then a clock; then the buffers. See blocks.ts. */
export const BLOCK_BUFFER_COUNT = 4;
export const BLOCK_SIZE = 1_024;
export const BLOCK_TABLE = TRANSIENT + TRANSIENT_SIZE;
export const BLOCK_BUFFERS = align(BLOCK_TABLE + BLOCK_BUFFER_COUNT * 16 + 8);
/** Lines being read, the innermost last. */
export const SOURCE_LINES = BLOCK_BUFFERS + BLOCK_BUFFER_COUNT * BLOCK_SIZE;
export const SOURCE_LINES_SIZE = 4 * LIMITS.lineBytes;
/** Data space: HERE starts here. */
export const DATA_SPACE = align(SOURCE_LINES + SOURCE_LINES_SIZE);
export const DATA_SPACE_END = DATA_SPACE + LIMITS.dataSpace;

export const FAR = (DATA_SPACE_END + 0xffff) & ~0xffff;
export const FAR_END = FAR + LIMITS.farSpace;

/** 64 KiB pages of the whole. Reserved at once, touched when used. */
export const MEMORY_PAGES = FAR_END >>> 16;

/** Tags of the return stack beyond those of values: what the machine itself put there. */
export const FRAME = {
  call: 16, // where to go on after EXIT
  loop: 17, // limit below, index above
  locals: 18, // the caller's locals pointer; locals follow
  handler: 19, // CATCH: see interpreter.ts
  source: 20, // EVALUATE and the like: where to go on when the source is used up
  traverse: 21, // TRAVERSE-WORDLIST: see traverse.ts
} as const;
