import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import type { EntryRecord } from "./records.ts";

/**
 * Who may do what with an entry. A mode holds three groups of nine bits, lowest first: owner, mask
 * (the most that named identities and groups may get), others. Seven bits of a group have a meaning;
 * the two above them are zero.
 */
export const RIGHT_BITS = { read: 1, write: 2, execute: 4, remove: 8, spend: 16, own: 32, vote: 64 } as const;
export type Right = keyof typeof RIGHT_BITS;

const GROUP_BITS = 9;
const ALL = 127;

export interface ModeGroups {
  readonly owner: number;
  readonly mask: number;
  readonly others: number;
}

export function packMode({ owner, mask, others }: ModeGroups): number {
  return owner | (mask << GROUP_BITS) | (others << (2 * GROUP_BITS));
}

export function unpackMode(mode: number): ModeGroups {
  const group = (index: number): number => (mode >> (index * GROUP_BITS)) & ALL;
  return { owner: group(0), mask: group(1), others: group(2) };
}

/** A new file: its owner everything but execute, everyone else read. */
export const FILE_MODE = packMode({ owner: ALL & ~RIGHT_BITS.execute, mask: RIGHT_BITS.read, others: RIGHT_BITS.read });
/** A new directory: execute is the right to pass through, as on Linux. */
export const DIRECTORY_MODE = packMode({
  owner: ALL,
  mask: RIGHT_BITS.read | RIGHT_BITS.execute,
  others: RIGHT_BITS.read | RIGHT_BITS.execute,
});

/** True if `actor` has the right. The root of a domain has no entry and belongs to the domain itself. */
export function hasRight(actor: Uint8Array, right: Right, on: { readonly domain: Uint8Array; readonly entry: EntryRecord | undefined }): boolean {
  const bit = RIGHT_BITS[right];
  const owner = on.entry?.owner ?? on.domain;
  const groups = unpackMode(on.entry?.mode ?? DIRECTORY_MODE);
  return ((equalBytes(actor, owner) ? groups.owner : groups.others) & bit) !== 0;
}

/** Faults: STATE_DENIED. `shown` is the path as the user knows it. */
export function requireRight(actor: Uint8Array, right: Right, on: { readonly domain: Uint8Array; readonly entry: EntryRecord | undefined }, shown: string): void {
  if (!hasRight(actor, right, on)) throw new FaultError<StateFault>({ code: "STATE_DENIED", path: shown, right });
}
