import { malformed } from "../../../lang/base/rlp.ts";

/**
 * A trie path: one nibble (0–15) in each byte. Keys stay packed, two nibbles to a byte: a path of its own
 * for each of the keys in a block would cost more than finding their nodes.
 */
export type Nibbles = Uint8Array;

export const NO_NIBBLES: Nibbles = new Uint8Array(0);

/** Nibble `index` of a packed key, high nibble first. */
export function nibbleAt(key: Uint8Array, index: number): number {
  const byte = key[index >> 1] as number;
  return (index & 1) === 0 ? byte >> 4 : byte & 15;
}

/** The first `count` nibbles of a packed key. */
export function toNibbles(key: Uint8Array, count = key.length * 2): Nibbles {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = nibbleAt(key, i);
  return out;
}

/** Packs an even number of nibbles. */
export function fromNibbles(nibbles: Nibbles): Uint8Array {
  const out = new Uint8Array(nibbles.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = ((nibbles[2 * i] as number) << 4) | (nibbles[2 * i + 1] as number);
  return out;
}

/** How many nibbles the packed keys `a` from `aFrom` and `b` from `bFrom` have in common. */
export function commonLength(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number): number {
  const limit = Math.min(2 * a.length - aFrom, 2 * b.length - bFrom);
  let count = 0;
  while (count < limit && nibbleAt(a, aFrom + count) === nibbleAt(b, bFrom + count)) count++;
  return count;
}

/** How many nibbles of `path` the packed key goes on with from `from`. */
export function commonPath(path: Nibbles, key: Uint8Array, from: number): number {
  const limit = Math.min(path.length, 2 * key.length - from);
  let count = 0;
  while (count < limit && path[count] === nibbleAt(key, from + count)) count++;
  return count;
}

/** A new path, one longer. */
export function appendNibble(path: Nibbles, nibble: number): Nibbles {
  const out = new Uint8Array(path.length + 1);
  out.set(path);
  out[path.length] = nibble;
  return out;
}

/** A path of both. */
export function concatNibbles(head: Nibbles, tail: Nibbles): Nibbles {
  if (head.length === 0) return tail;
  if (tail.length === 0) return head;
  const out = new Uint8Array(head.length + tail.length);
  out.set(head);
  out.set(tail, head.length);
  return out;
}

/**
 * Looks at a path in hex-prefix form: a first nibble that tells leaf from extension and odd from even length,
 * then the nibbles. The path are the nibbles of `bytes` from `from` on. Every other flag or padding is
 * malformed. Written in encode.ts. Source: Ethereum Yellow Paper, appendix C.
 */
export function readHexPrefix(bytes: Uint8Array): { readonly from: number; readonly isLeaf: boolean } {
  const head = bytes[0];
  if (head === undefined || head >> 6 !== 0) malformed("trie node: bad path flag");
  const odd = (head >> 4) & 1;
  if (odd === 0 && (head & 15) !== 0) malformed("trie node: bad path padding");
  return { from: odd === 1 ? 1 : 2, isLeaf: head >> 5 === 1 };
}
