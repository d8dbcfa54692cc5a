/**
 * Position of the first `wanted` in `all` at or after `from`; -1 where there is none.
 * Knuth, Morris and Pratt: at most 2 (n + m) comparisons, whatever the bytes. The engine's own search
 * takes n * m on text made for it, which nobody could price.
 */
export function findBytes(all: Uint8Array, wanted: Uint8Array, from: number): number {
  if (wanted.length === 0) return from;
  const borders = borderLengths(wanted);
  let matched = 0;
  for (let index = from; index < all.length; index += 1) {
    while (matched > 0 && all[index] !== wanted[matched]) matched = borders[matched - 1] as number;
    if (all[index] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return index + 1 - matched;
  }
  return -1;
}

/** For each prefix, the length of its longest proper beginning that is also its end. */
function borderLengths(wanted: Uint8Array): Uint32Array {
  const borders = new Uint32Array(wanted.length);
  let length = 0;
  for (let index = 1; index < wanted.length; index += 1) {
    while (length > 0 && wanted[index] !== wanted[length]) length = borders[length - 1] as number;
    if (wanted[index] === wanted[length]) length += 1;
    borders[index] = length;
  }
  return borders;
}
