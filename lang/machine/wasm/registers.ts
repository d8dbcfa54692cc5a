import { SLOT_CELLS, SLOT_TAGS, TIER } from "../layout.ts";

/**
 * What the tier and compiled code tell each other, at fixed addresses below anything a program can reach.
 *
 *   SCRATCH_ERG   32 bits: ERG left when compiled code left
 *   SCRATCH_SPAN  32 bits: greatest offset from USER at which 8 bytes may be used
 *   SCRATCH_FAR   32 bits: bytes of far space in use
 *   SCRATCH_HERE  32 bits: HERE, which compiled code moves within its page
 *   SCRATCH_END   32 bits: address behind the last record
 *   RECORDS       records of leaving, the innermost function first: cells, then the site's number in a cell
 *
 * `room` bounds nesting. It is counted in units such that a function may be entered only while calls, entries
 * of both stacks, the native stack and the records all stay within their limits: at most 65,536 units, 8 bytes
 * of native stack and 8 bytes of records for each.
 */
export const SCRATCH_ERG = TIER;
export const SCRATCH_SPAN = TIER + 4;
export const SCRATCH_FAR = TIER + 8;
export const SCRATCH_END = TIER + 12;
export const SCRATCH_HERE = TIER + 16;
export const RECORDS = TIER + 64;

/** Units of room that an entry of the data stack, of the return stack, and a call take. */
export const UNITS = { call: 16, data: 16, returns: 4, frame: 14, most: 65_536 } as const;

export function slotCellAt(slot: number): number {
  return SLOT_CELLS + slot * 8;
}

export function slotTagAt(slot: number): number {
  return SLOT_TAGS + slot;
}
