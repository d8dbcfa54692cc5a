import { FaultError } from "../../lang/base/fault.ts";
import type { LangFault } from "../../lang/fault.ts";
import { allows, type FileContext, type Found } from "./access.ts";
import { childPath } from "./entry-keys.ts";
import { listCharged } from "./files.ts";
import { LIMITS } from "./limits.ts";

/** One entry of a tree as a listing meets it. */
export interface Visit extends Found {
  /** Path from where the walk began, as the user wrote that: "docs", then "docs/note". */
  readonly shownPath: string;
  /** 0 for where the walk began. */
  readonly depth: number;
  readonly isDirectory: boolean;
  /** A directory that the actor may not list: nothing below it follows. */
  readonly isClosed: boolean;
  /** Last of its directory: what a drawing of the tree needs to know. */
  readonly isLast: boolean;
}

/** An entry and all below it, each directory before what it holds, names in order. Paid for entry by entry. Faults: LANG_TOO_LARGE. */
export function* walkTree(context: FileContext, root: Found, shownPath: string): Generator<Visit> {
  const stack: Visit[] = [visitOf(context, root, { shownPath, depth: 0, isLast: true })];
  for (let count = 1; stack.length > 0; count++) {
    if (count > LIMITS.treeEntries) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "directory tree", limit: LIMITS.treeEntries });
    const visit = stack.pop() as Visit;
    yield visit;
    if (!visit.isDirectory || visit.isClosed) continue;
    const { domain, path } = visit.place;
    const children = listCharged(context, visit.place);
    const start = visit.shownPath.endsWith("/") ? visit.shownPath : `${visit.shownPath}/`;
    for (const [i, entry] of [...children.entries()].reverse()) {
      const found = { place: { domain, path: childPath(path, entry.name) }, entry };
      stack.push(visitOf(context, found, { shownPath: start + entry.name, depth: visit.depth + 1, isLast: i === children.length - 1 }));
    }
  }
}

function visitOf(context: FileContext, found: Found, at: Pick<Visit, "shownPath" | "depth" | "isLast">): Visit {
  const isDirectory = found.entry?.kind !== "file";
  const isClosed = isDirectory && !(allows(context, "read", found) && allows(context, "execute", found));
  return { ...found, ...at, isDirectory, isClosed };
}
