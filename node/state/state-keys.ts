import { assert } from "../../lang/base/assert.ts";
import { bigEndian, concatBytes, utf8 } from "../../lang/base/bytes.ts";

/**
 * Keys of the store that hold state; a first part tells the families apart.
 *
 *     s/ KEY          newest record of a state key
 *     u/ HEIGHT       head of the reverse diff of the block at HEIGHT (8 bytes, big-endian), see undo-blocks.ts
 *     u/ HEIGHT N     its bucket N (4 bytes): what records were before that block wrote them
 *     c/ SHA-256      content of files, never changed
 *     m/…             facts about the store
 *
 * State keys themselves begin with one byte: 1 trie node or the mark of a leaf, 2 domain record, 3 entry record.
 */
const CURRENT = utf8("s/");
const UNDO = utf8("u/");
const CONTENT = utf8("c/");
/** Lowest height at which state can still be read; 8 bytes, absent for 0. */
export const STATE_FLOOR_KEY = utf8("m/state-floor");

const HEIGHT_SIZE = 8;
const heightBytes = (height: bigint): Uint8Array => bigEndian(height, HEIGHT_SIZE);

export const currentKey = (key: Uint8Array): Uint8Array => concatBytes(CURRENT, key);
export const undoKey = (height: bigint): Uint8Array => concatBytes(UNDO, heightBytes(height));
export const undoBucketKey = (height: bigint, index: number): Uint8Array => concatBytes(UNDO, heightBytes(height), bigEndian(BigInt(index), 4));
export const contentKey = (hash: Uint8Array): Uint8Array => concatBytes(CONTENT, hash);

const TRIE_NODE = Uint8Array.of(1);
const DOMAIN = Uint8Array.of(2);
const ENTRY = Uint8Array.of(3);

/** A trie is named by the address of its domain; the state trie has the empty name. */
export function nodeStateKey(trieName: Uint8Array, path: Uint8Array): Uint8Array {
  assert(trieName.length === 0 || trieName.length === 20, "a trie is the state's or a domain's");
  const packed = new Uint8Array(2 + (path.length >> 1));
  packed[0] = trieName.length;
  packed[1] = path.length & 1;
  if ((path.length & 1) === 1) packed[1] |= (path[0] as number) << 4;
  for (let i = path.length & 1, at = 2; i < path.length; i += 2, at++) packed[at] = ((path[i] as number) << 4) | (path[i + 1] as number);
  return concatBytes(TRIE_NODE, packed.subarray(0, 1), trieName, packed.subarray(1));
}

export const domainStateKey = (address: Uint8Array): Uint8Array => concatBytes(DOMAIN, address);
/** `trieKey` is the 64 bytes under which the entry stands in the trie of `address`. */
export const entryStateKey = (address: Uint8Array, trieKey: Uint8Array): Uint8Array => concatBytes(ENTRY, address, trieKey);
