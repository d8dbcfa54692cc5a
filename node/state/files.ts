import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { fault, findAt, isThere, locate, parentOf, requireRight, shown, type FileContext, type Found } from "./access.ts";
import { childPath, ROOT_PATH, splitPath } from "./entry-keys.ts";
import { LIMITS } from "./limits.ts";
import { withoutOffer } from "./meta.ts";
import { parsePath, type Place } from "./paths.ts";
import { PRICES, readPrice, rewritePrice, writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import { bornWith, withoutExecute } from "./rights.ts";

/** Operations on single files and directories. Each either happens whole or throws a fault and changed nothing its caller keeps. */

const NO_BYTES = new Uint8Array(0);
const NO_CONTENT = new Uint8Array(32);

/** Faults: STATE_EXISTS, STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY, STATE_DENIED. */
export function makeDirectory(context: FileContext, text: string): void {
  const found = locate(context, text);
  if (isThere(found)) throw fault({ code: "STATE_EXISTS", path: shown(context, found.place) });
  putDirectory(context, found.place);
}

/** Makes a directory and those it stands in, as far as they are missing. Faults: STATE_NOT_DIRECTORY, STATE_DENIED. */
export function makeDirectories(context: FileContext, text: string): void {
  const { domain, path } = parsePath(text, context.paths);
  let at = ROOT_PATH;
  for (const name of path === ROOT_PATH ? [] : path.slice(1).split("/")) {
    at = childPath(at, name);
    const found = findAt(context, { domain, path: at });
    if (found.entry === undefined) putDirectory(context, found.place);
    else requireDirectoryFound(context, found);
  }
}

/** Makes or replaces a file. Faults: STATE_IS_DIRECTORY, STATE_BAD_NAME, STATE_TOO_LARGE, STATE_NO_SUCH_PATH, STATE_DENIED, STATE_FROZEN. */
export function writeFile(context: FileContext, content: Uint8Array, text: string): void {
  storeFile(context, locateFile(context, text), content);
}

/** Where a file is to be written: a slash behind its name would say that it is a directory. */
function locateFile(context: FileContext, text: string): Found {
  const found = locate(context, text);
  if (text.endsWith("/") && !isThere(found)) throw fault({ code: "STATE_BAD_NAME", path: text.slice(0, 200), reason: "slash" });
  if (text.endsWith("/") && found.entry?.kind === "file") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, found.place) });
  return found;
}

/** As writeFile, after what the file holds already. */
export function appendFile(context: FileContext, content: Uint8Array, text: string): void {
  const found = locateFile(context, text);
  const { entry } = found;
  const size = entry?.kind === "file" ? entry.sizeBytes : 0;
  if (size + content.length > LIMITS.fileBytes) throw tooLarge(context, found.place);
  const before = entry?.kind === "file" ? readEntry(context, entry) : NO_BYTES;
  storeFile(context, found, before.length === 0 ? content : concatBytes(before, content));
}

/** Makes an empty file unless something is there. */
export function touchFile(context: FileContext, text: string): void {
  const found = locateFile(context, text);
  if (!isThere(found)) storeFile(context, found, NO_BYTES);
}

/** Faults: STATE_NO_SUCH_PATH, STATE_IS_DIRECTORY, STATE_DENIED. */
export function readFile(context: FileContext, text: string): Uint8Array {
  return readFound(context, locate(context, text));
}

/** As readFile, of what was found. */
export function readFound(context: FileContext, found: Found): Uint8Array {
  if (found.place.path === ROOT_PATH) throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, found.place) });
  const entry = requireEntry(context, found);
  if (entry.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, found.place) });
  requireRight(context, "read", found);
  return readEntry(context, entry);
}

/** False as well for what cannot be reached. Faults: STATE_BAD_NAME, STATE_BAD_ADDRESS. */
export function pathExists(context: FileContext, text: string): boolean {
  const place = parsePath(text, context.paths);
  const { realm, meter } = context;
  meter.charge(PRICES.passDirectory);
  return place.path === ROOT_PATH || realm.entry(place.domain, place.path) !== undefined;
}

/** The entries of a directory by name, or the one file that `text` names. Faults: STATE_NO_SUCH_PATH, STATE_DENIED. */
export function listPath(context: FileContext, text: string): readonly EntryRecord[] {
  const found = locate(context, text);
  if (found.place.path !== ROOT_PATH && requireEntry(context, found).kind === "file") return [found.entry as EntryRecord];
  return listFound(context, found);
}

