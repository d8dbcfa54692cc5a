import { utf8 } from "../../lang/base/bytes.ts";
import { aclOf } from "./acl.ts";
import { encodeAddress } from "./address.ts";
import type { Visit } from "./file-walk.ts";
import type { EntryRecord } from "./records.ts";
import { rightsText } from "./rights-text.ts";
import { unpackMode } from "./rights.ts";

/** Characters that steer a terminal, and those that turn the direction of text: a name must not act, only show. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export interface ListingOptions {
  /** Names that begin with a dot as well. */
  readonly all: boolean;
  /** Rights of owner, mask and others, owner and size before the name. */
  readonly long: boolean;
}

/** One name a line, directories with a slash at the end; what a terminal would obey is shown as \u{…}. */
export function showListing(entries: readonly EntryRecord[], { all, long }: ListingOptions): string {
  const shown = entries.filter(({ name }) => all || entries.length === 1 || !name.startsWith("."));
  const widest = Math.max(0, ...shown.map(({ sizeBytes }) => `${sizeBytes}`.length));
  return shown.map((entry) => `${long ? `${longColumns(entry, widest)} ` : ""}${nameText(entry)}\n`).join("");
}

function longColumns(entry: EntryRecord, widest: number): string {
  const { owner, mask, others } = unpackMode(entry.mode);
  const { named, frozenUntil } = aclOf(entry);
  const more = frozenUntil !== undefined ? "f" : named.length > 0 ? "+" : " ";
  const rights = [owner, mask, others].map(rightsText).join(" ");
  return `${entry.kind === "directory" ? "d" : "-"} ${rights}${more} ${encodeAddress(entry.owner)} ${`${entry.sizeBytes}`.padStart(widest)}`;
}

function nameText({ name, kind }: EntryRecord): string {
  return `${safeName(name)}${kind === "directory" ? "/" : ""}`;
}

/** A name as it may be printed: what would steer a terminal is escaped. */
export function safeName(name: string): string {
  return name.replace(UNSAFE, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** A tree drawn with lines, then how many directories and files it holds. */
export function showTree(visits: Iterable<Visit>): string {
  const lines: string[] = [];
  const isOpen: boolean[] = [];
  const counts = { directories: 0, files: 0 };
  for (const { entry, shownPath, depth, isDirectory, isClosed, isLast } of visits) {
    const indent = isOpen.slice(1, depth).map((open) => (open ? "│   " : "    ")).join("");
    const name = depth === 0 ? safeName(shownPath) : nameText(entry as EntryRecord);
    lines.push(`${depth === 0 ? "" : `${indent}${isLast ? "└── " : "├── "}`}${name}${isClosed ? "  (no right to list)" : ""}\n`);
    isOpen[depth] = !isLast;
    if (depth > 0) counts[isDirectory ? "directories" : "files"]++;
  }
  const { directories, files } = counts;
  return `${lines.join("")}\n${directories} ${directories === 1 ? "directory" : "directories"}, ${files} ${files === 1 ? "file" : "files"}\n`;
}

/** The first `count` lines of content, or all but the last −`count`. */
export function headOf(content: Uint8Array, count: number): Uint8Array {
  const ends = lineEnds(content);
  const lines = count >= 0 ? count : Math.max(0, ends.length + count);
  return lines === 0 ? content.subarray(0, 0) : content.subarray(0, ends[lines - 1] ?? content.length);
}

/** The last `count` lines of content. */
export function tailOf(content: Uint8Array, count: number): Uint8Array {
  const ends = lineEnds(content);
  if (count <= 0) return content.subarray(content.length);
  return content.subarray(count >= ends.length ? 0 : ends[ends.length - count - 1]);
}

/** Where each line ends; the last counts even without its newline. */
function lineEnds(content: Uint8Array): number[] {
  const ends: number[] = [];
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, end + 1)) ends.push(end + 1);
  if (content.length > 0 && content[content.length - 1] !== 10) ends.push(content.length);
  return ends;
}

export function utf8Lines(lines: readonly string[]): Uint8Array {
  return utf8(lines.map((line) => `${line}\n`).join(""));
}
