import { equalBytes } from "../../lang/base/bytes.ts";
import { aclOf, encodeAcl, FOR_EVER, type AclEntry, type Subject } from "./acl.ts";
import type { EntryRecord } from "./records.ts";

/**
 * Who may do what with an entry. A mode holds three groups of nine bits, lowest first: owner, mask
 * (the most that named identities and groups may get), others. Seven bits of a group have a meaning;
 * the two above them are zero.
 */
export const RIGHT_BITS = { read: 1, write: 2, execute: 4, remove: 8, spend: 16, own: 32, vote: 64 } as const;
/** The seven rights, as faults name them. */
export type Right = keyof typeof RIGHT_BITS;

const ALL_RIGHTS = 127;
const GROUP_BITS = 9;

/** Rights of the owner, the most for identities on the list, and everybody else's. */
export interface ModeGroups {
  readonly owner: number;
  readonly mask: number;
  readonly others: number;
}

/** Three groups of nine bits, of which seven are used; the owner's are the lowest. */
export function packMode({ owner, mask, others }: ModeGroups): number {
  return owner | (mask << GROUP_BITS) | (others << (2 * GROUP_BITS));
}

/** What `packMode` packed. */
export function unpackMode(mode: number): ModeGroups {
  const group = (index: number): number => (mode >> (index * GROUP_BITS)) & ALL_RIGHTS;
  return { owner: group(0), mask: group(1), others: group(2) };
}

const PASS = RIGHT_BITS.read | RIGHT_BITS.execute;
const FILE_GROUPS: ModeGroups = { owner: ALL_RIGHTS & ~RIGHT_BITS.execute, mask: RIGHT_BITS.read, others: RIGHT_BITS.read };
const DIRECTORY_GROUPS: ModeGroups = { owner: ALL_RIGHTS, mask: PASS, others: PASS };

/** A new file: its owner everything but execute, everyone else read. */
export const FILE_MODE = packMode(FILE_GROUPS);
/** A new directory: execute is the right to pass through, as on Linux. */
export const DIRECTORY_MODE = packMode(DIRECTORY_GROUPS);

export function plainMode(kind: EntryRecord["kind"]): number {
  return kind === "file" ? FILE_MODE : DIRECTORY_MODE;
}

/**
 * Rights of a new entry in `parent` (undefined for the root of a domain). Default entries take the
 * place of the plain ones and, as on Linux, no file is executable by being made; directories pass them on.
 */
export function bornWith(kind: EntryRecord["kind"], parent: EntryRecord | undefined): Pick<EntryRecord, "mode" | "acl"> {
  const defaults = parent === undefined ? undefined : aclOf(parent).defaults;
  if (defaults === undefined) return { mode: plainMode(kind), acl: new Uint8Array(0) };
  const most = kind === "file" ? ALL_RIGHTS & ~RIGHT_BITS.execute : ALL_RIGHTS;
  const mode = packMode({ owner: defaults.owner & most, mask: defaults.mask & most, others: defaults.others & most });
  return { mode, acl: encodeAcl({ named: defaults.named, ...(kind === "directory" ? { defaults } : {}) }) };
}

/** What deciding needs to know of the world beyond the entry. */
export interface AccessView {
  /** Whether the actor is a member of the group `name` of `domain`. */
  isMember(group: Extract<Subject, { readonly kind: "group" }>): boolean;
  /** Height of the block that executes, or of the base. Asked only for entries frozen until a height. */
  height(): bigint;
}

/** An entry and where it stands; no entry means the root of `domain`, which belongs to the domain itself. */
export interface Guarded {
  readonly domain: Uint8Array;
  readonly entry: EntryRecord | undefined;
}

/**
 * All that `actor` may do, as bits. The order is Linux's: the owner; else the entry that names the
 * actor; else all groups that hold it together; else others. Named ones are cut to the mask.
 */
export function rightsFor(actor: Uint8Array, { domain, entry }: Guarded, view: AccessView): number {
  const given = unfrozenRights(actor, { domain, entry }, view);
  return isFrozen(entry, view) ? given & ~(RIGHT_BITS.write | RIGHT_BITS.remove) : given;
}

function unfrozenRights(actor: Uint8Array, { domain, entry }: Guarded, view: AccessView): number {
  const groups = unpackMode(entry?.mode ?? DIRECTORY_MODE);
  // As on Linux, an owner can always give back what was taken from the owner. What must stay is frozen.
  if (equalBytes(actor, entry?.owner ?? domain)) return groups.owner | RIGHT_BITS.own;
  if (entry === undefined) return groups.others;
  const { named } = aclOf(entry);
  const own = named.find(({ subject }) => subject.kind === "user" && equalBytes(subject.domain, actor));
  if (own !== undefined) return own.rights & groups.mask;
  const held = named.filter(({ subject }) => subject.kind === "group" && view.isMember(subject));
  return held.length === 0 ? groups.others : union(held) & groups.mask;
}

/** Rights to execute taken from everybody, as when the code or its owner is another than who gave them knew. */
export function withoutExecute(mode: number): number {
  const { owner, mask, others } = unpackMode(mode);
  return packMode({ owner: owner & ~RIGHT_BITS.execute, mask: mask & ~RIGHT_BITS.execute, others: others & ~RIGHT_BITS.execute });
}

/** Rights of several entries together: what the mask must hold to take nothing from them. */
export function union(entries: readonly AclEntry[]): number {
  return entries.reduce((rights, entry) => rights | entry.rights, 0);
}

/** Frozen: nobody writes or removes the entry, not even its owner, and nobody can undo it. */
export function isFrozen(entry: EntryRecord | undefined, view: Pick<AccessView, "height">): boolean {
  const until = entry === undefined ? undefined : aclOf(entry).frozenUntil;
  return until !== undefined && (until === FOR_EVER || view.height() < until);
}
