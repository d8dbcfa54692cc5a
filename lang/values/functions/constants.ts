/** Bits computed beyond those asked for: they absorb the truncation of every term of the series. */
const GUARD_BITS = 32;
const MOST_KEPT = 64;

/**
 * Constants of one precision, computed once each. A constant is always computed for exactly the bits asked, never
 * cut from a longer one, so that what the cache holds can change no bit of any result.
 */
function kept(compute: (bits: number) => bigint): (bits: number) => bigint {
  const cache = new Map<number, bigint>();
  return (bits) => {
    let value = cache.get(bits);
    if (value === undefined) {
      value = compute(bits + GUARD_BITS) >> BigInt(GUARD_BITS);
      if (cache.size >= MOST_KEPT) cache.clear();
      cache.set(bits, value);
    }
    return value;
  };
}

/** pi * 2^bits within 1 ulp. Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
export const piFixed = kept((bits) => 16n * inverseSeries(5n, bits, -1n) - 4n * inverseSeries(239n, bits, -1n));

/** ln 2 * 2^bits within 1 ulp: ln 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749). */
export const ln2Fixed = kept((bits) => 18n * inverseSeries(26n, bits, 1n) - 2n * inverseSeries(4801n, bits, 1n) + 8n * inverseSeries(8749n, bits, 1n));

/** atanh(1/n) for sign 1, atan(1/n) for sign -1: sum of sign^k / ((2k + 1) n^(2k + 1)). */
function inverseSeries(n: bigint, bits: number, sign: 1n | -1n): bigint {
  const square = n * n * sign;
  let power = (1n << BigInt(bits)) / n;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += power / odd;
    power /= square;
  }
  return sum;
}
