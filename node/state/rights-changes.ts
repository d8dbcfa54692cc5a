import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { fault, isThere, locate, requireRight, requireThawed, shown, type FileContext, type Found } from "./access.ts";
import { aclOf, encodeAcl, sortedEntries, subjectKey, type Acl, type AclEntry, type DefaultRights, type Subject } from "./acl.ts";
import { readAclBlocks, readAclText, showAcl, type AclChange, type EntryAccess, type ReadDomain } from "./acl-text.ts";
import { readModeText } from "./chmod-text.ts";
import { resolveRecipient } from "./contacts.ts";
import { ROOT_PATH, splitPath } from "./entry-keys.ts";
import { walkPath } from "./file-search.ts";
import { collectTree } from "./file-trees.ts";
import { requireEntry } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import { packMode, plainMode, RIGHT_BITS, union, unpackMode, withoutExecute, type ModeGroups } from "./rights.ts";

/** Changes of owner and rights. Each asks for the right `own` on the entry itself, and of nobody but who acts. */
export interface RightsScope {
  /** Directories with all they hold. */
  readonly recursive: boolean;
}

/** Faults of all: STATE_NO_SUCH_PATH, STATE_ROOT_RIGHTS, STATE_DENIED. */
export function changeOwner(context: FileContext, text: string, who: string, scope: RightsScope): void {
  const owner = resolveRecipient(context, who);
  changeEach(context, text, scope, ({ entry }) => ({ ...accessOf(entry), owner }));
}

/** `spec` as for chmod: u+rw,o=r. Faults: STATE_BAD_ACL. */
export function changeMode(context: FileContext, text: string, spec: string, scope: RightsScope): void {
  const change = readModeText(spec);
  changeEach(context, text, scope, ({ entry }) => ({ ...accessOf(entry), groups: change(unpackMode(entry.mode)) }));
}

/** How setfacl takes its entries. */
export interface AclOptions extends RightsScope {
  readonly remove: boolean;
  readonly clear: boolean;
  readonly clearDefaults: boolean;
}

/** Faults: STATE_BAD_ACL, STATE_UNKNOWN_RECIPIENT, STATE_BAD_ADDRESS. */
export function changeAcl(context: FileContext, text: string, spec: string, options: AclOptions): void {
  const changes = readAclText(spec, readerFor(context));
  for (const { rights, who } of changes) {
    if ((rights === undefined) !== options.remove) throw badAcl(spec, options.remove ? "to remove, name who without rights" : "who gets which rights?");
    if (options.remove && who.kind !== "named") throw badAcl(spec, "owner, mask and others cannot be removed");
  }
  changeEach(context, text, options, (each) => {
    if (each.entry.kind === "file" && !options.recursive && changes.some(({ isDefault }) => isDefault)) throw badAcl(spec, "only a directory has default rights");
    return applyChanges(each.entry, changes, options);
  });
}

/** Makes entries as getfacl printed them. Nothing thaws. Faults: as changeAcl. */
export function restoreAcl(context: FileContext, text: string): void {
  for (const { path, access } of readAclBlocks(text, readerFor(context))) {
    changeEach(context, path, { recursive: false }, ({ entry }) => {
      const { frozenUntil: was } = aclOf(entry);
      const until = was !== undefined && was > (access.acl.frozenUntil ?? 0n) ? was : access.acl.frozenUntil;
      const { named, defaults } = access.acl;
      if (entry.kind === "file" && defaults !== undefined) throw badAcl(path, "only a directory has default rights");
      const sorted = defaults === undefined ? {} : { defaults: { ...defaults, named: sortedEntries(defaults.named) } };
      return { ...access, acl: { named: sortedEntries(named), ...sorted, ...(until === undefined ? {} : { frozenUntil: until }) } };
    });
  }
}

/** Freezes until a height or for ever; a freeze is only ever made longer. Faults: STATE_FROZEN. */
export function freeze(context: FileContext, text: string, until: bigint, scope: RightsScope): void {
  changeEach(context, text, scope, ({ place, entry }) => {
    const access = accessOf(entry);
    const { frozenUntil: was } = access.acl;
    if (was !== undefined && was > until) requireThawed(context, { place, entry });
    return { ...access, acl: { ...access.acl, frozenUntil: was !== undefined && was > until ? was : until } };
  });
}

/** What getfacl prints. Faults: STATE_NO_SUCH_PATH. */
export function showRights(context: FileContext, text: string, { recursive }: RightsScope): string {
  if (recursive) return [...walkPath(context, text)].map((visit) => showFound(visit, visit.shownPath)).join("");
  const found = locate(context, text);
  if (!isThere(found)) requireEntry(context, found);
  return showFound(found, text);
}

function showFound({ place, entry }: Found, path: string): string {
  if (entry !== undefined) return showAcl(path, accessOf(entry));
  return showAcl(path, { owner: place.domain, groups: unpackMode(plainMode("directory")), acl: { named: [] } });
}

function accessOf(entry: EntryRecord): EntryAccess {
  return { owner: entry.owner, groups: unpackMode(entry.mode), acl: aclOf(entry) };
}

