import { assert } from "../../lang/base/assert.ts";
import { bigEndian, concatBytes, utf8 } from "../../lang/base/bytes.ts";
import type { KeyRange } from "../ports.ts";

/**
 * Keys of the store that hold state; a first part tells the families apart.
 *
 *     s/ …            newest record of a state key; the key has these two bytes itself, so that none is made anew to read it
 *     u/ HEIGHT       head of the reverse diff of the block at HEIGHT (8 bytes, big-endian), see undo-blocks.ts
 *     u/ HEIGHT N     its bucket N (4 bytes): what records were before that block wrote them
 *     c/ SHA-256      content of files, never changed
 *     m/…             facts about the store
 *
 * In a state key one byte follows: 1 trie node or the mark of a leaf, 2 domain record, 3 entry record.
 */
const UNDO = utf8("u/");
const CONTENT = utf8("c/");
/** Lowest height at which state can still be read; 8 bytes, absent for 0. */
export const STATE_FLOOR_KEY = utf8("m/state-floor");

const HEIGHT_SIZE = 8;
const heightBytes = (height: bigint): Uint8Array => bigEndian(height, HEIGHT_SIZE);

export const undoKey = (height: bigint): Uint8Array => concatBytes(UNDO, heightBytes(height));
export const undoBucketKey = (height: bigint, index: number): Uint8Array => concatBytes(UNDO, heightBytes(height), bigEndian(BigInt(index), 4));
export const contentKey = (hash: Uint8Array): Uint8Array => concatBytes(CONTENT, hash);

const TRIE_NODE = utf8("s/\x01");
const DOMAIN = utf8("s/\x02");
const ENTRY = utf8("s/\x03");

/** A trie is named by the address of its domain; the state trie has the empty name. */
export function nodeStateKey(trieName: Uint8Array, path: Uint8Array): Uint8Array {
  assert(trieName.length === 0 || trieName.length === 20, "a trie is the state's or a domain's");
  const odd = path.length & 1;
  const start = TRIE_NODE.length + 1 + trieName.length;
  const key = new Uint8Array(start + 1 + (path.length >> 1));
  key.set(TRIE_NODE);
  key[TRIE_NODE.length] = trieName.length;
  if (trieName.length > 0) key.set(trieName, TRIE_NODE.length + 1);
  key[start] = odd === 0 ? 0 : 1 | ((path[0] as number) << 4);
  for (let i = odd, at = start + 1; i < path.length; i += 2, at++) key[at] = ((path[i] as number) << 4) | (path[i + 1] as number);
  return key;
}

/** True for keys of the state, of any sort. */
export function isStateKey(key: Uint8Array): boolean {
  return key[0] === TRIE_NODE[0] && key[1] === TRIE_NODE[1];
}

/** As nodeStateKey, of the state trie, for the first `depth` nibbles of `path`; in memory that the next call overwrites. */
export function stateNodeKey(path: Uint8Array, depth: number): Uint8Array {
  const odd = depth & 1;
  const key = DESK_KEYS[depth >> 1] as Uint8Array;
  const start = TRIE_NODE.length + 1;
  key[start] = odd === 0 ? 0 : 1 | ((path[0] as number) << 4);
  for (let i = odd, at = start + 1; i < depth; i += 2, at++) key[at] = ((path[i] as number) << 4) | (path[i + 1] as number);
  return key;
}

/** Of each length one, all in one piece of memory: a block asks for ten thousands of keys. */
const DESK = concatBytes(TRIE_NODE, new Uint8Array(2 + 32));
const DESK_KEYS = Array.from({ length: 33 }, (_, pairs) => DESK.subarray(0, TRIE_NODE.length + 2 + pairs));

/** True for the keys of tries' nodes and marks. */
export function isNodeKey(key: Uint8Array): boolean {
  return key[TRIE_NODE.length - 1] === TRIE_NODE[TRIE_NODE.length - 1];
}

/** True for those of the state trie. */
export function isStateNodeKey(key: Uint8Array): boolean {
  return isNodeKey(key) && key[TRIE_NODE.length] === 0;
}

/** Keys of the newest records of domains, both bounds included. */
export function currentDomainRange({ least, greatest }: { readonly least: Uint8Array; readonly greatest: Uint8Array }): KeyRange {
  return { start: domainStateKey(least), end: concatBytes(domainStateKey(greatest), Uint8Array.of(0)) };
}

/** Keys of the newest records of all that stands in the tries of domains, in order of address and place. */
export function currentEntryRange(): KeyRange {
  return { start: ENTRY, end: utf8("s/\x04") };
}

/** The address in a key of `domainStateKey`. */
export function addressOfDomainKey(key: Uint8Array): Uint8Array {
  return key.slice(DOMAIN.length);
}

/** Address and place in a key of `entryStateKey`. */
export function partsOfEntryKey(key: Uint8Array): { readonly address: Uint8Array; readonly trieKey: Uint8Array } {
  return { address: key.slice(ENTRY.length, ENTRY.length + 20), trieKey: key.slice(ENTRY.length + 20) };
}

export const domainStateKey = (address: Uint8Array): Uint8Array => concatBytes(DOMAIN, address);
/** As `domainStateKey`, in memory that the next call writes over: for a look-up, which keeps no key. */
export function fleetingDomainKey(address: Uint8Array): Uint8Array {
  FLEETING.set(address, DOMAIN.length);
  return FLEETING;
}

const FLEETING = domainStateKey(new Uint8Array(20));

/** `trieKey` is the 64 bytes under which the entry stands in the trie of `address`. */
export const entryStateKey = (address: Uint8Array, trieKey: Uint8Array): Uint8Array => concatBytes(ENTRY, address, trieKey);
