import { bigEndian, concatBytes, fromBigEndian, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";

/**
 * Keys of the explorer's index in the store. It is written in the batch of its block and taken out with it, so
 * it always speaks of the main chain.
 *
 *     x/b HEIGHT                 what the block did, for blocks with packages or payments
 *     x/t HEIGHT                 sums up to and with the block
 *     x/d DOMAIN PLACE           a program of the domain was called there, or the domain's record went; the blocks that
 *                                wrote its record are found by what each says of the one before
 *     x/w DOMAIN PATH PLACE      the path was written there; PATH is cut from its SHA-256
 *
 * HEIGHT has 6 bytes; PLACE is a height and 3 bytes of the package's index in its block. All big-endian, so that
 * keys stand in order of the chain.
 */
const BLOCK = utf8("x/b");
const TOTALS = utf8("x/t");
const DOMAIN = utf8("x/d");
const WRITTEN = utf8("x/w");

const HEIGHT_BYTES = 6;
const INDEX_BYTES = 3;
/** Two paths of one domain share 12 bytes of SHA-256 never by chance, and who makes it so deceives only about a domain of its own. */
const PATH_BYTES = 12;

/** Where in the chain something happened; payments of a block have the index 0. */
export interface ChainPlace {
  readonly height: bigint;
  readonly index: number;
}
/** After every place of a block. */
export const LAST_INDEX = 2 ** (8 * INDEX_BYTES) - 1;
/** After every place there can be. */
export const LAST_PLACE: ChainPlace = { height: (1n << BigInt(8 * HEIGHT_BYTES)) - 1n, index: LAST_INDEX };

export const blockKey = (height: bigint): Uint8Array => concatBytes(BLOCK, bigEndian(height, HEIGHT_BYTES));
export const totalsKey = (height: bigint): Uint8Array => concatBytes(TOTALS, bigEndian(height, HEIGHT_BYTES));
export const writtenKey = (domain: Uint8Array, path: string, place: Uint8Array): Uint8Array => concatBytes(writtenPrefix(domain, path), place);

export const touchPrefix = (domain: Uint8Array): Uint8Array => concatBytes(DOMAIN, domain);
export const writtenPrefix = (domain: Uint8Array, path: string): Uint8Array => concatBytes(WRITTEN, domain, sha256(utf8(path)).subarray(0, PATH_BYTES));

/** One allocation: a full block has ten thousands of these. */
export function touchKey(domain: Uint8Array, place: Uint8Array): Uint8Array {
  const key = new Uint8Array(DOMAIN.length + domain.length + place.length);
  key.set(DOMAIN);
  key.set(domain, DOMAIN.length);
  key.set(place, DOMAIN.length + domain.length);
  return key;
}

/** 9 bytes: 6 of the height, 3 of the index, so that they stand in order of the chain. */
export function placeBytes({ height, index }: ChainPlace): Uint8Array {
  const place = Buffer.alloc(HEIGHT_BYTES + INDEX_BYTES);
  place.writeUIntBE(Number(height), 0, HEIGHT_BYTES);
  place.writeUIntBE(index, HEIGHT_BYTES, INDEX_BYTES);
  return place;
}

/** The place at the end of a key. */
export function placeOfKey(key: Uint8Array): ChainPlace {
  const place = key.subarray(-(HEIGHT_BYTES + INDEX_BYTES));
  return { height: fromBigEndian(place.subarray(0, HEIGHT_BYTES)), index: Number(fromBigEndian(place.subarray(HEIGHT_BYTES))) };
}

/** The height at the end of a block's key. */
export function heightOfKey(key: Uint8Array): bigint {
  return fromBigEndian(key.subarray(-HEIGHT_BYTES));
}
