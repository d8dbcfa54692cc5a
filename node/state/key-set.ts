import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";

/**
 * Who may act for a domain. A key is known by its id, the 20 bytes of its address: users name keys as they name
 * domains, and a domain that never changed its keys needs no record of them, because its own address is the id of
 * its one key (R5).
 */
export interface KeySet {
  /** Strictly ascending by id. */
  readonly keys: readonly DomainKey[];
  /** Signatures needed: `owner` of the owner keys change keys, `active` of owner and active keys together do the rest. */
  readonly thresholds: Readonly<Record<ThresholdRole, number>>;
  readonly recovery?: Recovery;
  /** What guardians said so far, strictly ascending by guardian. */
  readonly votes: readonly RecoveryVote[];
  readonly takeover?: Takeover;
}
export const THRESHOLD_ROLES = ["owner", "active"] as const;
export type ThresholdRole = (typeof THRESHOLD_ROLES)[number];

/** A key of a domain, with what it may do. */
export type DomainKey =
  | { readonly id: Uint8Array; readonly role: ThresholdRole }
  | { readonly id: Uint8Array; readonly role: "session"; readonly limits: SessionLimits; readonly spentUnits: bigint };
export type SessionKey = Extract<DomainKey, { readonly role: "session" }>;

/** What a session key may do, alone. Every node holds it to that. */
export interface SessionLimits {
  /** Files at or below this path of the domain; empty for none. */
  readonly path: string;
  /** Code numbers of the writing words it may use, strictly ascending. Words that only read are free. */
  readonly words: readonly number[];
  /** The most that may be spent by this key in all, fees among it, and coins of others that its domain may spend. Base units. */
  readonly spendUnits: bigint;
  /** Last block height at which it counts. */
  readonly untilHeight: bigint;
}

/** `needed` of the guardians together may give the domain a new owner key, `delayBlocks` after the last of them agreed. */
export interface Recovery {
  /** Addresses of other domains, 20 bytes each, strictly ascending. */
  readonly guardians: readonly Uint8Array[];
  readonly needed: number;
  readonly delayBlocks: bigint;
}
export interface RecoveryVote {
  readonly guardian: Uint8Array;
  /** Id of the key that is to own the domain. */
  readonly key: Uint8Array;
}
/** Enough guardians agreed: from `readyHeight` on the key may take over, unless owners cancel before. */
export interface Takeover {
  readonly key: Uint8Array;
  readonly readyHeight: bigint;
}

/** The keys of a domain that never changed them: the one its address is derived from. */
export function firstKeys(address: Uint8Array): KeySet {
  return { keys: [{ id: address, role: "owner" }], thresholds: { owner: 1, active: 1 }, votes: [] };
}

/** The keys of `record`, the record of `address`. */
export function keysOf(address: Uint8Array, record: { readonly keys?: KeySet }): KeySet {
  return record.keys ?? firstKeys(address);
}

/** The key with this id of 20 bytes, whatever its role. */
export function keyOf({ keys }: KeySet, id: Uint8Array): DomainKey | undefined {
  return keys.find((key) => equalBytes(key.id, id));
}

/** Keys whose signatures count for a threshold: owners count as active ones too. */
export function countingKeys({ keys }: KeySet, role: ThresholdRole): readonly DomainKey[] {
  return keys.filter((key) => key.role === "owner" || key.role === role);
}

/** The role whose threshold no signatures could reach any more; undefined if both can be reached. */
export function unreachable(set: KeySet): ThresholdRole | undefined {
  return THRESHOLD_ROLES.find((role) => set.thresholds[role] < 1 || countingKeys(set, role).length < set.thresholds[role]);
}

/** With `key` in place of one of the same id. */
export function withKey(set: KeySet, key: DomainKey): KeySet {
  const keys = [...withoutKey(set, key.id).keys, key].sort((a, b) => compareBytes(a.id, b.id));
  return { ...set, keys };
}

/** The set less the key with this id. */
export function withoutKey(set: KeySet, id: Uint8Array): KeySet {
  return { ...set, keys: set.keys.filter((key) => !equalBytes(key.id, id)) };
}

/** Whether `path`, absolute in its domain, is the place of a session key or below it. */
export function isInside({ path: front }: SessionLimits, path: string): boolean {
  if (front === "" || front === "/") return front === "/";
  return path === front || path.startsWith(`${front}/`);
}
