import { compareBytes } from "../../../lang/base/bytes.ts";
import type { KeyChange } from "../../../node/package/effect.ts";
import { keyFactChanges } from "../../../node/state/key-facts.ts";
import { firstKeys, unreachable, type DomainKey, type KeySet } from "../../../node/state/key-set.ts";
import type { Dice } from "./package-samples.ts";

/** Any set of keys that a domain may have. */
export function randomKeySet(dice: Dice): KeySet {
  const ids = Array.from({ length: 1 + dice.below(6) }, (_, i) => Uint8Array.of(i, ...dice.bytes(19)));
  const keys = ids.map((id, i): DomainKey => {
    const role = i === 0 ? "owner" : dice.pick(["owner", "active", "session"] as const);
    if (role !== "session") return { id, role };
    const words = dice.pick([[], [544], [513, 515, 544]]);
    return { id, role, limits: { path: dice.pick(["", "/", "/docs", "/a b/ö"]), words, spendUnits: dice.big(90), untilHeight: dice.big(40) }, spentUnits: dice.big(80) };
  });
  const guardians = Array.from({ length: dice.below(4) }, () => dice.bytes(20)).sort(compareBytes);
  const recovery = guardians.length === 0 ? {} : { recovery: { guardians, needed: 1 + dice.below(guardians.length), delayBlocks: dice.big(20) } };
  const votes = guardians.filter(() => dice.below(2) === 0).map((guardian) => ({ guardian, key: dice.bytes(20) }));
  const takeover = votes.length > 0 && dice.below(2) === 0 ? { takeover: { key: votes[0]?.key as Uint8Array, readyHeight: dice.big(40) } } : {};
  const set: KeySet = { keys, thresholds: { owner: 1 + dice.below(3), active: 1 + dice.below(3) }, ...recovery, votes, ...takeover };
  return unreachable(set) === undefined ? set : { ...set, thresholds: { owner: 1, active: 1 } };
}

/** What some change of keys says in an effect. */
export function randomKeyChanges(dice: Dice, domain: Uint8Array): readonly KeyChange[] {
  return keyFactChanges(dice.below(2) === 0 ? firstKeys(domain) : randomKeySet(dice), randomKeySet(dice)).map((change) => ({ domain, ...change }));
}
