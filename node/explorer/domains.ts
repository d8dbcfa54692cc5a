import { childPath, ROOT_PATH } from "../state/entry-keys.ts";
import { keysOf } from "../state/key-set.ts";
import { Realm } from "../state/realm.ts";
import { sacrificeOf } from "../state/sacrifice.ts";
import { historyPage } from "./history.ts";
import type { ExplorerParts } from "./parts.ts";
import type { DomainView } from "./views.ts";

/** Entries counted of one domain; a larger tree is said to be cut. */
const MOST_ENTRIES = 2_000;
const LAST_ROWS = 5;

/** A domain at the newest state, with what touched it last. */
export async function domainView(parts: ExplorerParts, domain: Uint8Array): Promise<DomainView> {
  const head = parts.chain.head();
  const realm = Realm.at(parts.reader, head);
  const record = realm.domain(domain);
  const { keys, thresholds } = keysOf(domain, record);
  const { rows } = await historyPage(parts, domain, { count: LAST_ROWS });
  return {
    domain, height: head.height, balanceUnits: record.balanceUnits, sacrifice: sacrificeOf(record), nonce: record.nonce, thresholds, storageRoot: record.storageRoot,
    keys: keys.map(({ id, role }) => ({ id, role })), ...storageOf(realm, domain), waiting: parts.pool.waitingOf(domain), last: rows,
  };
}

/** What the tree of a domain holds. */
function storageOf(realm: Realm, domain: Uint8Array): Pick<DomainView, "files" | "directories" | "sizeBytes" | "isCut"> {
  const open = [ROOT_PATH];
  let [files, directories, sizeBytes] = [0, 0, 0];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const entry of realm.base.list(domain, path)) {
      if (files + directories >= MOST_ENTRIES) return { files, directories, sizeBytes, isCut: true };
      if (entry.kind === "directory") open.push(childPath(path, entry.name));
      if (entry.kind === "directory") directories++;
      else [files, sizeBytes] = [files + 1, sizeBytes + entry.sizeBytes];
    }
  }
  return { files, directories, sizeBytes, isCut: false };
}
