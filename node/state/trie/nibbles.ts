import { malformed } from "../../../lang/base/rlp.ts";

/** A trie path: one nibble (0–15) in each byte. */
export type Nibbles = Uint8Array;

export const NO_NIBBLES: Nibbles = new Uint8Array(0);

/** High nibble first. */
export function toNibbles(bytes: Uint8Array): Nibbles {
  const out = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    out[2 * i] = byte >> 4;
    out[2 * i + 1] = byte & 15;
  }
  return out;
}

/** Bytes of an even number of nibbles. */
export function fromNibbles(nibbles: Nibbles): Uint8Array {
  const out = new Uint8Array(nibbles.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = ((nibbles[2 * i] as number) << 4) | (nibbles[2 * i + 1] as number);
  return out;
}

/** How many nibbles `a` from `aFrom` and `b` from `bFrom` have in common. */
export function commonLength(a: Nibbles, aFrom: number, b: Nibbles, bFrom: number): number {
  const limit = Math.min(a.length - aFrom, b.length - bFrom);
  let count = 0;
  while (count < limit && a[aFrom + count] === b[bFrom + count]) count++;
  return count;
}

function joinNibbles(head: Nibbles, nibble: number, tail: Nibbles): Nibbles {
  const out = new Uint8Array(head.length + 1 + tail.length);
  out.set(head);
  out[head.length] = nibble;
  out.set(tail, head.length + 1);
  return out;
}

/** A new path, one longer. */
export function appendNibble(path: Nibbles, nibble: number): Nibbles {
  const out = new Uint8Array(path.length + 1);
  out.set(path);
  out[path.length] = nibble;
  return out;
}

/** A new path of both. */
export function concatNibbles(head: Nibbles, tail: Nibbles): Nibbles {
  if (head.length === 0) return tail;
  return tail.length === 0 ? head : joinNibbles(head, tail[0] as number, tail.subarray(1));
}

/**
 * Hex-prefix form: a first nibble that tells leaf from extension and odd from even length, then the nibbles.
 * Every other flag or padding is malformed. Written in nodes.ts. Source: Ethereum Yellow Paper, appendix C.
 */
export function decodeHexPrefix(bytes: Uint8Array): { readonly nibbles: Nibbles; readonly isLeaf: boolean } {
  const head = bytes[0];
  if (head === undefined || head >> 6 !== 0) malformed("trie node: bad path flag");
  const odd = (head >> 4) & 1;
  if (odd === 0 && (head & 15) !== 0) malformed("trie node: bad path padding");
  return { nibbles: toNibbles(bytes).subarray(odd === 1 ? 1 : 2), isLeaf: head >> 5 === 1 };
}
