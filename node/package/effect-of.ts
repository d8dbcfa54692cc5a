import { assert } from "../../lang/base/assert.ts";
import { compareBytes, equalBytes, toHex } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { keyFactChanges } from "../state/key-facts.ts";
import { keysOf } from "../state/key-set.ts";
import type { DomainChange, EntryChange, RealmChanges, StoredChange } from "../state/realm-changes.ts";
import type { EntryRecord } from "../state/records.ts";
import { DIRECTORY_MODE, FILE_MODE } from "../state/rights.ts";
import { DIRECTORY_HASH, EMPTY_EFFECT, lossOf, type BalanceChange, type CallEffect, type Effect, type EntryRights, type KeyChange, type PathChange, type RightsChange, type StoredEffect } from "./effect.ts";
import { sacrificeChange } from "./sacrifice-effect.ts";
import { callKey, equalRights, placeKey, storedKey } from "./effect-codec.ts";

const NO_BYTES = new Uint8Array(0);

export interface EffectContext {
  /** Whose authority the code ran with. */
  readonly signerDomain: Uint8Array;
  /** Programs that the signer's own code called, in any order; one that was called twice may be there twice. */
  readonly calls?: readonly CallEffect[];
}

/**
 * The effect of a package (R4) from what changed in the realm that ran it. Nonces, heights and the record of a
 * domain are no part of it, and neither is anything that ended as it began. The fee is taken outside of that
 * realm, before and after, so it is not among the changes.
 */
export function effectOf(changes: RealmChanges, context: EffectContext): Effect {
  const { calls = [] } = context;
  const domains = inOrder(changes.domains);
  const balances = balanceChanges(domains);
  const keys = domains.some(({ before, after }) => before.keys !== after.keys) ? domains.flatMap(keyChanges) : EMPTY_EFFECT.keys;
  const sacrifices = domains.some(({ before, after }) => before.sacrifice !== after.sacrifice) ? domains.flatMap(sacrificeChange) : EMPTY_EFFECT.sacrifices;
  // A strict package does exactly this or nothing, so the most it can take is what it takes.
  const greatestSpendUnits = lossOf({ balances }, context.signerDomain);
  // Of the thousands of packages in a block nearly all are payments, which need no more than this.
  if (changes.entries.length + calls.length + changes.stored.length === 0) return { ...EMPTY_EFFECT, balances, keys, sacrifices, greatestSpendUnits };
  const entries = [...changes.entries].sort((a, b) => compareBytes(placeKey(a), placeKey(b)));
  return {
    version: 1,
    paths: entries.flatMap(pathChange),
    balances,
    rights: entries.flatMap((entry) => rightsChange(entry, context)),
    calls: joinedCalls(calls),
    stored: changes.stored.flatMap((change) => storedEffect(change, context)).sort((a, b) => compareBytes(storedKey(a), storedKey(b))),
    keys,
    sacrifices,
    greatestSpendUnits,
  };
}

/** By domain, which `changesOf` gives already. */
function inOrder(domains: readonly DomainChange[]): readonly DomainChange[] {
  const isLess = (one: DomainChange, index: number): boolean => index > 0 && compareBytes(one.domain, (domains[index - 1] as DomainChange).domain) < 0;
  return domains.some(isLess) ? [...domains].sort((a, b) => compareBytes(a.domain, b.domain)) : domains;
}

function balanceChanges(domains: readonly DomainChange[]): readonly BalanceChange[] {
  const changes = domains.map((one): BalanceChange => ({ domain: one.domain, deltaUnits: balanceDelta(one) }));
  return changes.every(({ deltaUnits }) => deltaUnits !== 0n) ? changes : changes.filter(({ deltaUnits }) => deltaUnits !== 0n);
}

function balanceDelta({ before, after }: DomainChange): bigint {
  assert(equalBytes(before.sealingKey, after.sealingKey), "a change of the sealing key has no entry in an effect");
  return after.balanceUnits - before.balanceUnits;
}

function keyChanges({ domain, before, after }: DomainChange): readonly KeyChange[] {
  if (before.keys === after.keys) return [];
  return keyFactChanges(keysOf(domain, before), keysOf(domain, after)).map((change) => ({ domain, ...change }));
}

/** Calls of one word of one program are one entry. */
function joinedCalls(calls: readonly CallEffect[]): CallEffect[] {
  const joined = new Map<string, CallEffect>();
  for (const call of calls) {
    const key = toHex(callKey(call));
    const known = joined.get(key);
    joined.set(key, known === undefined ? call : { ...known, times: known.times + call.times, units: known.units + call.units });
  }
  return [...joined.values()].sort((a, b) => compareBytes(callKey(a), callKey(b)));
}

function storedEffect({ domain, program, key, before, after, owner }: StoredChange, { signerDomain }: EffectContext): readonly StoredEffect[] {
  if (owner === undefined || !equalBytes(owner, signerDomain)) return [];
  const hash = (value: Uint8Array | undefined): Uint8Array => (value === undefined ? NO_BYTES : sha256(value));
  return [{ domain, path: program, key, oldHash: hash(before), newHash: hash(after) }];
}

function pathChange({ domain, path, before, after }: EntryChange): readonly PathChange[] {
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

function rightsChange({ domain, path, before, after }: EntryChange, context: EffectContext): readonly RightsChange[] {
  if (after === undefined) return [];
  // A directory where a file stood is a new entry, born with rights of its own.
  const old = before?.kind === after.kind ? rightsOf(before) : bornRights(after.kind, bornOwner(domain, after, context));
  const given = rightsOf(after);
  if (equalRights(old, given)) return [];
  return [{ domain, path, old, new: given, contentHash: equalBytes(old.owner, given.owner) ? NO_BYTES : contentHash(after) }];
}

/** What a program makes in the domain it runs for belongs to that domain, as what the signer makes is the signer's. */
function bornOwner(domain: Uint8Array, { owner }: EntryRecord, { signerDomain }: EffectContext): Uint8Array {
  return equalBytes(owner, domain) ? domain : signerDomain;
}

function bornRights(kind: EntryRecord["kind"], owner: Uint8Array): EntryRights {
  return { owner, mode: kind === "file" ? FILE_MODE : DIRECTORY_MODE, acl: NO_BYTES, meta: NO_BYTES };
}

function rightsOf({ owner, mode, acl, meta }: EntryRecord): EntryRights {
  return { owner, mode, acl, meta };
}
