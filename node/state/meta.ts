import { compareBytes, utf8 } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { LIMITS } from "./limits.ts";
import type { EntryRecord } from "./records.ts";

/**
 * What an entry says about itself: a file with an owner and metadata is a token of its own kind (NFT).
 * The legal rights are what its owner may do with the work in the world; no node enforces them.
 */
export interface Meta {
  /** Empty text for what is not set. */
  readonly texts: Readonly<Record<MetaText, string>>;
  /** Names and values of the owner's own, strictly ascending by the bytes of the name. */
  readonly attributes: readonly (readonly [string, string])[];
  /** Bits of `LEGAL_BITS`. */
  readonly legal: number;
  readonly offer?: Offer;
}
/** For sale: whoever pays the price takes the entry. A change of content ends it. */
export interface Offer {
  /** Base units. */
  readonly units: bigint;
  /** Who alone may buy; absent for everybody. */
  readonly to?: Uint8Array;
}

export const META_TEXTS = ["name", "description", "uri", "preview", "icon"] as const;
export type MetaText = (typeof META_TEXTS)[number];

export const LEGAL_BITS = { reproduce: 1, sell: 2, commercial: 4, distribute: 8, display: 16, perform: 32, derive: 64, license: 128 } as const;
export const LEGAL_NAMES = Object.keys(LEGAL_BITS) as readonly (keyof typeof LEGAL_BITS)[];

export const EMPTY_META: Meta = { texts: { name: "", description: "", uri: "", preview: "", icon: "" }, attributes: [], legal: 0 };

const VERSION = 1;
const ALL_LEGAL = 255;
export const MAX_ATTRIBUTES = 64;
/** Names of attributes of the owner's own. */
export const MAX_KEY_BYTES = 64;

/** Canonical bytes; none at all when nothing is set. May be longer than an entry can hold: who sets it checks. */
export function encodeMeta({ texts, attributes, legal, offer }: Meta): Uint8Array {
  const isEmpty = META_TEXTS.every((name) => texts[name] === "") && attributes.length === 0 && legal === 0 && offer === undefined;
  if (isEmpty) return new Uint8Array(0);
  return encodeRlp([
    numberItem(VERSION),
    META_TEXTS.map((name) => textItem(texts[name])),
    attributes.map(([key, value]) => [textItem(key), textItem(value)]),
    numberItem(legal),
    offer === undefined ? [] : [numberItem(offer.units), ...(offer.to === undefined ? [] : [offer.to])],
  ]);
}

/** Faults: CODEC_MALFORMED. */
export function decodeMeta(bytes: Uint8Array): Meta {
  if (bytes.length === 0) return EMPTY_META;
  if (bytes.length > LIMITS.attributeBytes) malformed(`metadata: more than ${LIMITS.attributeBytes} bytes`);
  const [version, textItems, attributeItems, legal, offer] = listField(decodeRlp(bytes), "metadata", 5);
  if (smallField(version, "version", 255) !== VERSION) malformed(`metadata: only version ${VERSION} is known`);
  const values = listField(textItems, "texts", META_TEXTS.length).map((item) => textField(item, "text", LIMITS.attributeBytes));
  const texts = Object.fromEntries(META_TEXTS.map((name, i) => [name, values[i]])) as Record<MetaText, string>;
  const offered = offerOf(listField(offer, "offer"));
  const meta: Meta = { texts, attributes: attributesOf(listField(attributeItems, "attributes")), legal: smallField(legal, "legal rights", ALL_LEGAL), ...(offered === undefined ? {} : { offer: offered }) };
  if (encodeMeta(meta).length === 0) malformed("metadata: none has no bytes");
  return meta;
}

function attributesOf(items: readonly RlpItem[]): Meta["attributes"] {
  if (items.length > MAX_ATTRIBUTES) malformed(`metadata: more than ${MAX_ATTRIBUTES} attributes`);
  const attributes = items.map((item): readonly [string, string] => {
    const [key, value] = listField(item, "attribute", 2);
    const pair = [textField(key, "name", MAX_KEY_BYTES), textField(value, "value", LIMITS.attributeBytes)] as const;
    return pair[0] === "" || pair[1] === "" ? malformed("attribute: an empty one is left out") : pair;
  });
  attributes.forEach(([key], i) => {
    const before = attributes[i - 1];
    if (before !== undefined && compareBytes(utf8(before[0]), utf8(key)) >= 0) malformed("attributes: not in order");
  });
  return attributes;
}

function offerOf(fields: readonly RlpItem[]): Offer | undefined {
  if (fields.length === 0) return undefined;
  if (fields.length > 2) malformed("offer: a price, and to whom");
  const units = numberField(fields[0], "price", LIMITS.amountBits);
  return { units, ...(fields.length === 2 ? { to: bytesField(fields[1], "buyer", [20]) } : {}) };
}

/** Legal rights as a list of names; "none" without any. */
export function legalText(legal: number): string {
  const names = LEGAL_NAMES.filter((name) => (legal & LEGAL_BITS[name]) !== 0);
  return names.length === 0 ? "none" : names.join(", ");
}

/** The same entry, no longer for sale. */
export function withoutOffer(entry: EntryRecord): EntryRecord {
  if (entry.meta.length === 0) return entry;
  const { offer, ...meta } = decodeMeta(entry.meta);
  return offer === undefined ? entry : { ...entry, meta: encodeMeta(meta) };
}
