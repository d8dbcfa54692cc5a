import { equalBytes } from "../../lang/base/bytes.ts";
import { Realm } from "../state/realm.ts";
import { ROOT_PATH } from "../state/entry-keys.ts";
import { showPlace, type Place } from "../state/paths.ts";
import { lastWrite } from "./index-reader.ts";
import { packageAt } from "./packages.ts";
import { explorerFault, lowestKept, type ExplorerParts } from "./parts.ts";
import type { WhyView } from "./views.ts";

/** The package that last wrote a path: made, changed or removed what stands there, or changed its rights. Faults: EXPLORER_NEVER_WRITTEN, EXPLORER_NOT_KEPT. */
export async function whyView(parts: ExplorerParts, place: Place, home: Uint8Array): Promise<WhyView> {
  const { domain, path } = place;
  const found = await lastWrite(parts.disk, domain, path);
  if (found === undefined) throw notFound(parts, place, home);
  const entry = path === ROOT_PATH ? undefined : Realm.at(parts.reader, parts.chain.head()).entry(domain, path);
  const { row, trace } = packageAt(parts, found);
  const touches = trace.changes?.effect;
  // A key of the index is cut from a hash; that it is the path meant is seen here.
  const isMeant = touches !== undefined && [...touches.paths, ...touches.rights, ...touches.stored].some((one) => one.path === path && equalBytes(one.domain, domain));
  if (!isMeant) throw parts.chain.machine.store.damaged(`index of block ${found.height}`);
  return { domain, path, stands: entry?.kind ?? "nothing", row };
}

/** Where the chain begins with a snapshot, whoever wrote before it is not known. */
function notFound(parts: ExplorerParts, place: Place, home: Uint8Array): Error {
  const fromHeight = lowestKept(parts);
  return fromHeight > 0n ? explorerFault({ code: "EXPLORER_NOT_KEPT", height: fromHeight - 1n, fromHeight }) : explorerFault({ code: "EXPLORER_NEVER_WRITTEN", path: showPlace(place, home) });
}
