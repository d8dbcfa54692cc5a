import type { Item, Range } from "./items.ts";

/** Numbers an entry can be, if that is known. Where they are addresses inside data space no check is needed. */
export function rangeOf(item: Item): Range | undefined {
  if (item.kind === "const") return { least: item.value, most: item.value };
  return item.kind === "cell" ? item.range : { least: -1n, most: 0n };
}

const LEAST = -(1n << 62n);
const MOST = 1n << 62n;

/** Undefined where the sum or product might wrap. */
function checked(least: bigint, most: bigint): Range | undefined {
  return least >= LEAST && most <= MOST ? { least, most } : undefined;
}

/** Undefined where one is not known, or the sum could wrap. */
export function sumOf(a: Range | undefined, b: Range | undefined): Range | undefined {
  return a && b && checked(a.least + b.least, a.most + b.most);
}

/** As `sumOf`, of the first less the second. */
export function differenceOf(a: Range | undefined, b: Range | undefined): Range | undefined {
  return a && b && checked(a.least - b.most, a.most - b.least);
}

/** As `sumOf`, of the product. */
export function productOf(a: Range | undefined, b: Range | undefined): Range | undefined {
  if (a === undefined || b === undefined) return undefined;
  const corners = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most].sort((x, y) => (x < y ? -1 : 1));
  return checked(corners[0] as bigint, corners[3] as bigint);
}

/** `and` with a number that is not negative gives none above it. */
export function maskOf(a: Range | undefined, b: Range | undefined): Range | undefined {
  const masks = [a, b].flatMap((range) => (range !== undefined && range.least >= 0n ? [range.most] : []));
  return masks.length === 0 ? undefined : { least: 0n, most: masks.reduce((x, y) => (x < y ? x : y)) };
}