/** The entries of a directory that was found. Faults: STATE_DENIED. */
export function listFound(context: FileContext, found: Found): readonly EntryRecord[] {
  requireRight(context, "read", found);
  return listCharged(context, found.place);
}

/** The place `text` names, which must be a directory that lets the actor in. Faults: STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY, STATE_DENIED. */
export function requireDirectory(context: FileContext, text: string): Place {
  const found = locate(context, text);
  requireDirectoryFound(context, found);
  requireRight(context, "execute", found);
  return found.place;
}

/** A listing paid for entry by entry. */
export function listCharged({ realm, meter }: FileContext, place: Place): readonly EntryRecord[] {
  return realm.list(place.domain, place.path, () => meter.charge(PRICES.listEntry));
}

/** Puts content where `found` says; what was there keeps its owner and rights. */
export function storeFile(context: FileContext, found: Found, content: Uint8Array): void {
  const { place, entry } = found;
  if (place.path === ROOT_PATH || entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, place) });
  if (content.length > LIMITS.fileBytes) throw tooLarge(context, place);
  if (entry === undefined) requireWritableParent(context, place);
  else requireRight(context, "write", found);
  context.meter.charge(rewritePrice(content.length, paidBytes(context, found)));
  const written = { sizeBytes: content.length, contentHash: context.realm.putContent(content, shown(context, place)) };
  if (entry === undefined) putNew(context, place, { kind: "file", ...written });
  else rewriteEntry(context, place, entry, written);
}

/**
 * Gives a file other content. A program runs with its owner's rights, so what somebody else writes is not to be run
 * until the owner says so again (as Linux takes set-uid away).
 */
export function rewriteEntry({ realm, paths }: FileContext, place: Place, entry: EntryRecord, written: Pick<EntryRecord, "sizeBytes" | "contentHash">): void {
  const mode = equalBytes(paths.home, entry.owner) ? entry.mode : withoutExecute(entry.mode);
  realm.putEntry(place.domain, splitPath(place.path).directory, { ...withoutOffer(entry), ...written, mode });
}

/** Bytes of content that were paid for in this realm and that no block will hold once they are replaced. */
function paidBytes({ realm }: FileContext, { place, entry }: Found): number {
  if (entry === undefined || realm.pendingContent(entry.contentHash) === undefined) return 0;
  const committed = realm.base.entry(place.domain, place.path);
  return committed !== undefined && equalBytes(committed.contentHash, entry.contentHash) ? 0 : entry.sizeBytes;
}

/** Faults: those of `requireWritableParent`. */
export function putDirectory(context: FileContext, place: Place): void {
  requireWritableParent(context, place);
  putNew(context, place, { kind: "directory", sizeBytes: 0, contentHash: NO_CONTENT });
}

/** A new entry of the one who acts, with the rights that its directory gives to new entries. */
export function putNew(context: FileContext, place: Place, fields: Pick<EntryRecord, "kind" | "sizeBytes" | "contentHash">): void {
  const { directory, name } = splitPath(place.path);
  const born = bornWith(fields.kind, parentOf(context, place).entry);
  context.meter.charge(writePrice(born.acl.length));
  context.realm.putEntry(place.domain, directory, { format: 1, name, owner: context.paths.home, meta: NO_BYTES, ...born, ...fields });
}

/** A file's content, paid for by the byte. */
export function readEntry({ realm, meter }: FileContext, entry: EntryRecord): Uint8Array {
  meter.charge(readPrice(entry.sizeBytes));
  return realm.content(entry.contentHash);
}

/** Faults: STATE_NO_SUCH_PATH; not for a root, which has no entry. */
export function requireEntry(context: FileContext, { place, entry }: Found): EntryRecord {
  if (entry === undefined) throw fault({ code: "STATE_NO_SUCH_PATH", path: shown(context, place) });
  return entry;
}

/** Faults: STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY. */
export function requireDirectoryFound(context: FileContext, found: Found): void {
  if (found.place.path === ROOT_PATH) return;
  if (requireEntry(context, found).kind === "file") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, found.place) });
}

/** The directory in which `place` stands must be there and writable. */
export function requireWritableParent(context: FileContext, place: Place): void {
  const parent = parentOf(context, place);
  requireDirectoryFound(context, parent);
  requireRight(context, "write", parent);
}

function tooLarge(context: FileContext, place: Place) {
  return fault({ code: "STATE_TOO_LARGE", path: shown(context, place), limitBytes: LIMITS.fileBytes });
}
