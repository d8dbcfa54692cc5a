import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { LangFault } from "../../lang/fault.ts";
import { childPath, ROOT_PATH, splitPath } from "./entry-keys.ts";
import { fault, listCharged, requireEntry, requireWritableParent, shown, type FileContext } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { parsePath, type Place } from "./paths.ts";
import { PRICES, writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import { requireRight } from "./rights.ts";

/** Operations on whole trees: remove, copy, move. An entry stands under its parent's path, so each one is touched. */
interface TreeEntry {
  readonly place: Place;
  readonly entry: EntryRecord;
}

/**
 * Removes a file or an empty directory, or with `recursive` a directory and all it holds.
 * Faults: STATE_NO_SUCH_PATH, STATE_NOT_EMPTY, STATE_DENIED.
 */
export function removePath(context: FileContext, text: string, options: { readonly recursive: boolean }): void {
  const place = parsePath(text, context.paths);
  if (place.path === ROOT_PATH) throw fault({ code: "STATE_DENIED", path: shown(context, place), right: "remove" });
  const entry = requireEntry(context, place);
  requireRemovable(context, { place, entry });
  if (entry.kind === "directory" && !options.recursive && listCharged(context, place).length > 0) {
    throw fault({ code: "STATE_NOT_EMPTY", path: shown(context, place) });
  }
  const tree = collectTree(context, { place, entry });
  for (const { place: each, entry: own } of tree) {
    requireRight(context.paths.home, "remove", { domain: each.domain, entry: own }, shown(context, each));
    context.realm.removeEntry(each.domain, each.path);
  }
}

/**
 * Copies a file or a tree, into `to` when that is a directory. Copies belong to who makes them.
 * Faults: STATE_NO_SUCH_PATH, STATE_INTO_ITSELF, STATE_EXISTS, STATE_NOT_DIRECTORY, STATE_DENIED.
 */
export function copyPath(context: FileContext, fromText: string, toText: string): void {
  const { tree, from, to } = planTransfer(context, fromText, toText);
  for (const { place, entry } of tree) {
    requireRight(context.paths.home, "read", { domain: place.domain, entry }, shown(context, place));
    context.meter.charge(writePrice(entry.sizeBytes));
  }
  for (const each of tree) putUnder(context, each, { from, to, owner: context.paths.home });
}

/** Renames or moves, into `to` when that is a directory; entries keep their owners. Faults as copyPath. */
export function movePath(context: FileContext, fromText: string, toText: string): void {
  const { tree, from, to } = planTransfer(context, fromText, toText);
  requireRemovable(context, tree[0] as TreeEntry);
  for (const each of tree) putUnder(context, each, { from, to, owner: each.entry.owner });
  for (const { place } of tree) context.realm.removeEntry(place.domain, place.path);
}

/** What is transferred and to where; nothing is changed yet. */
function planTransfer(context: FileContext, fromText: string, toText: string): { readonly tree: readonly TreeEntry[]; readonly from: Place; readonly to: Place } {
  const from = parsePath(fromText, context.paths);
  if (from.path === ROOT_PATH) throw fault({ code: "STATE_DENIED", path: shown(context, from), right: "read" });
  const entry = requireEntry(context, from);
  const to = target(context, parsePath(toText, context.paths), entry.name);
  if (equalBytes(from.domain, to.domain) && isWithin(to.path, from.path)) {
    throw fault({ code: "STATE_INTO_ITSELF", from: shown(context, from), to: shown(context, to) });
  }
  requireWritableParent(context, to);
  const there = context.realm.entry(to.domain, to.path);
  if (there !== undefined) requireReplaceable(context, to, there, entry);
  return { tree: collectTree(context, { place: from, entry }), from, to };
}

function target(context: FileContext, to: Place, name: string): Place {
  const isDirectory = to.path === ROOT_PATH || context.realm.entry(to.domain, to.path)?.kind === "directory";
  return isDirectory ? { domain: to.domain, path: childPath(to.path, name) } : to;
}

/** A file may take a file's place; nothing takes a directory's. */
function requireReplaceable(context: FileContext, to: Place, there: EntryRecord, by: EntryRecord): void {
  if (there.kind === "directory") throw fault({ code: "STATE_EXISTS", path: shown(context, to) });
  if (by.kind === "directory") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, to) });
  requireRight(context.paths.home, "write", { domain: to.domain, entry: there }, shown(context, to));
}

function requireRemovable(context: FileContext, { place, entry }: TreeEntry): void {
  requireWritableParent(context, place);
  requireRight(context.paths.home, "remove", { domain: place.domain, entry }, shown(context, place));
}

function putUnder(context: FileContext, { place, entry }: TreeEntry, way: { readonly from: Place; readonly to: Place; readonly owner: Uint8Array }): void {
  const path = way.to.path + place.path.slice(way.from.path.length);
  if (utf8(path).length > LIMITS.pathBytes) throw fault({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason: "too-long" });
  const { directory, name } = splitPath(path);
  context.realm.putEntry(way.to.domain, directory, { ...entry, name, owner: way.owner });
}

/** An entry and all below it, parents first, paid for one by one. Faults: LANG_TOO_LARGE. */
function collectTree(context: FileContext, root: TreeEntry): readonly TreeEntry[] {
  const tree: TreeEntry[] = [root];
  for (let i = 0; i < tree.length; i++) {
    context.meter.charge(PRICES.treeEntry);
    const { place, entry } = tree[i] as TreeEntry;
    if (entry.kind === "file") continue;
    for (const child of listCharged(context, place)) tree.push({ place: { domain: place.domain, path: childPath(place.path, child.name) }, entry: child });
    if (tree.length > LIMITS.treeEntries) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "directory tree", limit: LIMITS.treeEntries });
  }
  return tree;
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}
