import { fromUtf8, utf8 } from "../../lang/base/bytes.ts";
import { KEY_TYPE, readKeyLine } from "../crypto/ssh-key-line.ts";
import { decodeAddress, domainOfKey, encodeAddress, looksLikeAddress } from "./address.ts";
import { childPath } from "./entry-keys.ts";
import { fault, type FileContext } from "./access.ts";
import { makeDirectory, pathExists, writeFile } from "./files.ts";
import { domainOfNick } from "./nicks.ts";
import { nameProblem } from "./paths.ts";
import { readPrice } from "./prices.ts";

/** A contact is the file `~/.contacts/NAME` that holds an address. */
const CONTACTS_PATH = "/.contacts";
/** An address with blanks around it. */
const MAX_CONTACT_BYTES = 256;

/**
 * The domain that `text` means: an address, `~`, a contact of who acts, a `@nick`, or the line of an ssh-ed25519 key, which
 * means the domain of that key. 20 bytes.
 * Faults: STATE_BAD_ADDRESS, STATE_UNKNOWN_NICK, STATE_UNKNOWN_RECIPIENT.
 */
export function resolveRecipient(context: FileContext, text: string): Uint8Array {
  const { home } = context.paths;
  if (text === "~") return home;
  if (text.startsWith(`${KEY_TYPE} `)) return domainOfKey(readKeyLine(text));
  if (looksLikeAddress(text)) return decodeAddress(text);
  if (text.startsWith("@")) return domainOfNick(context, text.slice(1));
  const unknown = fault({ code: "STATE_UNKNOWN_RECIPIENT", name: text.slice(0, 80) });
  if (text.includes("/") || nameProblem(text) !== undefined) throw unknown;
  const entry = context.realm.entry(home, childPath(CONTACTS_PATH, text));
  if (entry?.kind !== "file" || entry.sizeBytes > MAX_CONTACT_BYTES) throw unknown;
  context.meter.charge(readPrice(entry.sizeBytes));
  return decodeAddress(fromUtf8(context.realm.content(entry.contentHash)).trim());
}

/** Writes down a contact, replacing one of the same name. Faults: those of `resolveRecipient`, STATE_BAD_NAME. */
export function addContact(context: FileContext, who: string, name: string): void {
  const domain = resolveRecipient(context, who);
  const problem = name.startsWith("@") ? "nick" : name.includes("/") ? "empty" : nameProblem(name);
  if (problem !== undefined) throw fault({ code: "STATE_BAD_NAME", path: name.slice(0, 200), reason: problem });
  if (!pathExists(context, `~${CONTACTS_PATH}`)) makeDirectory(context, `~${CONTACTS_PATH}`);
  writeFile(context, utf8(`${encodeAddress(domain)}\n`), `~${childPath(CONTACTS_PATH, name)}`);
}
