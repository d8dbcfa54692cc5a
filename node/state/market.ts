import { compareBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { fault, locate, requireRight, requireThawed, shown, type FileContext, type Found } from "./access.ts";
import { aclOf, clearedAcl, encodeAcl } from "./acl.ts";
import { payCoins } from "./coins.ts";
import { resolveRecipient } from "./contacts.ts";
import { ROOT_PATH, splitPath } from "./entry-keys.ts";
import { requireEntry } from "./files.ts";
import { LIMITS } from "./limits.ts";
import { decodeMeta, encodeMeta, LEGAL_BITS, LEGAL_NAMES, MAX_ATTRIBUTES, MAX_KEY_BYTES, META_TEXTS, withoutOffer, type Meta, type MetaText } from "./meta.ts";
import { writePrice } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import { packMode, plainMode, RIGHT_BITS, unpackMode } from "./rights.ts";

/** Metadata of entries, and their sale: the buyer's one package pays and takes, or does neither. */

/**
 * Sets one thing; empty text takes it away. `key` is name, description, uri, preview, icon, `legal` (names
 * of rights with commas, or "none") or an attribute of the owner's own.
 * Faults: STATE_BAD_META, STATE_ROOT_RIGHTS, STATE_DENIED (own), STATE_FROZEN.
 */
export function setMeta(context: FileContext, text: string, key: string, value: string): void {
  const found = ownEntry(context, text);
  requireThawed(context, found);
  putMeta(context, found, key, withKey(decodeMeta(found.entry.meta), key, value));
}

/** The text of one key; empty when it is not set. */
export function getMeta(context: FileContext, text: string, key: string): string {
  const meta = decodeMeta(requireReadable(context, text).entry.meta);
  if ((META_TEXTS as readonly string[]).includes(key)) return meta.texts[key as MetaText];
  if (key === "legal") return LEGAL_NAMES.filter((name) => (meta.legal & LEGAL_BITS[name]) !== 0).join(",");
  return meta.attributes.find(([name]) => name === key)?.[1] ?? "";
}

/** All metadata of an entry that the actor may read. */
export function metaOf(context: FileContext, text: string): Meta {
  return decodeMeta(requireReadable(context, text).entry.meta);
}

/** Offers a file to one buyer or, without, to anybody. Faults: as setMeta, STATE_IS_DIRECTORY. */
export function offerFile(context: FileContext, text: string, units: bigint, who: string | undefined): void {
  const found = ownEntry(context, text);
  if (found.entry.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(context, found.place) });
  const to = who === undefined ? {} : { to: resolveRecipient(context, who) };
  putMeta(context, found, "offer", { ...decodeMeta(found.entry.meta), offer: { units, ...to } });
}

/** Ends an offer. Faults: STATE_NOT_OFFERED, STATE_DENIED (own). */
export function withdrawFile(context: FileContext, text: string): void {
  const found = ownEntry(context, text);
  if (decodeMeta(found.entry.meta).offer === undefined) throw fault({ code: "STATE_NOT_OFFERED", path: shown(context, found.place) });
  context.realm.putEntry(found.place.domain, splitPath(found.place.path).directory, withoutOffer(found.entry));
}

/**
 * Pays the price and takes the file: rights are then as on a new file of the buyer, a freeze stays. The buyer
 * names the price, so that a loose package cannot be made to pay another.
 * Faults: STATE_NOT_OFFERED, STATE_OFFER_DIFFERS, STATE_INSUFFICIENT.
 */
export function buyFile(context: FileContext, text: string, givenUnits: bigint): void {
  const { place, entry } = requireReadable(context, text);
  const buyer = context.paths.home;
  const { offer } = decodeMeta(entry.meta);
  if (offer === undefined || (offer.to !== undefined && !equalBytes(offer.to, buyer))) throw fault({ code: "STATE_NOT_OFFERED", path: shown(context, place) });
  if (offer.units !== givenUnits) throw fault({ code: "STATE_OFFER_DIFFERS", path: shown(context, place), askedUnits: offer.units, givenUnits });
  payCoins(context.realm, { from: buyer, to: entry.owner, units: offer.units });
  const isProgram = (unpackMode(entry.mode).owner & RIGHT_BITS.execute) !== 0;
  const plain = unpackMode(plainMode("file"));
  const mode = packMode({ ...plain, owner: plain.owner | (isProgram ? RIGHT_BITS.execute : 0) });
  const taken = { ...withoutOffer(entry), owner: buyer, mode, acl: encodeAcl(clearedAcl(aclOf(entry))) };
  context.realm.putEntry(place.domain, splitPath(place.path).directory, taken);
}

interface Standing extends Found {
  readonly entry: EntryRecord;
}

function standing(context: FileContext, text: string): Standing {
  const found = locate(context, text);
  if (found.place.path === ROOT_PATH) throw fault({ code: "STATE_ROOT_RIGHTS", path: shown(context, found.place) });
  return { place: found.place, entry: requireEntry(context, found) };
}

function ownEntry(context: FileContext, text: string): Standing {
  const found = standing(context, text);
  requireRight(context, "own", found);
  return found;
}

function requireReadable(context: FileContext, text: string): Standing {
  const found = standing(context, text);
  requireRight(context, "read", found);
  return found;
}

function putMeta(context: FileContext, { place, entry }: Standing, key: string, meta: Meta): void {
  const bytes = encodeMeta(meta);
  if (bytes.length > LIMITS.attributeBytes) throw badMeta(key, `all metadata of an entry has at most ${LIMITS.attributeBytes} bytes`);
  context.meter.charge(writePrice(bytes.length));
  context.realm.putEntry(place.domain, splitPath(place.path).directory, { ...entry, meta: bytes });
}

function withKey(meta: Meta, key: string, value: string): Meta {
  if ((META_TEXTS as readonly string[]).includes(key)) return { ...meta, texts: { ...meta.texts, [key]: value } };
  if (key === "legal") return { ...meta, legal: legalOf(value) };
  if (key === "" || utf8(key).length > MAX_KEY_BYTES || key === "offer") throw badMeta(key, `a name has 1 to ${MAX_KEY_BYTES} bytes and is not offer`);
  const others = meta.attributes.filter(([name]) => name !== key);
  if (others.length >= MAX_ATTRIBUTES) throw badMeta(key, `an entry has at most ${MAX_ATTRIBUTES} attributes`);
  const attributes = value === "" ? others : [...others, [key, value] as const].sort(([a], [b]) => compareBytes(utf8(a), utf8(b)));
  return { ...meta, attributes };
}

function legalOf(value: string): number {
  if (value === "" || value === "none") return 0;
  return value.split(",").map((name) => name.trim()).reduce((bits, name) => {
    if (!Object.hasOwn(LEGAL_BITS, name)) throw badMeta("legal", `${name.slice(0, 40)} is none of ${Object.keys(LEGAL_BITS).join(", ")}`);
    return bits | LEGAL_BITS[name as keyof typeof LEGAL_BITS];
  }, 0);
}

function badMeta(key: string, reason: string): FaultError<StateFault> {
  return fault({ code: "STATE_BAD_META", key: key.slice(0, 80), reason });
}
