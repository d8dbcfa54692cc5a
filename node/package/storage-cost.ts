import { utf8 } from "../../lang/base/bytes.ts";
import type { StoredChange } from "../state/realm-changes.ts";
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

/** From the effect and what programs keep, those of others too, which an effect leaves out. Copies and moves name content that others may share; each counts for itself, as it is charged. */
export function storageCost({ paths, rights }: Effect, ergPerByte: number, kept: KeptBytes = NOTHING_KEPT): StorageCost {
  const attributes = (one: EntryRights): number => one.acl.length + one.meta.length;
  const written = kept.newBytes + sum(paths.map(({ newSizeBytes }) => newSizeBytes)) + sum(rights.map((change) => attributes(change.new)));
  const before = kept.oldBytes + sum(paths.map(({ oldSizeBytes }) => oldSizeBytes)) + sum(rights.map((change) => attributes(change.old)));
  return { writtenBytes: written, growthBytes: written - before, erg: written * ergPerByte };
}

/** One line for the draft; undefined when nothing is stored. Nothing is returned for what is freed: see prices.ts. */
export function storageCostText(cost: StorageCost): string | undefined {
  if (cost.writtenBytes === 0) return undefined;
  return `stores ${cost.writtenBytes} ${cost.writtenBytes === 1 ? "byte" : "bytes"} for good, ${cost.erg} ERG of the price; nothing is returned when they are removed`;
}

/** Bytes of keys and values that programs write, and of those that stood there before. */
export interface KeptBytes {
  readonly newBytes: number;
  readonly oldBytes: number;
}
const NOTHING_KEPT: KeptBytes = { newBytes: 0, oldBytes: 0 };

/** What changes in what programs keep, as it is charged: by the byte, keys included. */
export function keptBytes(changes: readonly StoredChange[]): KeptBytes {
  const size = (key: string, value: Uint8Array | undefined): number => (value === undefined ? 0 : utf8(key).length + value.length);
  return { newBytes: sum(changes.map(({ key, after }) => size(key, after))), oldBytes: sum(changes.map(({ key, before }) => size(key, before))) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
