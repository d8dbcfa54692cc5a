import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { EntryRecord } from "../state/records.ts";
import { DIRECTORY_HASH, type BalanceChange, type Effect, type EntryRights, type PathChange, type RightsChange } from "./effect.ts";
import { equalRights, placeKey } from "./effect-codec.ts";
import { lossOf } from "./sentences.ts";

/** What a realm says about the difference between two of its states. Order and repetition of nothing matter not. */
export interface RealmDifference {
  readonly entries: readonly EntryDifference[];
  readonly balances: readonly BalanceDifference[];
}
export interface EntryDifference {
  readonly domain: Uint8Array;
  /** Names from the root of the domain down, joined by `/`, none in front. */
  readonly path: string;
  readonly before: EntryRecord | undefined;
  readonly after: EntryRecord | undefined;
}
export interface BalanceDifference {
  readonly domain: Uint8Array;
  readonly beforeUnits: bigint;
  readonly afterUnits: bigint;
}

export interface EffectContext {
  /** Whose authority the code ran with. */
  readonly signerDomain: Uint8Array;
  /** What is already taken for the package's fee in the later state; the effect leaves it out (R4). */
  readonly fee?: { readonly domain: Uint8Array; readonly units: bigint };
  /** Mode that an entry has when nothing was said about it. */
  readonly bornMode: { readonly file: number; readonly directory: number };
}

/**
 * The effect of a package (R4) from what changed in the realm that ran it. Nonces, heights and the record of a
 * domain are no part of it, and neither is anything that ended as it began.
 */
export function effectOf(difference: RealmDifference, context: EffectContext): Effect {
  const entries = [...difference.entries].sort((a, b) => compareBytes(placeKey(a), placeKey(b)));
  const balances = difference.balances
    .map((one): BalanceChange => ({ domain: one.domain, deltaUnits: one.afterUnits - one.beforeUnits + feeOf(one.domain, context) }))
    .filter((change) => change.deltaUnits !== 0n)
    .sort((a, b) => compareBytes(a.domain, b.domain));
  const effect: Effect = {
    version: 1,
    paths: entries.flatMap(pathChange),
    balances,
    rights: entries.flatMap((entry) => rightsChange(entry, context)),
    greatestSpendUnits: 0n,
  };
  // A strict package does exactly this or nothing, so the most it can take is what it takes.
  return { ...effect, greatestSpendUnits: lossOf(effect, context.signerDomain) };
}

function feeOf(domain: Uint8Array, { fee }: EffectContext): bigint {
  return fee !== undefined && equalBytes(fee.domain, domain) ? fee.units : 0n;
}

function pathChange({ domain, path, before, after }: EntryDifference): readonly PathChange[] {
  const standing = after ?? before;
  const [oldHash, newHash] = [contentHash(before), contentHash(after)];
  if (standing === undefined || equalBytes(oldHash, newHash)) return [];
  return [{ domain, path, kind: standing.kind, oldHash, newHash, oldSizeBytes: sizeBytes(before), newSizeBytes: sizeBytes(after) }];
}

function contentHash(entry: EntryRecord | undefined): Uint8Array {
  if (entry === undefined) return new Uint8Array(0);
  return entry.kind === "directory" ? DIRECTORY_HASH : entry.contentHash;
}

function sizeBytes(entry: EntryRecord | undefined): number {
  return entry?.kind === "file" ? entry.sizeBytes : 0;
}

function rightsChange({ domain, path, before, after }: EntryDifference, context: EffectContext): readonly RightsChange[] {
  if (after === undefined) return [];
  // A directory where a file stood is a new entry, born with rights of its own.
  const old = before?.kind === after.kind ? rightsOf(before) : bornRights(after.kind, context);
  const given = rightsOf(after);
  return equalRights(old, given) ? [] : [{ domain, path, old, new: given }];
}

function bornRights(kind: EntryRecord["kind"], { signerDomain, bornMode }: EffectContext): EntryRights {
  return { owner: signerDomain, mode: bornMode[kind], acl: new Uint8Array(0), metaHash: new Uint8Array(0) };
}

function rightsOf({ owner, mode, acl, meta }: EntryRecord): EntryRights {
  return { owner, mode, acl, metaHash: meta.length === 0 ? meta : sha256(meta) };
}
