import { compareBytes, concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { LIMITS } from "./limits.ts";
import { nameProblem } from "./paths.ts";

/**
 * What an entry keeps beyond the rights of owner, mask and others: named identities and groups, what
 * new entries of a directory are born with, and whether the entry is frozen. As on Linux (acl(5)),
 * without an owning group; rights are bits of `RIGHT_BITS`.
 */
export interface Acl {
  /** Strictly ascending by `subjectKey`, at most `LIMITS.aclEntries`. */
  readonly named: readonly AclEntry[];
  /** Directories only. */
  readonly defaults?: DefaultRights;
  /** First height at which the entry may be written again; `FOR_EVER` for none. Absent: not frozen. */
  readonly frozenUntil?: bigint;
}
export interface AclEntry {
  readonly subject: Subject;
  readonly rights: number;
}
/** A group is the file `~/.groups/NAME` of a domain; see groups.ts. */
export type Subject =
  | { readonly kind: "user"; readonly domain: Uint8Array }
  | { readonly kind: "group"; readonly domain: Uint8Array; readonly name: string };

export interface DefaultRights {
  readonly owner: number;
  readonly mask: number;
  readonly others: number;
  readonly named: readonly AclEntry[];
}

export const FOR_EVER = 2n ** 64n - 1n;
export const EMPTY_ACL: Acl = { named: [] };

const ALL_RIGHTS = 127;
const VERSION = 1;

/** Users before groups, then by domain, then by name. */
export function subjectKey(subject: Subject): Uint8Array {
  return subject.kind === "user" ? concatBytes(Uint8Array.of(0), subject.domain) : concatBytes(Uint8Array.of(1), subject.domain, utf8(subject.name));
}

/** Canonical bytes; none at all for an empty list. May be longer than an entry can hold: who sets rights checks. */
export function encodeAcl({ named, defaults, frozenUntil }: Acl): Uint8Array {
  if (named.length === 0 && defaults === undefined && frozenUntil === undefined) return new Uint8Array(0);
  return encodeRlp([
    numberItem(VERSION),
    named.map(entryItem),
    defaults === undefined ? [] : [numberItem(defaults.owner), numberItem(defaults.mask), numberItem(defaults.others), defaults.named.map(entryItem)],
    frozenUntil === undefined ? [] : [numberItem(frozenUntil)],
  ]);
}

/** Faults: CODEC_MALFORMED. */
export function decodeAcl(bytes: Uint8Array): Acl {
  if (bytes.length === 0) return EMPTY_ACL;
  if (bytes.length > LIMITS.attributeBytes) malformed(`access-control list: more than ${LIMITS.attributeBytes} bytes`);
  const [version, namedItems, defaultsItem, frozenItem] = listField(decodeRlp(bytes), "access-control list", 4);
  if (smallField(version, "version", 255) !== VERSION) malformed(`access-control list: only version ${VERSION} is known`);
  const named = entriesOf(namedItems);
  const defaults = listField(defaultsItem, "defaults");
  const frozen = listField(frozenItem, "frozen");
  if (named.length + defaults.length + frozen.length === 0) malformed("access-control list: an empty one has no bytes");
  if (frozen.length > 1) malformed("frozen: at most one height");
  return {
    named,
    ...(defaults.length === 0 ? {} : { defaults: defaultsOf(defaults) }),
    ...(frozen.length === 0 ? {} : { frozenUntil: numberField(frozen[0], "frozen", 64) }),
  };
}

const decoded = new WeakMap<Uint8Array, Acl>();

/** The list of a record, read once for each copy of its bytes. */
export function aclOf({ acl }: { readonly acl: Uint8Array }): Acl {
  if (acl.length === 0) return EMPTY_ACL;
  const known = decoded.get(acl);
  if (known !== undefined) return known;
  const list = decodeAcl(acl);
  decoded.set(acl, list);
  return list;
}

/** Without names and defaults. A freeze stays. */
export function clearedAcl({ frozenUntil }: Acl): Acl {
  return frozenUntil === undefined ? EMPTY_ACL : { named: [], frozenUntil };
}

/** Entries in their one order, the last one given for a subject counting. */
export function sortedEntries(entries: readonly AclEntry[]): readonly AclEntry[] {
  const sorted = [...entries].sort((a, b) => compareBytes(subjectKey(a.subject), subjectKey(b.subject)));
  return sorted.filter((entry, i) => {
    const next = sorted[i + 1];
    return next === undefined || compareBytes(subjectKey(entry.subject), subjectKey(next.subject)) !== 0;
  });
}

function entryItem({ subject, rights }: AclEntry): RlpItem {
  return subject.kind === "user" ? [subject.domain, numberItem(rights)] : [subject.domain, numberItem(rights), textItem(subject.name)];
}

function entriesOf(item: RlpItem | undefined): readonly AclEntry[] {
  const items = listField(item, "entries");
  if (items.length > LIMITS.aclEntries) malformed(`access-control list: more than ${LIMITS.aclEntries} entries`);
  const entries = items.map(entryOf);
  entries.forEach((entry, i) => {
    const before = entries[i - 1];
    if (before !== undefined && compareBytes(subjectKey(before.subject), subjectKey(entry.subject)) >= 0) malformed("access-control list: not in order");
  });
  return entries;
}

function entryOf(item: RlpItem): AclEntry {
  const fields = listField(item, "entry");
  if (fields.length !== 2 && fields.length !== 3) malformed("entry: two or three fields");
  const domain = bytesField(fields[0], "domain", [20]);
  const rights = smallField(fields[1], "rights", ALL_RIGHTS);
  if (fields.length === 2) return { subject: { kind: "user", domain }, rights };
  const name = textField(fields[2], "group", LIMITS.groupNameBytes);
  if (name.includes("/") || nameProblem(name) !== undefined) malformed("group: no name");
  return { subject: { kind: "group", domain, name }, rights };
}

function defaultsOf(items: readonly RlpItem[]): DefaultRights {
  const [owner, mask, others, named] = listField(items, "defaults", 4);
  const rights = (item: RlpItem | undefined): number => smallField(item, "rights", ALL_RIGHTS);
  return { owner: rights(owner), mask: rights(mask), others: rights(others), named: entriesOf(named) };
}
