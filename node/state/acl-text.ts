import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { FOR_EVER, type Acl, type AclEntry, type DefaultRights, type Subject } from "./acl.ts";
import { encodeAddress } from "./address.ts";
import { LIMITS } from "./limits.ts";
import { readRights, rightsText } from "./rights-text.ts";
import { nameProblem } from "./paths.ts";
import type { ModeGroups } from "./rights.ts";

/**
 * Access rights as text, in the form of Linux's getfacl and setfacl: `user::rw-dsov`, `user:bob:rw`,
 * `group:friends:r`, `mask::r`, `other::-`, each also with `default:` in front. What getfacl prints,
 * `setfacl --restore` reads.
 */
export interface AclChange {
  readonly isDefault: boolean;
  readonly who: { readonly kind: "owner" | "mask" | "others" } | { readonly kind: "named"; readonly subject: Subject };
  /** Absent when an entry is only named, to be removed. */
  readonly rights: number | undefined;
}

/** All that is decided about one entry. */
export interface EntryAccess {
  readonly owner: Uint8Array;
  readonly groups: ModeGroups;
  readonly acl: Acl;
}

/** Turns a name in the text into a domain: an address, a contact, `~`. */
export type ReadDomain = (name: string) => Uint8Array;

const TYPES: Readonly<Record<string, "user" | "group" | "mask" | "other">> = {
  user: "user", u: "user", group: "group", g: "group", mask: "mask", m: "mask", other: "other", o: "other",
};

