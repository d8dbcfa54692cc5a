import { concatBytes, toHex } from "../../lang/base/bytes.ts";
import { fault, locate, requireRight, shown, type FileContext, type Found } from "./access.ts";
import { encodeAddress } from "./address.ts";
import { ROOT_PATH } from "./entry-keys.ts";
import type { FilePort } from "./file-port.ts";
import { movePath, removePath } from "./file-trees.ts";
import { requireEntry, storeFile, writeFile } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { parsePath } from "./paths.ts";
import { readPrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";

/**
 * Content of files that were read or written lately, by hash: a program that goes through a file line
 * by line pays for the whole file once. What it holds decides what a read costs, so it belongs to one host and
 * is filled by what its program does, in order: the same program pays the same everywhere.
 */
export class ContentMemo {
  readonly #contents = new Map<string, Uint8Array>();

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.#contents.get(toHex(hash));
  }

  set(hash: Uint8Array, content: Uint8Array): void {
    const key = toHex(hash);
    this.#contents.delete(key);
    this.#contents.set(key, content);
    if (this.#contents.size > LIMITS.openFiles) this.#contents.delete(this.#contents.keys().next().value as string);
  }
}

const NO_BYTES = new Uint8Array(0);

/** The files of a realm as the Forth words see them, with the rights of the one who acts. */
export function realmFiles(context: FileContext, memo: ContentMemo): FilePort {
  const find = (name: string): Found => {
    const found = locate(context, name);
    if (found.place.path === ROOT_PATH || found.entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, found.place) });
    requireEntry(context, found);
    return found;
  };
  const load = (found: Found, count: number): Uint8Array => {
    const { contentHash, sizeBytes } = found.entry as EntryRecord;
    const known = memo.get(contentHash);
    context.meter.charge(readPrice(known === undefined ? sizeBytes : Math.min(count, sizeBytes)));
    if (known !== undefined) return known;
    const content = context.realm.content(contentHash);
    memo.set(contentHash, content);
    return content;
  };
  const store = (found: Found, content: Uint8Array): void => {
    storeFile(context, found, content);
    const { entry } = locate(context, nameOf(found));
    if (entry !== undefined) memo.set(entry.contentHash, content);
  };
  return {
    resolve: (path) => nameOf({ place: parsePath(path, context.paths) }),
    kind: (name) => {
      const { place, entry } = locate(context, name);
      return place.path === ROOT_PATH ? "directory" : entry?.kind;
    },
    check: (name, access) => {
      const found = find(name);
      if (access.read) requireRight(context, "read", found);
      if (access.write) requireRight(context, "write", found);
    },
    create: (name) => writeFile(context, NO_BYTES, name),
    sizeBytes: (name) => find(name).entry?.sizeBytes ?? 0,
    read: (name, position, count) => {
      const found = find(name);
      requireRight(context, "read", found);
      return load(found, count).slice(position, position + count);
    },
    write: (name, position, content) => {
      const found = find(name);
      tooLarge(context, found, position + content.length);
      const before = load(found, 0);
      store(found, concatBytes(before.subarray(0, position), content, before.subarray(Math.min(before.length, position + content.length))));
    },
    resize: (name, sizeBytes) => {
      const found = find(name);
      tooLarge(context, found, sizeBytes);
      const before = load(found, 0).subarray(0, sizeBytes);
      store(found, concatBytes(before, new Uint8Array(sizeBytes - before.length)));
    },
    remove: (name) => {
      find(name);
      removePath(context, name, { recursive: false });
    },
    rename: (from, to) => {
      find(from);
      const target = locate(context, to);
      if (target.place.path === ROOT_PATH || target.entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, target.place) });
      movePath(context, from, to);
    },
  };
}

/** Before anything is allocated. */
function tooLarge(context: FileContext, { place }: Found, sizeBytes: number): void {
  if (sizeBytes > LIMITS.fileBytes) throw fault({ code: "STATE_TOO_LARGE", path: shown(context, place), limitBytes: LIMITS.fileBytes });
}

function nameOf({ place }: Pick<Found, "place">): string {
  return `/${encodeAddress(place.domain)}${place.path}`;
}
