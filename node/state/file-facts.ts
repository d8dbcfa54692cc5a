import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FOR_EVER, aclOf } from "./acl.ts";
import { encodeAddress } from "./address.ts";
import { shown, type FileContext, type Found } from "./access.ts";
import { entryTrieKey, ROOT_PATH, splitPath } from "./entry-keys.ts";
import { requireEntry } from "./files.ts";
import { storagePrice } from "./prices.ts";
import { encodeEntry } from "./records-codec.ts";
import type { EntryRecord } from "./records.ts";
import { rightsText } from "./rights-text.ts";
import { DIRECTORY_MODE, unpackMode } from "./rights.ts";
import { entryStateKey } from "./state-keys.ts";
import { safeName } from "./listing.ts";

/** What `stat` prints of a place, line by line. Faults: STATE_NO_SUCH_PATH. */
export function statLines(context: FileContext, found: Found): readonly string[] {
  const { place } = found;
  const path = `path    ${safeName(shown(context, place))}`;
  if (place.path === ROOT_PATH) {
    return [path, "kind    directory, the root of its domain", `owner   ${encodeAddress(place.domain)}`, ...rightsLines(DIRECTORY_MODE)];
  }
  const entry = requireEntry(context, found);
  return [
    path, `kind    ${entry.kind}`, ...contentLines(entry), `owner   ${encodeAddress(entry.owner)}`, ...rightsLines(entry.mode), ...listLines(entry),
    `changed ${changedText(context, found, entry)}`,
    `price   ${storagePrice(entry)} ERG to store; nothing is returned when it is removed`,
  ];
}

function contentLines(entry: EntryRecord): readonly string[] {
  if (entry.kind === "directory") return [];
  return [`size    ${entry.sizeBytes} ${entry.sizeBytes === 1 ? "byte" : "bytes"}`, `sha256  ${toHex(entry.contentHash)}`];
}

function rightsLines(mode: number): readonly string[] {
  const { owner, mask, others } = unpackMode(mode);
  return [`rights  owner ${rightsText(owner)}, mask ${rightsText(mask)}, others ${rightsText(others)}`];
}

function listLines(entry: EntryRecord): readonly string[] {
  const { named, defaults, frozenUntil } = aclOf(entry);
  const lines: string[] = [];
  if (named.length > 0) lines.push(`named   ${named.length} in its list; getfacl prints them`);
  if (defaults !== undefined) lines.push("default rights for new entries; getfacl prints them");
  if (frozenUntil !== undefined) lines.push(`frozen  ${frozenUntil === FOR_EVER ? "for ever" : `until block ${frozenUntil}`}`);
  return lines;
}

/** The block that last wrote the entry is known beside the record. */
function changedText({ realm }: FileContext, { place }: Found, entry: EntryRecord): string {
  const committed = realm.base.entryBytes(place.domain, place.path);
  if (committed === undefined || !equalBytes(committed, encodeEntry(entry))) return "here, not yet committed";
  const { directory, name } = splitPath(place.path);
  const { height } = realm.base.reader.record(entryStateKey(place.domain, entryTrieKey(directory, name)), realm.base.height);
  return `in block ${height}`;
}
