import { compareBytes } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { ADDRESS_SIZE } from "./address.ts";
import { unreachable, type DomainKey, type KeySet, type Recovery, type RecoveryVote, type SessionLimits, type Takeover } from "./key-set.ts";
import { LIMITS } from "./limits.ts";
import { isCanonicalPath } from "./paths.ts";

/** Canonical form of a domain's keys: bounded, in order, and never a set that locks its domain. */

const ROLES = ["owner", "active", "session"] as const;
const NOTHING_SPENT = numberItem(0);

/** Keys in their one order, the thresholds, and what there is of a recovery. */
export function keySetItem(set: KeySet): RlpItem {
  return [
    set.keys.map((key) => (key.role === "session" ? [key.id, roleItem(key), limitsItem(key.limits), numberItem(key.spentUnits)] : [key.id, roleItem(key)])),
    numberItem(set.thresholds.owner),
    numberItem(set.thresholds.active),
    set.recovery === undefined ? [] : recoveryItem(set.recovery),
    set.votes.map(({ guardian, key }) => [guardian, key]),
    set.takeover === undefined ? [] : [set.takeover.key, numberItem(set.takeover.readyHeight)],
  ];
}

/** Faults: CODEC_MALFORMED. */
export function readKeySet(item: RlpItem | undefined): KeySet {
  const [keys, owner, active, recovery, votes, takeover] = listField(item, "keys", 6);
  const read = { recovery: optional(recovery, readRecovery), takeover: optional(takeover, readTakeover) };
  const set: KeySet = {
    keys: bounded(keys, "keys", LIMITS.signingKeys + LIMITS.sessionKeys).map(readKey),
    thresholds: { owner: smallField(owner, "owner threshold", LIMITS.signingKeys), active: smallField(active, "active threshold", LIMITS.signingKeys) },
    ...(read.recovery === undefined ? {} : { recovery: read.recovery }),
    votes: bounded(votes, "votes", LIMITS.guardians).map(readVote),
    ...(read.takeover === undefined ? {} : { takeover: read.takeover }),
  };
  ascending(set.keys.map(({ id }) => id), "keys");
  ascending(set.votes.map(({ guardian }) => guardian), "votes");
  if (tooMany(set)) malformed("keys: too many of one kind");
  if (unreachable(set) !== undefined) malformed("keys: a threshold that no signatures reach");
  return set;
}

/** More keys of one kind than a domain may have. */
export function tooMany({ keys }: KeySet): boolean {
  const sessions = keys.filter(({ role }) => role === "session").length;
  return sessions > LIMITS.sessionKeys || keys.length - sessions > LIMITS.signingKeys;
}

/** What an effect says of one key: its role, and the limits of a session key. */
export function encodeKeyRights(key: DomainKey): Uint8Array {
  return encodeRlp(key.role === "session" ? [roleItem(key), limitsItem(key.limits)] : [roleItem(key)]);
}

/** The key of `id` with nothing spent yet. Faults: CODEC_MALFORMED. */
export function decodeKeyRights(id: Uint8Array, bytes: Uint8Array): DomainKey {
  const fields = listField(decodeRlp(bytes), "key");
  return readKey([id, ...fields, ...(fields.length > 1 ? [NOTHING_SPENT] : [])]);
}

/** As it stands in the state, under the domain. */
export function encodeRecovery(recovery: Recovery): Uint8Array {
  return encodeRlp(recoveryItem(recovery));
}

/** Faults: CODEC_MALFORMED. */
export function decodeRecovery(bytes: Uint8Array): Recovery {
  return readRecovery(decodeRlp(bytes));
}

function roleItem({ role }: DomainKey): RlpItem {
  return numberItem(ROLES.indexOf(role));
}

function readKey(item: RlpItem): DomainKey {
  const fields = listField(item, "key");
  const role = ROLES[smallField(fields[1], "role", ROLES.length - 1)] ?? malformed("role");
  const [id, , limits, spent] = listField(item, "key", role === "session" ? 4 : 2);
  const base = { id: bytesField(id, "key id", [ADDRESS_SIZE]) };
  if (role !== "session") return { ...base, role };
  return { ...base, role, limits: readLimits(limits), spentUnits: numberField(spent, "spent", LIMITS.amountBits) };
}

function limitsItem({ path, words, spendUnits, untilHeight }: SessionLimits): RlpItem {
  return [textItem(path), words.map(numberItem), numberItem(spendUnits), numberItem(untilHeight)];
}

function readLimits(item: RlpItem | undefined): SessionLimits {
  const [pathItem, words, spend, until] = listField(item, "limits", 4);
  const path = textField(pathItem, "path", LIMITS.pathBytes);
  if (path !== "" && !isCanonicalPath(path)) malformed("path: not in its one form");
  const codes = bounded(words, "words", LIMITS.sessionWords).map((word) => smallField(word, "word", 0xffff));
  codes.forEach((code, i) => i > 0 && code <= (codes[i - 1] as number) && malformed("words: not strictly ascending"));
  return { path, words: codes, spendUnits: numberField(spend, "spend", LIMITS.amountBits), untilHeight: numberField(until, "until", 64) };
}

function recoveryItem({ guardians, needed, delayBlocks }: Recovery): RlpItem {
  return [guardians, numberItem(needed), numberItem(delayBlocks)];
}

function readRecovery(item: RlpItem): Recovery {
  const [list, needed, delay] = listField(item, "recovery", 3);
  const guardians = bounded(list, "guardians", LIMITS.guardians).map(readAddress);
  ascending(guardians, "guardians");
  const recovery = { guardians, needed: smallField(needed, "needed", LIMITS.guardians), delayBlocks: numberField(delay, "delay", 48) };
  if (recovery.needed < 1 || recovery.needed > guardians.length) malformed("recovery: so many guardians there are not");
  return recovery;
}

function readVote(item: RlpItem): RecoveryVote {
  const [guardian, key] = listField(item, "vote", 2);
  return { guardian: readAddress(guardian), key: readAddress(key) };
}

function readTakeover(item: RlpItem): Takeover {
  const [key, ready] = listField(item, "takeover", 2);
  return { key: readAddress(key), readyHeight: numberField(ready, "ready height", 64) };
}

function readAddress(item: RlpItem | undefined): Uint8Array {
  return bytesField(item, "address", [ADDRESS_SIZE]);
}

function optional<T>(item: RlpItem | undefined, read: (item: RlpItem) => T): T | undefined {
  const list = listField(item, "optional");
  return list.length === 0 ? undefined : read(list);
}

function bounded(item: RlpItem | undefined, name: string, most: number): readonly RlpItem[] {
  const list = listField(item, name);
  if (list.length > most) malformed(`${name}: more than ${most}`);
  return list;
}

function ascending(list: readonly Uint8Array[], name: string): void {
  list.forEach((bytes, i) => i > 0 && compareBytes(list[i - 1] as Uint8Array, bytes) >= 0 && malformed(`${name}: not strictly ascending`));
}
