import { concatBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { Meter } from "../../lang/host.ts";
import type { StateFault } from "../fault.ts";
import { ROOT_PATH, splitPath } from "./entry-keys.ts";
import { LIMITS } from "./limits.ts";
import { parsePath, showPlace, type PathContext, type Place } from "./paths.ts";
import { PRICES, readPrice, writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import type { Realm } from "./realm.ts";
import { DIRECTORY_MODE, FILE_MODE, requireRight } from "./rights.ts";

/** What a file operation works on and for whom; `paths.home` is the domain that acts. */
export interface FileContext {
  readonly realm: Realm;
  readonly paths: PathContext;
  readonly meter: Meter;
}

const NO_BYTES = new Uint8Array(0);
const NO_CONTENT = new Uint8Array(32);

/** Faults: STATE_EXISTS, STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY, STATE_DENIED. */
export function makeDirectory(context: FileContext, text: string): void {
  const place = parsePath(text, context.paths);
  if (isThere(context, place)) throw fault({ code: "STATE_EXISTS", path: shown(context, place) });
  requireWritableParent(context, place);
  putNew(context, place, { kind: "directory", mode: DIRECTORY_MODE, sizeBytes: 0, contentHash: NO_CONTENT });
}

/** Makes or replaces a file. Faults: STATE_IS_DIRECTORY, STATE_TOO_LARGE, STATE_NO_SUCH_PATH, STATE_DENIED. */
export function writeFile(context: FileContext, content: Uint8Array, text: string): void {
  const place = parsePath(text, context.paths);
  storeFile(context, place, content);
}

/** As writeFile, after what the file holds already. */
export function appendFile(context: FileContext, content: Uint8Array, text: string): void {
  const place = parsePath(text, context.paths);
  const entry = context.realm.entry(place.domain, place.path);
  const before = entry?.kind === "file" ? readEntry(context, entry) : NO_BYTES;
  if (before.length + content.length > LIMITS.fileBytes) throw tooLarge(context, place);
  storeFile(context, place, before.length === 0 ? content : concatBytes(before, content));
}

/** Makes an empty file unless something is there. */
export function touchFile(context: FileContext, text: string): void {
  const place = parsePath(text, context.paths);
  if (!isThere(context, place)) storeFile(context, place, NO_BYTES);
}

/** Faults: STATE_NO_SUCH_PATH, STATE_IS_DIRECTORY, STATE_DENIED. */
export function readFile(context: FileContext, text: string): Uint8Array {
  const place = parsePath(text, context.paths);
  if (place.path === ROOT_PATH) throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, place) });
  const entry = requireEntry(context, place);
  if (entry.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, place) });
  requireRight(context.paths.home, "read", { domain: place.domain, entry }, shown(context, place));
  return readEntry(context, entry);
}

export function pathExists(context: FileContext, text: string): boolean {
  return isThere(context, parsePath(text, context.paths));
}

/** The entries of a directory by name, or the one file that `text` names. Faults: STATE_NO_SUCH_PATH, STATE_DENIED. */
export function listPath(context: FileContext, text: string): readonly EntryRecord[] {
  const place = parsePath(text, context.paths);
  const entry = place.path === ROOT_PATH ? undefined : requireEntry(context, place);
  if (entry?.kind === "file") return [entry];
  requireRight(context.paths.home, "read", { domain: place.domain, entry }, shown(context, place));
  return listCharged(context, place);
}

/** The place `text` names, which must be a directory. Faults: STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY. */
export function requireDirectory(context: FileContext, text: string): Place {
  const place = parsePath(text, context.paths);
  requireDirectoryAt(context, place);
  return place;
}

/** A listing paid for entry by entry. */
export function listCharged({ realm, meter }: FileContext, place: Place): EntryRecord[] {
  return realm.list(place.domain, place.path, () => meter.charge(PRICES.listEntry));
}

function storeFile(context: FileContext, place: Place, content: Uint8Array): void {
  const { realm, meter, paths } = context;
  const entry = realm.entry(place.domain, place.path);
  if (place.path === ROOT_PATH || entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, place) });
  if (content.length > LIMITS.fileBytes) throw tooLarge(context, place);
  if (entry === undefined) requireWritableParent(context, place);
  else requireRight(paths.home, "write", { domain: place.domain, entry }, shown(context, place));
  meter.charge(writePrice(content.length));
  const written = { sizeBytes: content.length, contentHash: realm.putContent(content, shown(context, place)) };
  if (entry === undefined) putNew(context, place, { kind: "file", mode: FILE_MODE, ...written });
  else realm.putEntry(place.domain, splitPath(place.path).directory, { ...entry, ...written });
}

function putNew({ realm, paths }: FileContext, place: Place, fields: Pick<EntryRecord, "kind" | "mode" | "sizeBytes" | "contentHash">): void {
  const { directory, name } = splitPath(place.path);
  realm.putEntry(place.domain, directory, { format: 1, name, owner: paths.home, acl: NO_BYTES, meta: NO_BYTES, ...fields });
}

function readEntry({ realm, meter }: FileContext, entry: EntryRecord): Uint8Array {
  meter.charge(readPrice(entry.sizeBytes));
  return realm.content(entry.contentHash);
}

/** True for the root of every domain: a domain needs no registration. */
export function isThere({ realm }: FileContext, place: Place): boolean {
  return place.path === ROOT_PATH || realm.entry(place.domain, place.path) !== undefined;
}

/** Faults: STATE_NO_SUCH_PATH; not for a root, which has no entry. */
export function requireEntry(context: FileContext, place: Place): EntryRecord {
  const entry = context.realm.entry(place.domain, place.path);
  if (entry === undefined) throw fault({ code: "STATE_NO_SUCH_PATH", path: shown(context, place) });
  return entry;
}

export function requireDirectoryAt(context: FileContext, place: Place): EntryRecord | undefined {
  if (place.path === ROOT_PATH) return undefined;
  const entry = requireEntry(context, place);
  if (entry.kind !== "directory") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, place) });
  return entry;
}

/** The directory in which `place` stands must be there and writable. */
export function requireWritableParent(context: FileContext, place: Place): void {
  const parent = { domain: place.domain, path: splitPath(place.path).directory };
  const entry = requireDirectoryAt(context, parent);
  requireRight(context.paths.home, "write", { domain: place.domain, entry }, shown(context, parent));
}

/** The place as the user knows it. */
export function shown({ paths }: FileContext, place: Place): string {
  return showPlace(place, paths.home);
}

function tooLarge(context: FileContext, place: Place): FaultError<StateFault> {
  return fault({ code: "STATE_TOO_LARGE", path: shown(context, place), limitBytes: LIMITS.fileBytes });
}

export function fault(of: StateFault): FaultError<StateFault> {
  return new FaultError<StateFault>(of);
}
