import { bech32m } from "@scure/base";
import { utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { StateFault } from "../fault.ts";

/**
 * The address of a domain as people see it: bech32m (BIP 350) of 20 bytes with prefix `grid`, 43
 * characters. A wrong character is always noticed, and the fixed length closes bech32's known gap of
 * inserted characters.
 */
const PREFIX = "grid";
export const ADDRESS_SIZE = 20;
export const ADDRESS_CHARACTERS = 43;
const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const SHAPE = /^(?:[qpzry9x8gf2tvdw0s3jn54khce6mua7l]*|[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]*)$/;

/** The domain that a key opens: nothing needs to be registered first. 20 bytes. */
export function domainOfKey(publicKey: Uint8Array): Uint8Array {
  return sha256(utf8("gridshell-address-v1"), publicKey).slice(0, ADDRESS_SIZE);
}

/** bech32m of 20 bytes under `grid`, 43 characters. */
export function encodeAddress(domain: Uint8Array): string {
  return bech32m.encodeFromBytes(PREFIX, domain);
}

/** True for text that is meant as an address, right or wrong. */
export function looksLikeAddress(text: string): boolean {
  return text.slice(0, PREFIX.length + 1).toLowerCase() === `${PREFIX}1`;
}

/** 20 bytes. Lower or upper case, not both. Faults: STATE_BAD_ADDRESS with what is wrong. */
export function decodeAddress(text: string): Uint8Array {
  if (!looksLikeAddress(text)) throw badAddress(text, "prefix");
  if (text.length !== ADDRESS_CHARACTERS) throw badAddress(text, "length");
  const isOneCase = text === text.toLowerCase() || text === text.toUpperCase();
  if (!isOneCase || !SHAPE.test(text.slice(PREFIX.length + 1))) throw badAddress(text, "characters");
  const decoded = bech32m.decodeUnsafe(text);
  const bytes = decoded && bech32m.fromWordsUnsafe(decoded.words);
  if (!bytes || bytes.length !== ADDRESS_SIZE) throw badAddress(text, "checksum");
  return bytes;
}

/** The least and the greatest domain whose address begins so; undefined when none can. The checksum at the end is not looked at. */
export function addressRange(beginning: string): { readonly least: Uint8Array; readonly greatest: Uint8Array } | undefined {
  const letters = beginning.slice(PREFIX.length + 1);
  if (!looksLikeAddress(beginning) || !SHAPE.test(letters)) return undefined;
  const words = Array.from(letters.toLowerCase().slice(0, (ADDRESS_SIZE * 8) / 5), (letter) => ALPHABET.indexOf(letter));
  const filled = (word: number): Uint8Array => bech32m.fromWords([...words, ...new Array<number>((ADDRESS_SIZE * 8) / 5 - words.length).fill(word)]);
  return { least: filled(0), greatest: filled(31) };
}

function badAddress(address: string, reason: "checksum" | "prefix" | "length" | "characters"): FaultError<StateFault> {
  return new FaultError<StateFault>({ code: "STATE_BAD_ADDRESS", address: address.slice(0, 80), reason });
}
