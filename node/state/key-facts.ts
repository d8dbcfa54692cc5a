import { compareBytes, concatBytes, equalBytes, toHex } from "../../lang/base/bytes.ts";
import { malformed } from "../../lang/base/rlp.ts";
import { ADDRESS_SIZE } from "./address.ts";
import { decodeKeyRights, decodeRecovery, encodeKeyRights, encodeRecovery } from "./key-set-codec.ts";
import { THRESHOLD_ROLES, type KeySet } from "./key-set.ts";
import { LIMITS } from "./limits.ts";

/**
 * The keys of a domain as single facts, so that a change can be named one by one, and two guardians who vote at the
 * same time do not change the same thing. Heights and what a session key spent are left out (R4).
 */
export interface KeyFact {
  readonly aspect: KeyAspect;
  /** What it is about: the id of a key, the index of a threshold's role, a guardian; empty where there is one only. */
  readonly subject: Uint8Array;
  /** Never empty; its form depends on the aspect. */
  readonly value: Uint8Array;
}
/** In the order in which an effect lists them. `vote` and `takeover` name a key. */
export const KEY_ASPECTS = ["key", "threshold", "recovery", "vote", "takeover"] as const;
export type KeyAspect = (typeof KEY_ASPECTS)[number];

/** What one fact was and will be; empty where there was, or will be, none. */
export interface KeyFactChange {
  readonly aspect: KeyAspect;
  readonly subject: Uint8Array;
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

const NONE = new Uint8Array(0);

export function keyFacts(set: KeySet): readonly KeyFact[] {
  return [
    ...set.keys.map((key): KeyFact => ({ aspect: "key", subject: key.id, value: encodeKeyRights(key) })),
    ...THRESHOLD_ROLES.map((role, index): KeyFact => ({ aspect: "threshold", subject: Uint8Array.of(index), value: Uint8Array.of(set.thresholds[role]) })),
    ...(set.recovery === undefined ? [] : [{ aspect: "recovery" as const, subject: NONE, value: encodeRecovery(set.recovery) }]),
    ...set.votes.map(({ guardian, key }): KeyFact => ({ aspect: "vote", subject: guardian, value: key })),
    ...(set.takeover === undefined ? [] : [{ aspect: "takeover" as const, subject: NONE, value: set.takeover.key }]),
  ];
}

/** What differs, in order of aspect and subject. */
export function keyFactChanges(before: KeySet, after: KeySet): readonly KeyFactChange[] {
  const [old, given] = [byPlace(before), byPlace(after)];
  const changes = [...new Map([...old, ...given]).entries()].map(([place, { aspect, subject }]): KeyFactChange =>
    ({ aspect, subject, old: old.get(place)?.value ?? NONE, new: given.get(place)?.value ?? NONE }));
  return changes.filter((change) => !equalBytes(change.old, change.new)).sort((a, b) => compareBytes(factKey(a), factKey(b)));
}

function byPlace(set: KeySet): Map<string, KeyFact> {
  return new Map(keyFacts(set).map((fact) => [toHex(factKey(fact)), fact]));
}

/** The order of facts. */
export function factKey({ aspect, subject }: Pick<KeyFact, "aspect" | "subject">): Uint8Array {
  return concatBytes(Uint8Array.of(KEY_ASPECTS.indexOf(aspect)), subject);
}

/** Refuses what no set of keys could hold: a signer is shown what a fact says, so it must say something. Faults: CODEC_MALFORMED. */
export function checkFact({ aspect, subject, value }: KeyFact): void {
  const sizes = { key: ADDRESS_SIZE, threshold: 1, recovery: 0, vote: ADDRESS_SIZE, takeover: 0 };
  if (subject.length !== sizes[aspect]) malformed(`${aspect}: ${subject.length} bytes`);
  switch (aspect) {
    case "key": return void decodeKeyRights(subject, value);
    case "recovery": return void decodeRecovery(value);
    case "threshold": {
      const [count = 0] = value;
      if ((subject[0] as number) >= THRESHOLD_ROLES.length || value.length !== 1 || count < 1 || count > LIMITS.signingKeys) malformed("threshold: out of range");
      return;
    }
    case "vote":
    case "takeover":
      if (value.length !== ADDRESS_SIZE) malformed(`${aspect}: names no key`);
  }
}
