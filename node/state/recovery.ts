import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import { fault } from "./access.ts";
import { encodeAddress } from "./address.ts";
import { distinct, ownKeys, putKeys, type KeyContext } from "./key-changes.ts";
import { firstKeys, keysOf, type KeySet, type Recovery, type RecoveryVote, type Takeover } from "./key-set.ts";
import { LIMITS } from "./limits.ts";

/**
 * Recovery of a domain whose owners lost their keys: guardians agree on a new key, a delay gives owners who are still
 * there time to say no, then the key owns the domain. It helps against loss; against a thief with owner keys, who can
 * say no as well, an owner threshold above one does.
 */
export interface RecoveryContext extends KeyContext {
  /** Of the block that executes, or the one after the base. Not noted as read: the effect does not say it (R4). */
  readonly height: bigint;
}

const MOST_DELAY_BLOCKS = 10_000_000n;

/** No guardians and 0 of them end it. What was under way is dropped. Faults: STATE_NOT_OWNER, STATE_BAD_RECOVERY. */
export function setRecovery(context: KeyContext, guardians: readonly Uint8Array[], needed: bigint, delayBlocks: bigint): void {
  const { recovery: _, takeover: __, ...set } = ownKeys(context, "setrecovery");
  if (guardians.length === 0 && needed === 0n) return putKeys(context, { ...set, votes: [] });
  const recovery = recoveryOf(context, guardians, needed, delayBlocks);
  putKeys(context, { ...set, recovery, votes: [] });
}

function recoveryOf({ paths }: KeyContext, guardians: readonly Uint8Array[], needed: bigint, delayBlocks: bigint): Recovery {
  const bad = (reason: string) => fault({ code: "STATE_BAD_RECOVERY", reason });
  const sorted = distinct(guardians);
  if (sorted.length !== guardians.length) throw bad("a guardian is named twice");
  if (sorted.length > LIMITS.guardians) throw bad(`a domain has at most ${LIMITS.guardians} guardians`);
  if (sorted.some((one) => equalBytes(one, paths.home))) throw bad("a domain cannot guard itself");
  if (needed < 1n || needed > BigInt(sorted.length)) throw bad(`${needed} of ${sorted.length} guardians can never agree`);
  if (delayBlocks < 0n || delayBlocks > MOST_DELAY_BLOCKS) throw bad(`the delay is 0 to ${MOST_DELAY_BLOCKS} blocks`);
  return { guardians: sorted, needed: Number(needed), delayBlocks };
}

/** The domain that acts says which key shall own `who`. Faults: STATE_NOT_GUARDIAN. */
export function voteRecovery(context: RecoveryContext, who: Uint8Array, key: Uint8Array): void {
  const { realm, paths, authority, height } = context;
  const set = keysOf(who, realm.domain(who));
  const isGuardian = set.recovery?.guardians.some((one) => equalBytes(one, paths.home)) ?? false;
  const acts = authority !== undefined && equalBytes(authority.domain, paths.home);
  if (set.recovery === undefined || !isGuardian || !acts) throw fault({ code: "STATE_NOT_GUARDIAN", who: encodeAddress(who) });
  const others = set.votes.filter(({ guardian }) => !equalBytes(guardian, paths.home));
  const votes = [...others, { guardian: paths.home, key }].sort((a, b) => compareBytes(a.guardian, b.guardian));
  putKeys(context, withTakeover({ ...set, votes }, set.recovery, height), who);
}

/** The delay runs from when a key first had enough votes; it ends when it has no longer. */
function withTakeover({ takeover: before, ...set }: KeySet, { needed, delayBlocks }: Recovery, height: bigint): KeySet {
  const agreed = set.votes.find(({ key }) => votesFor(set.votes, key) >= needed)?.key;
  if (agreed === undefined) return set;
  const stands = before !== undefined && votesFor(set.votes, before.key) >= needed;
  const takeover: Takeover = stands ? before : { key: agreed, readyHeight: height + delayBlocks };
  return { ...set, takeover };
}

function votesFor(votes: readonly RecoveryVote[], key: Uint8Array): number {
  return votes.filter((vote) => equalBytes(vote.key, key)).length;
}

/** The key that was agreed on becomes the only one. Faults: STATE_NO_RECOVERY, STATE_RECOVERY_WAITS. */
export function finishRecovery(context: RecoveryContext, who: Uint8Array): void {
  const set = keysOf(who, context.realm.domain(who));
  const { takeover, recovery } = set;
  if (takeover === undefined) throw fault({ code: "STATE_NO_RECOVERY", who: encodeAddress(who) });
  if (context.height < takeover.readyHeight) throw fault({ code: "STATE_RECOVERY_WAITS", who: encodeAddress(who), readyHeight: takeover.readyHeight });
  putKeys(context, { ...firstKeys(takeover.key), ...(recovery === undefined ? {} : { recovery }) }, who);
}

/** Faults: STATE_NOT_OWNER, STATE_NO_RECOVERY. */
export function cancelRecovery(context: KeyContext): void {
  const { takeover: _, ...set } = ownKeys(context, "cancelrecovery");
  if (set.votes.length === 0) throw fault({ code: "STATE_NO_RECOVERY", who: encodeAddress(context.paths.home) });
  putKeys(context, { ...set, votes: [] });
}
