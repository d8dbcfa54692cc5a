import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { LangFault } from "../../lang/fault.ts";
import { fault, findAt, isThere, locate, parentOf, requireRight, requireThawed, shown, type FileContext, type Found } from "./access.ts";
import { childPath, ROOT_PATH, splitPath } from "./entry-keys.ts";
import { listCharged, listFound, putDirectory, putNew, requireDirectoryFound, requireEntry, requireWritableParent, rewriteEntry } from "./files.ts";
import { LIMITS } from "./limits.ts";
import type { Place } from "./paths.ts";
import { forgetAll, moveKept } from "./programs/keep.ts";
import { PRICES, writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import { packMode, RIGHT_BITS, unpackMode } from "./rights.ts";

/** Operations on whole trees: remove, copy, move. An entry stands under its parent's path, so each one is touched. */
interface TreeEntry {
  readonly place: Place;
  readonly entry: EntryRecord;
}

/** `-r` and `-f` of `rm`. */
export interface RemoveOptions {
  readonly recursive: boolean;
  readonly mayBeAbsent?: boolean;
}

/**
 * Removes a file or an empty directory, or with `recursive` a directory and all it holds.
 * Faults: STATE_NO_SUCH_PATH, STATE_NOT_EMPTY, STATE_DENIED, STATE_FROZEN.
 */
export function removePath(context: FileContext, text: string, { recursive, mayBeAbsent = false }: RemoveOptions): void {
  const found = locate(context, text);
  const { place } = found;
  if (place.path === ROOT_PATH) throw fault({ code: "STATE_DENIED", path: shown(context, place), right: "remove" });
  if (mayBeAbsent && found.entry === undefined) return;
  const entry = requireEntry(context, found);
  requireRemovable(context, { place, entry });
  if (entry.kind === "directory" && !recursive && listCharged(context, place).length > 0) {
    throw fault({ code: "STATE_NOT_EMPTY", path: shown(context, place) });
  }
  const tree = collectTree(context, { place, entry });
  for (const each of tree.slice(1)) requireRemovable(context, each);
  for (const { place, entry } of tree) {
    if (entry.kind === "file") forgetAll(context, place);
    context.realm.removeEntry(place.domain, place.path);
  }
}

/**
 * Copies a file, or with `recursive` a tree, into `to` when that is a directory. Copies are new entries
 * of who makes them: only content and whether a program may run are copied. Files that are there
 * keep owner and rights and get the content; directories are joined.
 * Faults: STATE_NO_SUCH_PATH, STATE_IS_DIRECTORY, STATE_NOT_DIRECTORY, STATE_INTO_ITSELF, STATE_DENIED, STATE_FROZEN.
 */
export function copyPath(context: FileContext, fromText: string, toText: string, { recursive }: { readonly recursive: boolean }): void {
  const { from, to } = planTransfer(context, fromText, toText);
  if (from.entry.kind === "directory" && !recursive) throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, from.place) });
  const tree = collectTree(context, from);
  for (const found of tree) if (found.entry.kind === "file") requireRight(context, "read", found);
  for (const { place, entry } of tree) putCopy(context, movedPlace(place, from.place, to), entry);
}

/**
 * Renames or moves, into `to` when that is a directory; entries keep owners, rights and metadata.
 * Faults: STATE_NO_SUCH_PATH, STATE_EXISTS, STATE_NOT_DIRECTORY, STATE_INTO_ITSELF, STATE_DENIED, STATE_FROZEN.
 */
export function movePath(context: FileContext, fromText: string, toText: string): void {
  const { from, to } = planTransfer(context, fromText, toText);
  requireRemovable(context, from);
  requireWritableParent(context, to);
  const there = findAt(context, to);
  if (there.entry !== undefined) replace(context, { place: to, entry: there.entry }, from.entry);
  const tree = collectTree(context, from);
  for (const each of tree.slice(1)) requireThawed(context, each);
  for (const { place, entry } of tree) {
    const target = movedPlace(place, from.place, to);
    if (entry.kind === "file") moveKept(context, place, target);
    const { directory, name } = splitPath(target.path);
    context.realm.putEntry(target.domain, directory, { ...entry, name });
  }
  for (const { place } of tree) context.realm.removeEntry(place.domain, place.path);
}

