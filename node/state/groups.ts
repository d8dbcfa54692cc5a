import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import type { Meter } from "../../lang/host.ts";
import { ADDRESS_CHARACTERS, encodeAddress } from "./address.ts";
import { childPath } from "./entry-keys.ts";
import { readPrice } from "./prices.ts";
import type { Realm } from "./realm.ts";

/**
 * A group is the file `~/.groups/NAME` of a domain: an address on each line. Who may write the file
 * says who is in it, so groups need no words of their own. A line that is no address names nobody.
 */
const GROUPS_PATH = "/.groups";

const NEWLINE = 10;

/** Whether `actor` stands in a group; false if there is no such group. Paid by the size of its file. */
export function isMember({ realm, meter }: { readonly realm: Realm; readonly meter: Meter }, group: { readonly domain: Uint8Array; readonly name: string }, actor: Uint8Array): boolean {
  const entry = realm.entry(group.domain, childPath(GROUPS_PATH, group.name));
  if (entry?.kind !== "file") return false;
  meter.charge(readPrice(entry.sizeBytes));
  return hasLine(realm.content(entry.contentHash), utf8(encodeAddress(actor)));
}

function hasLine(content: Uint8Array, line: Uint8Array): boolean {
  for (let at = 0; at + ADDRESS_CHARACTERS <= content.length; ) {
    const end = content.indexOf(NEWLINE, at);
    const stop = end === -1 ? content.length : end;
    if (stop - at === ADDRESS_CHARACTERS && equalBytes(content.subarray(at, stop), line)) return true;
    at = stop + 1;
  }
  return false;
}
