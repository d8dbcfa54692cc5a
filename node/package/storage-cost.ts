import type { Effect, EntryRights } from "./effect.ts";

/** What a package stores for good, so that a signer sees it before it is paid. */
export interface StorageCost {
  /** Bytes of content and of lists and metadata that the package writes. */
  readonly writtenBytes: number;
  /** How much more, or less, state holds afterwards. */
  readonly growthBytes: number;
  /** The part of the ERG that these bytes cost. */
  readonly erg: number;
}

/** From the effect alone. Copies and moves name content that others may share; each counts for itself, as it is charged. */
export function storageCost({ paths, rights }: Effect, ergPerByte: number): StorageCost {
  const attributes = (one: EntryRights): number => one.acl.length + one.meta.length;
  const written = sum(paths.map(({ newSizeBytes }) => newSizeBytes)) + sum(rights.map((change) => attributes(change.new)));
  const before = sum(paths.map(({ oldSizeBytes }) => oldSizeBytes)) + sum(rights.map((change) => attributes(change.old)));
  return { writtenBytes: written, growthBytes: written - before, erg: written * ergPerByte };
}

/** One line for the draft; undefined when nothing is stored. Nothing is returned for what is freed: see prices.ts. */
export function storageCostText(cost: StorageCost): string | undefined {
  if (cost.writtenBytes === 0) return undefined;
  return `stores ${cost.writtenBytes} ${cost.writtenBytes === 1 ? "byte" : "bytes"} for good, ${cost.erg} ERG of the price; nothing is returned when they are removed`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