/** What is transferred and to where; nothing is changed yet. */
function planTransfer(context: FileContext, fromText: string, toText: string): { readonly from: TreeEntry; readonly to: Place } {
  const found = locate(context, fromText);
  if (found.place.path === ROOT_PATH) throw fault({ code: "STATE_DENIED", path: shown(context, found.place), right: "remove" });
  const from = { place: found.place, entry: requireEntry(context, found) };
  const to = target(context, locate(context, toText), toText, from.entry.name);
  if (equalBytes(from.place.domain, to.domain) && isWithin(to.path, from.place.path)) {
    throw fault({ code: "STATE_INTO_ITSELF", from: shown(context, from.place), to: shown(context, to) });
  }
  return { from, to };
}

/** Into a directory under the old name; a path that ends in a slash must be one. */
function target(context: FileContext, to: Found, text: string, name: string): Place {
  if (text.endsWith("/")) requireDirectoryFound(context, to);
  const isDirectory = isThere(to) && to.entry?.kind !== "file";
  if (!isDirectory) return to.place;
  requireRight(context, "execute", to);
  return { domain: to.place.domain, path: childPath(to.place.path, name) };
}

/** A file may take a file's place, and what a program there kept is gone; nothing takes a directory's. */
function replace(context: FileContext, there: TreeEntry, by: EntryRecord): void {
  if (there.entry.kind === "directory") throw fault({ code: "STATE_EXISTS", path: shown(context, there.place) });
  if (by.kind === "directory") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, there.place) });
  requireRight(context, "remove", there);
  forgetAll(context, there.place);
}

/**
 * Taking an entry away needs the right to remove it, and to write its directory; not the latter for its
 * owner, who can so take home what stands in somebody else's domain.
 */
function requireRemovable(context: FileContext, { place, entry }: TreeEntry): void {
  requireRight(context, "remove", { place, entry });
  if (equalBytes(entry.owner, context.paths.home)) requireThawed(context, parentOf(context, place));
  else requireWritableParent(context, place);
}

function putCopy(context: FileContext, to: Place, entry: EntryRecord): void {
  const there = findAt(context, to);
  if (entry.kind === "directory") {
    if (there.entry === undefined) putDirectory(context, to);
    else requireDirectoryFound(context, there);
    return;
  }
  if (there.entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, to) });
  context.meter.charge(writePrice(entry.sizeBytes));
  const { sizeBytes, contentHash } = entry;
  if (there.entry !== undefined) {
    requireRight(context, "write", there);
    return rewriteEntry(context, to, there.entry, { sizeBytes, contentHash });
  }
  requireWritableParent(context, to);
  putNew(context, to, { kind: "file", sizeBytes, contentHash });
  if ((unpackMode(entry.mode).owner & RIGHT_BITS.execute) !== 0) makeRunnable(context, to);
}

/** A copy of a program is a program. */
function makeRunnable({ realm }: FileContext, place: Place): void {
  const entry = realm.entry(place.domain, place.path) as EntryRecord;
  const groups = unpackMode(entry.mode);
  realm.putEntry(place.domain, splitPath(place.path).directory, { ...entry, mode: packMode({ ...groups, owner: groups.owner | RIGHT_BITS.execute }) });
}

function movedPlace(place: Place, from: Place, to: Place): Place {
  const path = to.path + place.path.slice(from.path.length);
  if (utf8(path).length > LIMITS.pathBytes) throw fault({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason: "too-long" });
  return { domain: to.domain, path };
}

/** An entry and all below it, parents first, paid for one by one. Faults: LANG_TOO_LARGE, STATE_DENIED (read, execute). */
export function collectTree(context: FileContext, root: TreeEntry): readonly TreeEntry[] {
  const tree: TreeEntry[] = [root];
  for (let i = 0; i < tree.length; i++) {
    context.meter.charge(PRICES.treeEntry);
    const each = tree[i] as TreeEntry;
    if (each.entry.kind === "file") continue;
    const { domain, path } = each.place;
    const children = listFound(context, each);
    if (children.length > 0) requireRight(context, "execute", each);
    for (const child of children) tree.push({ place: { domain, path: childPath(path, child.name) }, entry: child });
    if (tree.length > LIMITS.treeEntries) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "directory tree", limit: LIMITS.treeEntries });
  }
  return tree;
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}