/** Entries parted by commas or lines. Faults: STATE_BAD_ACL, what `readDomain` throws. */
export function readAclText(text: string, readDomain: ReadDomain): readonly AclChange[] {
  const entries = text.split(/[,\n]/).map((entry) => entry.replace(/#.*$/, "").trim()).filter((entry) => entry !== "");
  if (entries.length > LIMITS.aclChanges) refuse(text, `more than ${LIMITS.aclChanges} entries`);
  return entries.map((entry) => readEntry(entry, readDomain));
}

function readEntry(entry: string, readDomain: ReadDomain): AclChange {
  const isDefault = /^(default|d):/.test(entry);
  const [typeText = "", ...rest] = (isDefault ? entry.slice(entry.indexOf(":") + 1) : entry).split(":");
  const type = TYPES[typeText];
  if (type === undefined) refuse(entry, "it begins with user, group, mask or other");
  if (type === "mask" || type === "other") {
    const [first = "", second] = rest;
    if (rest.length === 2 && first !== "") refuse(entry, `${type} takes no name`);
    return { isDefault, who: { kind: type === "mask" ? "mask" : "others" }, rights: rightsOf(entry, second ?? first) };
  }
  const [name = "", rights, ...more] = rest;
  if (more.length > 0) refuse(entry, "it has too many colons");
  const who = type === "user" && name === "" ? { kind: "owner" as const } : { kind: "named" as const, subject: subjectOf(entry, type, name, readDomain) };
  return { isDefault, who, rights: rights === undefined ? undefined : rightsOf(entry, rights) };
}

function subjectOf(entry: string, type: "user" | "group", name: string, readDomain: ReadDomain): Subject {
  if (type === "user") return { kind: "user", domain: readDomain(name) };
  const slash = name.indexOf("/");
  const group = unescapePath(name.slice(slash + 1));
  if (nameProblem(group) !== undefined || group.includes("/") || Buffer.byteLength(group) > LIMITS.groupNameBytes) refuse(entry, "it names no group");
  return { kind: "group", domain: readDomain(slash === -1 ? "~" : name.slice(0, slash)), name: group };
}

function rightsOf(entry: string, text: string): number {
  return readRights(text) ?? refuse(entry, "rights are letters of rwxdsov");
}

function refuse(spec: string, reason: string): never {
  throw new FaultError<StateFault>({ code: "STATE_BAD_ACL", spec: spec.slice(0, 80), reason });
}

/** What getfacl prints of one entry: a block that ends in an empty line. */
export function showAcl(path: string, { owner, groups, acl }: EntryAccess): string {
  const lines = [`# file: ${escapePath(path)}`, `# owner: ${encodeAddress(owner)}`];
  if (acl.frozenUntil !== undefined) lines.push(`# frozen: ${acl.frozenUntil === FOR_EVER ? "for ever" : `until block ${acl.frozenUntil}`}`);
  lines.push(...entryLines({ ...groups, named: acl.named }));
  if (acl.defaults !== undefined) lines.push(...entryLines(acl.defaults).map((line) => `default:${line}`));
  return `${lines.join("\n")}\n\n`;
}

function entryLines({ owner, mask, others, named }: DefaultRights): readonly string[] {
  return [`user::${rightsText(owner)}`, ...named.map((entry) => namedLine(entry, mask)), `mask::${rightsText(mask)}`, `other::${rightsText(others)}`];
}

function namedLine({ subject, rights }: AclEntry, mask: number): string {
  const effective = (rights & mask) === rights ? "" : `\t#effective:${rightsText(rights & mask)}`;
  return `${subjectText(subject)}:${rightsText(rights)}${effective}`;
}

function subjectText(subject: Subject): string {
  const domain = encodeAddress(subject.domain);
  return subject.kind === "user" ? `user:${domain}` : `group:${domain}/${escapePath(subject.name)}`;
}

/** One block of what getfacl printed. */
export interface AclBlock {
  readonly path: string;
  readonly access: EntryAccess;
}

/** Reads what getfacl printed. Every block must be whole. Faults: STATE_BAD_ACL, what `readDomain` throws. */
export function readAclBlocks(text: string, readDomain: ReadDomain): readonly AclBlock[] {
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim()).filter((block) => block !== "");
  if (blocks.length > LIMITS.treeEntries) refuse(text, `more than ${LIMITS.treeEntries} files`);
  return blocks.map((block) => readBlock(block, readDomain));
}

function readBlock(block: string, readDomain: ReadDomain): AclBlock {
  const lines = block.split("\n");
  const comment = (name: string): string | undefined => lines.find((line) => line.startsWith(`# ${name}: `))?.slice(name.length + 4);
  const path = comment("file") ?? refuse(block, "a block begins with # file: PATH");
  const owner = readDomain(comment("owner") ?? refuse(block, "it has no # owner: ADDRESS"));
  const changes = readAclText(lines.filter((line) => !line.startsWith("#")).join("\n"), readDomain);
  const { named, ...groups } = partOf(block, changes.filter(({ isDefault }) => !isDefault));
  const defaults = changes.filter(({ isDefault }) => isDefault);
  const frozenUntil = frozenOf(block, comment("frozen"));
  return {
    path: unescapePath(path),
    access: {
      owner,
      groups,
      acl: { named, ...(defaults.length === 0 ? {} : { defaults: partOf(block, defaults) }), ...(frozenUntil === undefined ? {} : { frozenUntil }) },
    },
  };
}

function partOf(block: string, changes: readonly AclChange[]): DefaultRights {
  const single = (kind: "owner" | "mask" | "others"): number =>
    changes.find(({ who }) => who.kind === kind)?.rights ?? refuse(block, `it has no line for ${kind === "owner" ? "user::" : kind === "mask" ? "mask::" : "other::"}`);
  const named = changes.flatMap(({ who, rights }) => (who.kind === "named" ? [{ subject: who.subject, rights: rights ?? refuse(block, "an entry has no rights") }] : []));
  return { owner: single("owner"), mask: single("mask"), others: single("others"), named };
}

function frozenOf(block: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (text === "for ever") return FOR_EVER;
  const height = /^until block ([0-9]{1,19})$/.exec(text)?.[1];
  return height === undefined ? refuse(block, "# frozen: is for ever or until block HEIGHT") : BigInt(height);
}

/** A path on one line: whatever could end it or steer a terminal is written as an escape. */
function escapePath(path: string): string {
  return path.replace(/[\\#:,\p{C}\p{Zl}\p{Zp}]|^\s|\s$/gu, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

function unescapePath(text: string): string {
  return text.replace(/\\u\{([0-9a-f]{1,6})\}/g, (whole, hex: string) => {
    const code = parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : String.fromCodePoint(code);
  });
}
