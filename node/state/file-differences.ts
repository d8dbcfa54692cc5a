import { concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { shown, type FileContext } from "./access.ts";
import { ROOT_PATH } from "./entry-keys.ts";
import { readFile } from "./files.ts";
import { safeName } from "./listing.ts";
import { parsePath } from "./paths.ts";
import { PRICES, readPrice } from "./prices.ts";
import { changesOf, type EntryChange } from "./realm-changes.ts";
import { diffLines, showUnified, splitLines } from "./text-diff.ts";

/** Lines removed and added beyond which two files are only said to differ. */
const MOST_EDITS = 2_000;
const NO_BYTES = new Uint8Array(0);

/** What `diff A B` prints; nothing for two files that are the same. Faults: as readFile. */
export function diffFiles(context: FileContext, before: string, after: string): Uint8Array {
  return showDifference(context, { name: safeName(before), content: readFile(context, before) }, { name: safeName(after), content: readFile(context, after) });
}

/** What `diff` prints of this thread: every entry it changed at and below `text`, for "" anywhere, text line by line. */
export function diffThread(context: FileContext, text: string): Uint8Array {
  const within = text === "" ? undefined : parsePath(text, context.paths);
  const isShown = ({ domain, path }: EntryChange): boolean =>
    within === undefined || (equalBytes(domain, within.domain) && (within.path === ROOT_PATH || path === within.path || path.startsWith(`${within.path}/`)));
  const { entries } = changesOf(context.realm);
  return concatBytes(...entries.filter(isShown).map((change) => showChange(context, change)));
}

function showChange(context: FileContext, { domain, path, before, after }: EntryChange): Uint8Array {
  const name = safeName(shown(context, { domain, path }));
  const contentOf = (entry: EntryChange["before"]): Uint8Array => {
    if (entry?.kind !== "file") return NO_BYTES;
    context.meter.charge(readPrice(entry.sizeBytes));
    return context.realm.content(entry.contentHash);
  };
  const isText = before?.kind !== "directory" && after?.kind !== "directory";
  const title = before === undefined ? "new" : after === undefined ? "removed" : "changed";
  const kind = (after ?? before)?.kind === "directory" ? " directory" : "";
  const isSame = before !== undefined && after !== undefined && before.kind === after.kind && equalBytes(before.contentHash, after.contentHash);
  const heading = utf8(`${title}${kind} ${name}${isSame ? ": owner, rights or metadata" : ""}\n`);
  if (!isText || isSame) return heading;
  const sides = [before, after].map((entry) => ({ name: entry === undefined ? "nothing" : name, content: contentOf(entry) }));
  return concatBytes(heading, showDifference(context, sides[0] as Side, sides[1] as Side));
}

interface Side {
  readonly name: string;
  readonly content: Uint8Array;
}

function showDifference({ meter }: FileContext, before: Side, after: Side): Uint8Array {
  if (equalBytes(before.content, after.content)) return NO_BYTES;
  const differ = utf8(`${before.name} and ${after.name} differ\n`);
  if (before.content.includes(0) || after.content.includes(0)) return utf8(`Binary files ${before.name} and ${after.name} differ\n`);
  const pay = (steps: number): void => meter.charge(Math.ceil(steps / PRICES.diffStepsPerErg));
  const edits = diffLines(splitLines(before.content), splitLines(after.content), { edits: MOST_EDITS, pay });
  if (edits === undefined) return differ;
  return concatBytes(utf8(`--- ${before.name}\n+++ ${after.name}\n`), showUnified(edits));
}
