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
const FORM = new RegExp(`^(?:${PREFIX}1[${ALPHABET}]*|${PREFIX.toUpperCase()}1[${ALPHABET.toUpperCase()}]*)$`);
const KEY_PREFIX = utf8("gridshell-address-v1");

/** The domain that a key opens: nothing needs to be registered first. 20 bytes. */
export function domainOfKey(publicKey: Uint8Array): Uint8Array {
  return sha256(KEY_PREFIX, publicKey).slice(0, ADDRESS_SIZE);
}

/** bech32m of 20 bytes under `grid`, 43 characters. */
export function encodeAddress(domain: Uint8Array): string {
  return bech32m.encodeFromBytes(PREFIX, domain);
}

/** True for text that is meant as an address, right or wrong. */
export function looksLikeAddress(text: string): boolean {
  return text.startsWith(`${PREFIX}1`) || text.slice(0, PREFIX.length + 1).toLowerCase() === `${PREFIX}1`;
}

/** 20 bytes. Lower or upper case, not both. Faults: STATE_BAD_ADDRESS with what is wrong. */
export function decodeAddress(text: string): Uint8Array {
  if (!looksLikeAddress(text)) badAddress(text, "prefix");
  if (text.length !== ADDRESS_CHARACTERS) badAddress(text, "length");
  if (!FORM.test(text)) badAddress(text, "characters");
  return readWords(text, WORD_OF) ?? badAddress(text, "checksum");
}

/** As `decodeAddress`, for addresses in lower case; undefined for all that is none. */
export function addressIn(text: string): Uint8Array | undefined {
  return text.length === ADDRESS_CHARACTERS && text.startsWith("grid1") ? readWords(text, LOWER_WORD_OF) : undefined;
}

/*
 * What follows is decoding of this one length. @scure/base, which encodes and is the oracle in the tests, takes 3 us
 * for each address where this takes 0.4, and every payment of a block has one.
 */

/** In place of the word of a character that is no letter of the alphabet. */
const NO_WORD = 255;
/** Of the alphabet's letters in either case, by character code. */
const WORD_OF = new Uint8Array(128).fill(NO_WORD);
/** Of those in lower case alone. */
const LOWER_WORD_OF = new Uint8Array(128).fill(NO_WORD);
for (const [word, letter] of [...ALPHABET].entries()) LOWER_WORD_OF[letter.charCodeAt(0)] = WORD_OF[letter.charCodeAt(0)] = WORD_OF[letter.toUpperCase().charCodeAt(0)] = word;

/** The code's generator (BIP 173), and what a checksum of bech32m comes to (BIP 350). */
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const CHECKSUM = 0x2bc830a3;

/** What the five bits that leave the state bring back into it. */
const FEEDBACK = Int32Array.from({ length: 32 }, (_, top) => GENERATOR.reduce((sum, part, bit) => ((top >> bit) & 1 ? sum ^ part : sum), 0));

function nextState(state: number, word: number): number {
  return ((state & 0x1ffffff) << 5) ^ word ^ (FEEDBACK[state >>> 25] as number);
}

/** After the prefix: the high bits of its letters, zero, the low bits. */
const START = [...[...PREFIX].map((letter) => letter.charCodeAt(0) >> 5), 0, ...[...PREFIX].map((letter) => letter.charCodeAt(0) & 31)].reduce(nextState, 1);

/** The bytes in the 32 letters before the checksum, five bits each, just 160; undefined when it does not fit them, or another character is among them. */
function readWords(text: string, wordOf: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(ADDRESS_SIZE);
  let state = START;
  let bits = 0;
  let count = 0;
  let at = 0;
  for (let i = PREFIX.length + 1; i < ADDRESS_CHARACTERS; i++) {
    const word = wordOf[text.charCodeAt(i)] ?? NO_WORD;
    if (word === NO_WORD) return undefined;
    state = nextState(state, word);
    if (at === ADDRESS_SIZE) continue;
    bits = ((bits << 5) | word) & 0xfff;
    count += 5;
    if (count >= 8) bytes[at++] = bits >> (count -= 8);
  }
  return state === CHECKSUM ? bytes : undefined;
}

/** The least and the greatest domain whose address begins so; undefined when none can. The checksum at the end is not looked at. */
export function addressRange(beginning: string): { readonly least: Uint8Array; readonly greatest: Uint8Array } | undefined {
  const letters = beginning.slice(PREFIX.length + 1);
  if (!looksLikeAddress(beginning) || !SHAPE.test(letters)) return undefined;
  const words = Array.from(letters.toLowerCase().slice(0, (ADDRESS_SIZE * 8) / 5), (letter) => ALPHABET.indexOf(letter));
  const filled = (word: number): Uint8Array => bech32m.fromWords([...words, ...new Array<number>((ADDRESS_SIZE * 8) / 5 - words.length).fill(word)]);
  return { least: filled(0), greatest: filled(31) };
}

function badAddress(address: string, reason: "checksum" | "prefix" | "length" | "characters"): never {
  throw new FaultError<StateFault>({ code: "STATE_BAD_ADDRESS", address: address.slice(0, 80), reason });
}