/** Judges every entry before it changes the first. */
function changeEach(context: FileContext, text: string, { recursive }: RightsScope, next: (each: { readonly place: Found["place"]; readonly entry: EntryRecord }) => EntryAccess): void {
  const found = locate(context, text);
  if (found.place.path === ROOT_PATH) throw fault({ code: "STATE_ROOT_RIGHTS", path: shown(context, found.place) });
  const root = { place: found.place, entry: requireEntry(context, found) };
  const changed = (recursive ? collectTree(context, root) : [root]).map((each) => ({ ...each, to: withAccess(context, each, next(each)) }));
  for (const each of changed) {
    requireRight(context, "own", each);
    if (each.entry.kind === "file" && givesExecute(each.entry, each.to) && !equalBytes(context.paths.home, each.entry.owner)) {
      throw fault({ code: "STATE_DENIED", path: shown(context, each.place), right: "execute" });
    }
  }
  for (const { place, entry, to } of changed) {
    if (isSame(entry, to)) continue;
    context.meter.charge(writePrice(to.acl.length));
    context.realm.putEntry(place.domain, splitPath(place.path).directory, to);
  }
}

/** A program runs with its owner's rights, so nobody else may let anybody run it. */
function givesExecute(before: EntryRecord, after: EntryRecord): boolean {
  const executors = ({ mode }: EntryRecord): readonly boolean[] => Object.values(unpackMode(mode)).map((rights: number) => (rights & RIGHT_BITS.execute) !== 0);
  const old = executors(before);
  return executors(after).some((may, index) => may && old[index] !== true);
}

function isSame(a: EntryRecord, b: EntryRecord): boolean {
  return equalBytes(a.owner, b.owner) && a.mode === b.mode && equalBytes(a.acl, b.acl);
}

function withAccess(context: FileContext, { place, entry }: { readonly place: Found["place"]; readonly entry: EntryRecord }, { owner, groups, acl }: EntryAccess): EntryRecord {
  const encoded = encodeAcl(acl);
  const most = Math.max(acl.named.length, acl.defaults?.named.length ?? 0);
  if (encoded.length > LIMITS.attributeBytes || most > LIMITS.aclEntries) throw badAcl(shown(context, place), `a list has at most ${LIMITS.aclEntries} entries and ${LIMITS.attributeBytes} bytes`);
  // Who is made owner has not said that others may run this with the new owner's rights.
  const mode = entry.kind === "file" && !equalBytes(owner, entry.owner) ? withoutExecute(packMode(groups)) : packMode(groups);
  return { ...entry, owner, mode, acl: encoded };
}

function applyChanges(entry: EntryRecord, changes: readonly AclChange[], { clear, clearDefaults }: AclOptions): EntryAccess {
  const { owner, groups, acl } = accessOf(entry);
  const plain = unpackMode(plainMode(entry.kind));
  const start: DefaultRights = clear ? { ...groups, mask: plain.mask, named: [] } : { ...groups, named: acl.named };
  const { named, ...access } = applyPart(start, changes.filter(({ isDefault }) => !isDefault), plain);
  const defaultChanges = entry.kind === "file" ? [] : changes.filter(({ isDefault }) => isDefault);
  const oldDefaults = clear || clearDefaults ? undefined : acl.defaults;
  // As on Linux: the first default entry makes the others from the rights of the directory itself.
  const defaults = defaultChanges.length === 0 ? oldDefaults : applyPart(oldDefaults ?? { ...access, named: [] }, defaultChanges, plain);
  const next: Acl = { named, ...(defaults === undefined ? {} : { defaults }), ...(acl.frozenUntil === undefined ? {} : { frozenUntil: acl.frozenUntil }) };
  return { owner, groups: access, acl: next };
}

/** The mask follows the named entries unless it is given, so that setfacl gives what it says. */
function applyPart(start: DefaultRights, changes: readonly AclChange[], plain: ModeGroups): DefaultRights {
  const single = (kind: "owner" | "mask" | "others", before: number): number => changes.findLast(({ who }) => who.kind === kind)?.rights ?? before;
  let named: readonly AclEntry[] = start.named;
  for (const { who, rights } of changes) if (who.kind === "named") named = withSubject(named, who.subject, rights);
  const isNamed = changes.some(({ who }) => who.kind === "named");
  const followed = !isNamed ? start.mask : named.length === 0 ? plain.mask : union(named);
  return { owner: single("owner", start.owner), mask: single("mask", followed), others: single("others", start.others), named };
}

function withSubject(named: readonly AclEntry[], subject: Subject, rights: number | undefined): readonly AclEntry[] {
  const others = named.filter((entry) => !equalBytes(subjectKey(entry.subject), subjectKey(subject)));
  return rights === undefined ? others : sortedEntries([...others, { subject, rights }]);
}

function readerFor(context: FileContext): ReadDomain {
  return (name) => resolveRecipient(context, name);
}

/** The bit of a right by its name or letter. Faults: STATE_BAD_ACL. */
export function rightNamed(name: string): keyof typeof RIGHT_BITS {
  if (Object.hasOwn(RIGHT_BITS, name)) return name as keyof typeof RIGHT_BITS;
  throw badAcl(name, "the rights are read, write, execute, remove, spend, own and vote");
}

function badAcl(spec: string, reason: string): FaultError<StateFault> {
  return fault({ code: "STATE_BAD_ACL", spec: spec.slice(0, 80), reason });
}
