import type { EntryRecord } from "./records.ts";

/** Characters that steer a terminal, and those that turn the direction of text: a name must not act, only show. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One name a line, directories with a slash at the end; what a terminal would obey is shown as \u{…}. */
export function showListing(entries: readonly EntryRecord[]): string {
  return entries.map(({ name, kind }) => `${safeName(name)}${kind === "directory" ? "/" : ""}\n`).join("");
}

function safeName(name: string): string {
  return name.replace(UNSAFE, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
